from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.rows import CONTACT_COLUMNS, contact_from
from touchbook.core.errors import UnknownRecord
from touchbook.core.events import record_event
from touchbook.core.teams.queries import known_members
from touchbook.core.transaction import Transaction


async def give_contact(tx: Transaction, caller: Caller, contact: Contact, *, owner_id: int) -> Contact:
    """To another member of the team, who owns it from now on (RC-070, RC-071). The giver may see it no more."""
    if owner_id == contact.owner_id:
        return contact
    if owner_id not in await known_members(tx, caller.team_id, [owner_id]):
        raise UnknownRecord("user", owner_id)
    row = await tx.fetch_row(
        f"""update contacts c set owner_id = $3, updated_at = $4, updated_by = $5, updated_for = 'direct_request'
        where c.team_id = $1 and c.id = $2 returning {CONTACT_COLUMNS}""",
        caller.team_id,
        contact.id,
        owner_id,
        tx.tick(),
        caller.user_id,
    )
    assert row is not None
    await record_event(tx, caller, "contact.updated", contact.id, owner=owner_id)
    return contact_from(row)
