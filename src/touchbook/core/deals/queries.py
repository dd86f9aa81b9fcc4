from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.deals.deal import Deal
from touchbook.core.errors import NotFound
from touchbook.core.transaction import Reader
from touchbook.core.where import Where, escape_like

DEAL_COLUMNS = """id, uid, account_id, contact_id, owner_id, title, status, amount, currency, closes_on,
    created_at, updated_at"""


async def find_deal(reader: Reader, caller: Caller, deal_id: int) -> Deal:
    row = await reader.fetch_row(
        f"select {DEAL_COLUMNS} from deals where team_id = $1 and id = $2 and deleted_at is null",
        caller.team_id,
        deal_id,
    )
    if row is None:
        raise NotFound("deal", deal_id)
    return Deal(**row)


async def find_deal_by_uid(reader: Reader, caller: Caller, uid: UUID) -> Deal:
    row = await reader.fetch_row(
        f"select {DEAL_COLUMNS} from deals where team_id = $1 and uid = $2 and deleted_at is null",
        caller.team_id,
        uid,
    )
    if row is None:
        raise NotFound("deal", uid)
    return Deal(**row)


async def list_deals(
    reader: Reader,
    caller: Caller,
    *,
    search: str | None = None,
    account: int | None = None,
    offset: int,
    limit: int,
) -> list[Deal]:
    """`search`: part of the title."""
    where = _matching(caller, search)
    if account is not None:
        where.add("d.account_id = {}", account)
    rows = await reader.fetch(
        f"""select {DEAL_COLUMNS} from deals d where {where.sql}
        order by d.id limit {int(limit)} offset {int(offset)}""",
        *where.args,
    )
    return [Deal(**row) for row in rows]


async def count_deals(reader: Reader, caller: Caller, *, search: str | None = None) -> int:
    where = _matching(caller, search)
    count: int = await reader.fetch_value(f"select count(*) from deals d where {where.sql}", *where.args)
    return count


def _matching(caller: Caller, search: str | None) -> Where:
    where = Where(caller.team_id, "d.team_id = $1", "d.deleted_at is null")
    if search:
        where.add("lower(d.title) like lower({})", f"%{escape_like(search)}%")
    return where
