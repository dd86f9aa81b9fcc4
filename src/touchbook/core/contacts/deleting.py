from collections.abc import Collection, Sequence

from touchbook.core.accounts.closing import close_empty_accounts
from touchbook.core.caller import Caller
from touchbook.core.contacts.rows import CONTACT_COLUMNS, contact_from
from touchbook.core.events import record_events
from touchbook.core.totals import count_gone
from touchbook.core.transaction import Event, Transaction


async def delete_contacts(
    tx: Transaction, caller: Caller, contact_ids: Collection[int], *, reason: str = "direct_request"
) -> int:
    """Delete contacts and close personal accounts that become empty.

    Their tasks stay. Return how many were deleted.
    """
    instant = tx.tick()
    # Only `for update` waits for the `for key share` of records that are being linked to a contact just now.
    await tx.execute(
        "select c.id from contacts c where c.team_id = $1 and c.id = any($2::bigint[]) order by c.id for update",
        caller.team_id,
        list(contact_ids),
    )
    rows = await tx.fetch(
        f"""with gone as (
            update contacts c set deleted_at = $3, updated_at = $3, updated_by = $4, deleted_for = $5
            where c.team_id = $1 and c.id = any($2::bigint[]) and c.deleted_at is null returning {CONTACT_COLUMNS}
        ), {count_gone("contact", "gone")} select * from gone""",
        caller.team_id,
        list(contact_ids),
        instant,
        caller.user_id,
        reason,
    )
    deleted = sorted(map(contact_from, rows), key=lambda contact: contact.id)
    await tx.execute(
        "delete from contact_texts x where x.team_id = $1 and x.contact_id = any($2::bigint[])",
        caller.team_id,
        [contact.id for contact in deleted],
    )
    await record_events(tx, caller, [Event("contact.deleted", each.id, {}, record=each) for each in deleted])
    await close_empty_accounts(tx, caller, {contact.account_id for contact in deleted})
    return len(deleted)


async def delete_contacts_of_accounts(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Delete the contacts of deleted accounts."""
    rows = await tx.fetch(
        """select c.id from contacts c where c.team_id = $1 and c.account_id = any($2::bigint[])
        and c.deleted_at is null""",
        caller.team_id,
        [event.subject_id for event in events],
    )
    await delete_contacts(tx, caller, [row["id"] for row in rows])
