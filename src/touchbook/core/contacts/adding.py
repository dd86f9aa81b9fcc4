from collections.abc import Sequence
from uuid import UUID

from touchbook.core.accounts.opening import open_account
from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact, called, sort_name
from touchbook.core.contacts.queries import CONTACT_COLUMNS
from touchbook.core.errors import UnknownRecord
from touchbook.core.events import record_event
from touchbook.core.folding import fold
from touchbook.core.identity import new_uid
from touchbook.core.teams.queries import known_members
from touchbook.core.transaction import Transaction


async def add_contact(
    tx: Transaction,
    caller: Caller,
    *,
    first_name: str | None = None,
    last_name: str | None = None,
    emails: Sequence[str] = (),
    phone_numbers: Sequence[str] = (),
    owner_id: int | None = None,
    account_id: int | None = None,
    uid: UUID | None = None,
) -> Contact:
    """A new contact, owned by the caller unless said otherwise.

    Without `account_id` an account of kind `person` is written with it, named after it.
    """
    display_name = called(first_name, last_name, (*emails, *phone_numbers))
    owner_id = owner_id or caller.user_id
    if owner_id is None or owner_id not in await known_members(tx, caller.team_id, [owner_id]):
        raise UnknownRecord("owner", owner_id)
    if account_id is None:
        account_id = (await open_account(tx, caller, kind="person", name=display_name)).id
    row = await tx.fetch_row(
        f"""insert into contacts (team_id, uid, account_id, owner_id, first_name, last_name, display_name,
            sort_field, emails, phone_numbers, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) returning {CONTACT_COLUMNS}""",
        caller.team_id,
        uid or new_uid(),
        account_id,
        owner_id,
        first_name,
        last_name,
        display_name,
        sort_name(first_name, last_name) or display_name,
        list(emails),
        list(phone_numbers),
        caller.user_id,
        tx.tick(),
    )
    assert row is not None
    contact = Contact(**row)
    await tx.execute(
        "insert into contact_texts (team_id, contact_id, folded) values ($1, $2, $3)",
        caller.team_id,
        contact.id,
        fold(" ".join((display_name, *emails, *phone_numbers))),
    )
    await record_event(
        tx,
        caller,
        "contact.added",
        subject="contact",
        subject_id=contact.id,
        changes={"display_name": display_name, "owner_id": owner_id, "account_id": account_id},
    )
    return contact
