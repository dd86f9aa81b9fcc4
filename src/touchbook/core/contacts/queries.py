from collections.abc import Collection
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.errors import NotFound
from touchbook.core.folding import fold
from touchbook.core.transaction import Reader
from touchbook.core.where import Where, escape_like

CONTACT_COLUMNS = """id, uid, account_id, owner_id, first_name, last_name, display_name, emails, phone_numbers,
    created_at, updated_at"""

_ORDERS = {"id": "c.id", "name": "c.sort_field, c.id", "created_at": "c.created_at, c.id"}


async def find_contact(reader: Reader, caller: Caller, contact_id: int) -> Contact:
    row = await reader.fetch_row(
        f"select {CONTACT_COLUMNS} from contacts where team_id = $1 and id = $2 and deleted_at is null",
        caller.team_id,
        contact_id,
    )
    if row is None:
        raise NotFound("contact", contact_id)
    return Contact(**row)


async def find_contact_by_uid(reader: Reader, caller: Caller, uid: UUID) -> Contact:
    contact_id = await contact_id_of(reader, caller, uid)
    if contact_id is None:
        raise NotFound("contact", uid)
    return await find_contact(reader, caller, contact_id)


async def contact_id_of(reader: Reader, caller: Caller, uid: UUID) -> int | None:
    found: int | None = await reader.fetch_value(
        "select c.id from contacts c where c.team_id = $1 and c.uid = $2 and c.deleted_at is null",
        caller.team_id,
        uid,
    )
    return found


async def contacts_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Contact]:
    """Deleted ones too: what points to them still says whom it was about."""
    rows = await reader.fetch(
        f"select {CONTACT_COLUMNS} from contacts c where c.team_id = $1 and c.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: Contact(**row) for row in rows}


async def contacts_of_accounts(reader: Reader, caller: Caller, accounts: Collection[int]) -> list[Contact]:
    rows = await reader.fetch(
        f"""select {CONTACT_COLUMNS} from contacts c
        where c.team_id = $1 and c.account_id = any($2::bigint[]) and c.deleted_at is null order by c.id""",
        caller.team_id,
        list(accounts),
    )
    return [Contact(**row) for row in rows]


async def name_contacts(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, str]:
    """What those of `ids` that the team has are called."""
    rows = await reader.fetch(
        """select c.id, c.display_name from contacts c
        where c.team_id = $1 and c.id = any($2::bigint[]) and c.deleted_at is null""",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: row["display_name"] for row in rows}


async def list_contacts(
    reader: Reader,
    caller: Caller,
    *,
    search: str | None = None,
    account: int | None = None,
    order: str = "id",
    offset: int,
    limit: int,
) -> list[Contact]:
    """`search`: part of a name, an e-mail address or a phone number; `order`: id, name or created_at."""
    where = _matching(caller, search)
    if account is not None:
        where.add("c.account_id = {}", account)
    rows = await reader.fetch(
        f"""select {CONTACT_COLUMNS} from contacts c where {where.sql}
        order by {_ORDERS[order]} limit {int(limit)} offset {int(offset)}""",
        *where.args,
    )
    return [Contact(**row) for row in rows]


async def count_contacts(reader: Reader, caller: Caller, *, search: str | None = None) -> int:
    where = _matching(caller, search)
    count: int = await reader.fetch_value(f"select count(*) from contacts c where {where.sql}", *where.args)
    return count


def _matching(caller: Caller, search: str | None) -> Where:
    where = Where(caller.team_id, "c.team_id = $1", "c.deleted_at is null")
    if search:
        where.add(
            """c.id in (select x.contact_id from contact_texts x
            where x.team_id = $1 and x.folded like {})""",
            f"%{escape_like(fold(search))}%",
        )
    return where
