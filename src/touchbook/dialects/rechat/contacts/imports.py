"""Imports: requested, run by a job, observed."""

from touchbook.core.imports.importing import ask_for_import
from touchbook.core.jobs.queries import find_job
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.contacts.bodies import ImportBody
from touchbook.dialects.rechat.contacts.items import JobItem, JobStarted
from touchbook.dialects.rechat.contacts.newcomers import read_importable
from touchbook.dialects.rechat.times import seconds
from touchbook.http.call import Answer, Call


async def import_json(call: Call[Transaction]) -> Answer:
    """An unreadable contact fails alone."""
    sent = (await parse.records(ImportBody, call)).contacts
    new = await read_importable(call, sent)
    job = await ask_for_import(call.tx, call.caller, new, failed=len(sent) - len(new), reason="import_json")
    return render.one(JobStarted(job_id=str(job.uid)))


async def get_job(call: Call[Reader]) -> Answer:
    job = await find_job(call.tx, call.caller, parse.uid("id", call.path["id"]))
    return render.one(
        JobItem(
            id=str(job.uid),
            kind=job.kind,
            status=job.status,
            total=job.total,
            done=job.done,
            failed=job.failed,
            created_at=seconds(job.created_at),
            updated_at=seconds(job.updated_at),
        )
    )
