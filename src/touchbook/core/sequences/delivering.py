from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict, Invalid
from touchbook.core.sequences.mailing import Mailing
from touchbook.core.sequences.nouns import MAILINGS
from touchbook.core.sequences.rendering import LONGEST, clean_html
from touchbook.core.sequences.writing import amend, lock
from touchbook.core.tasks.holding import hold_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def deliver_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Its mailing is to be sent now (OU-34); the task stays open until it is. None if that is so already.

    Conflict for a task without a mailing, and for one that has ended.
    """
    task = await hold_task(tx, caller, task_id)
    if task.mailing_id is None:
        raise Conflict("This task has no mailing to deliver.")
    mailing = await lock(tx, caller, MAILINGS, task.mailing_id)
    if mailing.state == "scheduled":
        return None
    if not task.is_open:
        raise Conflict("This task has ended: its mailing is not delivered any more.")
    changes = {"state": "scheduled", "scheduled_at": tx.now, "state_changed_at": tx.now}
    await amend(tx, caller, MAILINGS, mailing, "scheduled", changes)
    return await find_task(tx, caller, task_id)


async def edit_mailing(
    tx: Transaction, caller: Caller, *, mailing_id: int, subject: str | None, body: str
) -> Mailing | None:
    """What a draft says; its HTML is cleaned. Conflict for what is to be sent already."""
    if len(body) > LONGEST["body"] or len(subject or "") > LONGEST["subject"]:
        raise Invalid({"body": ["The e-mail is too long."]})
    mailing = await lock(tx, caller, MAILINGS, mailing_id)
    if mailing.state != "draft":
        raise Conflict("This mailing is no draft any more.")
    return await amend(tx, caller, MAILINGS, mailing, "updated", {"subject": subject, "body": clean_html(body)})
