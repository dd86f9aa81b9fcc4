from collections.abc import Collection
from uuid import UUID

from touchbook.core.accounts.account import Account
from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.transaction import Reader
from touchbook.core.where import Where, escape_like

ACCOUNT_COLUMNS = "a.id, a.uid, a.kind, a.name, a.status, a.created_by, a.updated_by, a.created_at, a.updated_at"


async def find_account(reader: Reader, caller: Caller, uid: UUID) -> Account:
    row = await reader.fetch_row(
        f"select {ACCOUNT_COLUMNS} from accounts a where a.team_id = $1 and a.uid = $2 and a.deleted_at is null",
        caller.team_id,
        uid,
    )
    if row is None:
        raise NotFound("account", uid)
    return Account(**row)


async def accounts_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Account]:
    """Deleted ones too: what points to them still says where it belonged."""
    rows = await reader.fetch(
        f"select {ACCOUNT_COLUMNS} from accounts a where a.team_id = $1 and a.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: Account(**row) for row in rows}


async def list_accounts(
    reader: Reader, caller: Caller, *, name: str | None = None, offset: int, limit: int
) -> list[Account]:
    """Newest first; `name`: part of the name."""
    where = Where(caller.team_id, "a.team_id = $1", "a.deleted_at is null")
    if name:
        where.add("lower(a.name) like lower({})", f"%{escape_like(name)}%")
    rows = await reader.fetch(
        f"""select {ACCOUNT_COLUMNS} from accounts a where {where.sql}
        order by a.created_at desc, a.id desc limit {int(limit)} offset {int(offset)}""",
        *where.args,
    )
    return [Account(**row) for row in rows]


async def account_id_of(reader: Reader, caller: Caller, uid: UUID) -> int | None:
    found: int | None = await reader.fetch_value(
        "select a.id from accounts a where a.team_id = $1 and a.uid = $2 and a.deleted_at is null",
        caller.team_id,
        uid,
    )
    return found
