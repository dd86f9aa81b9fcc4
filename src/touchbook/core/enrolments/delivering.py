from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.enrolments.permitting import check_permitted
from touchbook.core.errors import Conflict, Invalid
from touchbook.core.records import amend, lock
from touchbook.core.tasks.locking import lock_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.core.templates.mailing import Mailing
from touchbook.core.templates.nouns import MAILINGS
from touchbook.core.templates.rendering import LONGEST, clean_html
from touchbook.core.transaction import Transaction


async def deliver_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Send the task's mailing now (OU-34); the task stays open until it is sent.

    None if it is being sent already. Conflict for a task without a mailing, for one that has ended, for a broken
    mailing, and for a contact that has opted out of e-mails.
    """
    task = await lock_task(tx, caller, task_id)
    if task.mailing_id is None:
        raise Conflict("This task has no mailing to deliver.")
    mailing = await lock(tx, caller, MAILINGS, task.mailing_id)
    if mailing.state == "scheduled":
        return None
    if not task.is_open:
        raise Conflict("The task has ended, so its mailing cannot be delivered.")
    if mailing.state == "broken":
        raise Conflict(f"This mailing is broken: {mailing.broken_reason}")
    contact = (await contacts_by_id(tx, caller, [mailing.contact_id]))[mailing.contact_id]
    check_permitted(contact, "email")
    changes = {"state": "scheduled", "scheduled_at": tx.now, "state_changed_at": tx.now}
    await amend(tx, caller, MAILINGS, mailing, "scheduled", changes)
    return await find_task(tx, caller, task_id)


async def edit_mailing(
    tx: Transaction, caller: Caller, *, mailing_id: int, subject: str | None, body: str
) -> Mailing | None:
    """Change a draft; its HTML is cleaned.

    A broken mailing is repaired by it. Conflict for a mailing that is to be sent already.
    """
    if len(body) > LONGEST["body"] or len(subject or "") > LONGEST["subject"]:
        raise Invalid({"body": ["The e-mail is too long."]})
    mailing = await lock(tx, caller, MAILINGS, mailing_id)
    if mailing.state == "scheduled":
        raise Conflict("The mailing is not a draft any more.")
    changes: dict[str, Any] = {"subject": subject, "body": clean_html(body)}
    if mailing.state == "broken":
        changes |= {"state": "draft", "broken_reason": None, "state_changed_at": tx.now}
    return await amend(tx, caller, MAILINGS, mailing, "updated", changes)
