from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.rows import CONTACT_COLUMNS, contact_from
from touchbook.core.events import record_event
from touchbook.core.transaction import Transaction


async def sort_out_contact(
    tx: Transaction, caller: Caller, contact: Contact, *, stage_id: int | None, persona_id: int | None
) -> Contact:
    """How far things are with it, and what sort of person it is; None: nobody has said."""
    wished = {"stage_id": stage_id, "persona_id": persona_id}
    changes = {name: value for name, value in wished.items() if getattr(contact, name) != value}
    if not changes:
        return contact
    row = await tx.fetch_row(
        f"""update contacts c set stage_id = $3, persona_id = $4, updated_at = $5, updated_by = $6,
            updated_for = 'direct_request'
        where c.team_id = $1 and c.id = $2 returning {CONTACT_COLUMNS}""",
        caller.team_id,
        contact.id,
        stage_id,
        persona_id,
        tx.tick(),
        caller.user_id,
    )
    assert row is not None
    told = {name.removesuffix("_id"): value for name, value in changes.items()}
    await record_event(tx, caller, "contact.updated", contact.id, **told)
    return contact_from(row)
