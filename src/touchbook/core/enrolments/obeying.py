"""Sequences react at once when a contact opts out."""

from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.enrolments.finishing import leave_sequences
from touchbook.core.enrolments.locking import LockedStates, lock_states
from touchbook.core.enrolments.permitting import forbidden_kinds
from touchbook.core.sequences.step import ORIGIN_PREFIX
from touchbook.core.tasks.completing import skip_task
from touchbook.core.templates.withdrawing import withdraw_mailings_to
from touchbook.core.transaction import Event, Transaction


async def _lock_enrolments(tx: Transaction, caller: Caller, contact_id: int) -> LockedStates:
    """Lock the sequences that the contact is in, with their open tasks."""
    rows = await tx.fetch(
        """select s.id from sequence_states s where s.team_id = $1 and s.contact_id = $2
        and s.state <> 'finished' and s.deleted_at is null""",
        caller.team_id,
        contact_id,
    )
    return await lock_states(tx, caller, [row["id"] for row in rows])


async def obey_opt_outs(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    for event in events:
        await _obey(tx, caller, event.record)


async def _obey(tx: Transaction, caller: Caller, contact: Contact) -> None:
    """No e-mail is sent, and open steps of a refused kind are skipped; an opt-out from everything finishes the
    sequences. The contact is locked, so that an enrolment in progress has been committed by now.
    """
    if not contact.takes_emails:
        await withdraw_mailings_to(tx, caller, contact.id)
    if contact.opted_out:
        await leave_sequences(tx, caller, contact_ids=[contact.id], reason="opted_out")
        return
    held = await _lock_enrolments(tx, caller, contact.id)
    for task_id in await _forbidden(tx, caller, held, forbidden_kinds(contact)):
        await skip_task(tx, caller, task_id=task_id)


async def _forbidden(tx: Transaction, caller: Caller, held: LockedStates, kinds: frozenset[str]) -> list[int]:
    """Go by the origin of the tasks, whatever has happened to their steps since."""
    if not held.task_ids or not kinds:
        return []
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[])
        and t.origin = any($3::text[]) order by t.id""",
        caller.team_id,
        held.task_ids,
        [f"{ORIGIN_PREFIX}{kind}" for kind in sorted(kinds)],
    )
    return [row["id"] for row in rows]
