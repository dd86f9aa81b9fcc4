"""Lists of deals and their counts."""

from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.query_schema import DEALS
from touchbook.core.query.conditions import Condition
from touchbook.core.query.pages import count_rows, fetch_page
from touchbook.core.query.windows import Window
from touchbook.core.transaction import Reader


async def list_deals(
    reader: Reader,
    caller: Caller,
    *,
    search: str | None = None,
    account: int | None = None,
    conditions: Sequence[Condition] = (),
    offset: int,
    limit: int,
) -> list[Deal]:
    """`search` matches part of the title. The `conditions` must all match."""
    window = Window(limit=limit, offset=offset, ahead=False)
    page = await fetch_page(reader, caller, DEALS, [*_conditions(search, account), *conditions], [], window)
    return list(page.records)


async def count_deals(reader: Reader, caller: Caller, *, search: str | None = None) -> int:
    return await count_rows(reader, caller, DEALS, _conditions(search))


def _conditions(search: str | None, account: int | None = None) -> list[Condition]:
    asked = {"title_part": search or None, "account.id": account}
    return [Condition(column=name, values=[value]) for name, value in asked.items() if value is not None]
