"""Files: uploaded for imports and tasks, and downloaded by their links."""

from urllib.parse import quote

from touchbook.core.files.file import File
from touchbook.core.files.queries import files_of_tasks, find_file_by_uid
from touchbook.core.files.receiving import keep_file
from touchbook.core.tasks.attaching import attach_file, detach_file
from touchbook.core.tasks.detaching import delete_file
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.file_items import file_items
from touchbook.dialects.rechat.tasks.reading import task_of
from touchbook.http.call import Answer, Call

# It may hold a script: no browser is to run it, nor to take it for what it is not.
_HARMLESS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private",
}


async def upload(call: Call[Transaction]) -> Answer:
    return await _one(call, await _keep(call))


async def get(call: Call[Reader]) -> Answer:
    """Answer the file with a new link."""
    return await _one(call, await _found(call))


async def delete(call: Call[Transaction]) -> Answer:
    await delete_file(call.tx, call.caller, await _found(call))
    return render.NO_CONTENT


async def list_of_task(call: Call[Reader]) -> Answer:
    task = await task_of(call)
    files = (await files_of_tasks(call.tx, call.caller, [task.id])).get(task.id, [])
    return render.listed(await file_items(call, files), len(files), parse.omitted(call))


async def upload_to_task(call: Call[Transaction]) -> Answer:
    task = await task_of(call)
    file = await _keep(call)
    await attach_file(call.tx, call.caller, file, task_id=task.id)
    return await _one(call, file)


async def remove_from_task(call: Call[Transaction]) -> Answer:
    """The file is deleted with its last task."""
    task = await task_of(call)
    await detach_file(call.tx, call.caller, await _found(call), task_id=task.id)
    return render.NO_CONTENT


async def download(call: Call[None]) -> Answer:
    """The link is the credential; the name in its path is ignored (RC-094)."""
    uid, signature = parse.uid("file", call.path["file"]), call.query.get("signature") or ""
    file, chunks = await call.filing.open_by_link(uid, signature)
    headers = {
        "content-type": file.mime,
        "content-length": str(file.size),
        "content-disposition": _disposition(file.name),
        **_HARMLESS,
    }
    return Answer(b"", headers=headers, chunks=chunks)


async def _found(call: Call[Reader]) -> File:
    return await find_file_by_uid(call.tx, call.caller, parse.uid("file", call.path["file"]))


async def _keep(call: Call[Transaction]) -> File:
    assert call.upload is not None
    return await keep_file(call.tx, call.caller, call.upload, quota=call.filing.quota)


async def _one(call: Call[Reader], file: File) -> Answer:
    [item] = await file_items(call, [file])
    return render.one(item, parse.omitted(call))


def _disposition(name: str) -> str:
    """Write the name as it is, and its ASCII characters for old clients (RFC 6266)."""
    plain = "".join(each if each.isascii() and each not in '"\\%' else "_" for each in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
