"""A contact opts out of everything, of e-mails or of calls. Its sequences obey in the same transaction."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact, OptStatus
from touchbook.core.contacts.rows import CONTACT_COLUMNS, contact_from
from touchbook.core.contacts.writing import lock_contacts
from touchbook.core.errors import NotFound
from touchbook.core.events import record_events
from touchbook.core.transaction import Event, Transaction


class OptOuts(Struct, frozen=True, kw_only=True):
    """UNSET stays as it is; a status of None: nobody has said."""

    opted_out: bool | UnsetType = UNSET
    email_opt_status: OptStatus | UnsetType | None = UNSET
    call_opt_status: OptStatus | UnsetType | None = UNSET


async def set_opt_outs(tx: Transaction, caller: Caller, *, contact_id: int, wished: OptOuts) -> Contact | None:
    """None if nothing differs. Errors: NotFound.

    Whoever opts in again comes back into no sequence by that, and what was withdrawn stays a draft.
    """
    held = await lock_contacts(tx, caller, [contact_id])
    if not held:
        raise NotFound("contact", contact_id)
    changes = _changes(held[0], wished)
    if not changes:
        return None
    contact = await _write(tx, caller, contact_id, changes)
    changed = Event("contact.opt_outs_changed", contact_id, changes, record=contact)
    await record_events(tx, caller, [changed])
    return contact


def _changes(contact: Contact, wished: OptOuts) -> dict[str, Any]:
    return {
        name: value
        for name in OptOuts.__struct_fields__
        if (value := getattr(wished, name)) is not UNSET and value != getattr(contact, name)
    }


async def _write(tx: Transaction, caller: Caller, contact_id: int, changes: dict[str, Any]) -> Contact:
    """Each with the instant at which it came to be so."""
    instant = tx.tick()
    columns: dict[str, Any] = {name: value for name, value in changes.items() if name != "opted_out"}
    columns |= {name.replace("_opt_status", "_opted_at"): value and instant for name, value in columns.items()}
    if "opted_out" in changes:
        columns["opted_out_at"] = instant if changes["opted_out"] else None
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=5))
    row = await tx.fetch_row(
        f"""update contacts c set updated_at = $3, updated_by = $4, updated_for = 'direct_request', {assignments}
        where c.team_id = $1 and c.id = $2 returning {CONTACT_COLUMNS}""",
        caller.team_id,
        contact_id,
        instant,
        caller.user_id,
        *columns.values(),
    )
    assert row is not None
    return contact_from(row)
