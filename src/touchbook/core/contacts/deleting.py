from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.events import record_events
from touchbook.core.sequences.finishing import leave_sequences
from touchbook.core.tasks.touch import end_touch_tasks
from touchbook.core.transaction import Transaction


async def delete_contacts(
    tx: Transaction, caller: Caller, contacts: Sequence[Contact], *, reason: str = "direct_request"
) -> None:
    """Gone from every list; an account that was one's own goes with it. They leave their sequences. Their tasks
    stay, but for those that ask for a touch.
    """
    instant = tx.tick()
    ids = [contact.id for contact in contacts]
    await leave_sequences(tx, caller, contact_ids=ids, reason="contact_deleted")
    await end_touch_tasks(tx, caller, contact_ids=ids, at=tx.now, status="cancelled")
    await tx.execute(
        """update contacts c set deleted_at = $3, updated_at = $3, updated_by = $4, deleted_for = $5
        where c.team_id = $1 and c.id = any($2::bigint[]) and c.deleted_at is null""",
        caller.team_id,
        ids,
        instant,
        caller.user_id,
        reason,
    )
    # Who was being enrolled meanwhile is in by now.
    await leave_sequences(tx, caller, contact_ids=ids, reason="contact_deleted")
    await tx.execute(
        "delete from contact_texts x where x.team_id = $1 and x.contact_id = any($2::bigint[])",
        caller.team_id,
        ids,
    )
    await tx.execute(
        """update accounts a set deleted_at = $3, updated_at = $3, updated_by = $4
        where a.team_id = $1 and a.id = any($2::bigint[]) and a.kind = 'person' and a.deleted_at is null
        and not exists (select from contacts c
            where c.team_id = $1 and c.account_id = a.id and c.deleted_at is null)""",
        caller.team_id,
        [contact.account_id for contact in contacts],
        instant,
        caller.user_id,
    )
    await record_events(tx, caller, "contact.deleted", subject="contact", changes={each: {} for each in ids})
