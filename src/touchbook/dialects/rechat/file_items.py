"""Shows files, each with a link that opens it for a quarter of an hour."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from msgspec import Meta, Struct

from touchbook.core.files.file import File
from touchbook.core.teams.queries import user_uids
from touchbook.core.transaction import Reader
from touchbook.dialects.rechat.times import seconds
from touchbook.http.call import Call


class FileBody(Struct, frozen=True, kw_only=True):
    file: Annotated[str, Meta(extra_json_schema={"format": "binary"})]


class FileItem(Struct, frozen=True, kw_only=True):
    id: str
    created_at: float
    updated_at: float
    deleted_at: float | None = None
    created_by: str
    path: str
    name: str
    public: bool = False
    type: Literal["file"] = "file"
    url: str
    preview_url: str
    mime: str


async def file_items(call: Call[Reader], files: Collection[File]) -> list[FileItem]:
    uids = await user_uids(call.tx, call.caller, {file.created_by for file in files})
    return [file_item(call, file, uids) for file in files]


async def file_items_of(call: Call[Reader], files: Mapping[int, Sequence[File]]) -> dict[int, list[FileItem]]:
    """Return the files of each of many records."""
    authors = {file.created_by for own in files.values() for file in own}
    uids = await user_uids(call.tx, call.caller, authors)
    return {record: [file_item(call, file, uids) for file in own] for record, own in files.items()}


def file_item(call: Call[Reader], file: File, uids: Mapping[int, UUID]) -> FileItem:
    """`uids` are those of possible senders. There are no previews: an image is its own."""
    url = _link(call, file)
    return FileItem(
        id=str(file.uid),
        created_at=seconds(file.created_at),
        updated_at=seconds(file.updated_at),
        created_by=str(uids[file.created_by]),
        path=file.place,
        name=file.name,
        url=url,
        preview_url=url,
        mime=file.mime,
    )


def _link(call: Call[Reader], file: File) -> str:
    signature = call.filing.sign(file, call.caller, call.tx.now)
    return f"{call.origin}/crm/files/{file.uid}/{quote(file.name, safe='')}?signature={signature}"
