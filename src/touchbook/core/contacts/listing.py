"""Lists of contacts and their counts."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import msgspec
from msgspec.structs import replace

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.filtering import EVERYONE, ContactFilter, add_filter, texts_matching
from touchbook.core.contacts.queries import OWNED_COLUMNS, OwnedContact, owned_contact
from touchbook.core.contacts.query_schema import CONTACTS
from touchbook.core.query.conditions import Condition
from touchbook.core.query.pages import count_rows, fetch_page, find_ids, find_rows
from touchbook.core.query.schema import Column, QuerySchema, Record
from touchbook.core.query.where import Where
from touchbook.core.query.windows import Order as SortOrder
from touchbook.core.query.windows import Window
from touchbook.core.transaction import Reader

Order = Literal[
    "rank", "id", "uid", "display_name", "sort_field", "last_touch", "next_touch", "created_at", "updated_at"
]

_COLUMNS: Mapping[str, str] = {
    "rank": "id",
    "display_name": "display_key",
    "sort_field": "sort_key",
    "last_touch": "last_touch_at",
    "next_touch": "next_touch_at",
}


def _match(where: Where, filters: ContactFilter, caller: Caller) -> None:
    add_filter(where, filters, caller.region)


# A filter is one condition: its parts share joins, and the rule of a list is one within another.
_LISTED: QuerySchema[Contact] = replace(CONTACTS, columns={**CONTACTS.columns, "filter": Column(match=_match)})
_OWNED: QuerySchema[OwnedContact] = replace(
    cast("QuerySchema[Any]", _LISTED), select=OWNED_COLUMNS, record=owned_contact
)


async def list_contacts(
    reader: Reader,
    caller: Caller,
    filters: ContactFilter = EVERYONE,
    *,
    order: Order = "id",
    descending: bool = False,
    offset: int,
    limit: int,
) -> list[Contact]:
    """Contacts without a value of `order` come last, or first when descending; ties are ordered by id.

    `rank` is the order of the filter's `ids`, or of contact ids without those.
    """
    window = Window(limit=limit, offset=offset, ahead=False)
    found: list[Contact] = await _list(reader, caller, _LISTED, filters, SortOrder(order, descending), window)
    return found


async def list_owned_contacts(
    reader: Reader,
    caller: Caller,
    filters: ContactFilter = EVERYONE,
    *,
    order: Order = "id",
    descending: bool = False,
    offset: int,
    limit: int,
) -> list[OwnedContact]:
    """Like `list_contacts`."""
    window = Window(limit=limit, offset=offset, ahead=False)
    return await _list(reader, caller, _OWNED, filters, SortOrder(order, descending), window)


async def _list(
    reader: Reader,
    caller: Caller,
    schema: QuerySchema[Record],
    filters: ContactFilter,
    order: SortOrder,
    window: Window,
) -> list[Record]:
    ranked = order.column == "rank"
    if ranked and filters.ids is not None:
        ids = (await _ranked(reader, caller, filters, filters.ids))[window.offset : window.offset + window.limit]
        records = await find_rows(reader, caller, schema, ids)
        return [records[each] for each in ids if each in records]
    orders = [SortOrder(_COLUMNS.get(order.column, order.column), order.descending and not ranked)]
    return list((await fetch_page(reader, caller, schema, _conditions(filters), orders, window)).records)


async def count_contacts(reader: Reader, caller: Caller, filters: ContactFilter = EVERYONE) -> int:
    """The result of a search is counted without a query if no other condition is given."""
    found = _found_alone(filters)
    if found is not None:
        return len(found)
    if not filters.search or not _asks_only(filters, "search"):
        return await count_rows(reader, caller, _LISTED, _conditions(filters))
    where = texts_matching(caller, filters.search)
    (row,) = await reader.fetch_afresh(f"select count(*) from contact_texts x where {where.sql}", *where.args)
    count: int = row[0]
    return count


async def contact_ids(reader: Reader, caller: Caller, filters: ContactFilter) -> list[int]:
    return sorted(await find_ids(reader, caller, _LISTED, _conditions(filters)))


async def _ranked(reader: Reader, caller: Caller, filters: ContactFilter, ids: Sequence[int]) -> Sequence[int]:
    if _found_alone(filters) is not None:
        return ids
    found = set(await find_ids(reader, caller, _LISTED, _conditions(filters)))
    return [each for each in ids if each in found]


def _found_alone(filters: ContactFilter) -> Sequence[int] | None:
    """Return what a search has found if no other condition is given."""
    found = filters.found if filters.ids is None else filters.ids
    return found if found is not None and _asks_only(filters, "found", "ids") else None


def _conditions(filters: ContactFilter) -> Sequence[Condition]:
    found = _found_alone(filters)
    if found is not None:  # By ids the rows are found the same way, whichever they are.
        return [Condition(column="id", values=found)]
    return [] if _asks_only(filters) else [Condition(column="filter", values=[filters])]


def _asks_only(filters: ContactFilter, *names: str) -> bool:
    """Return whether the filter sets no other members; an empty list of conditions counts as not set."""
    rest = dict.fromkeys(names)
    asked = msgspec.structs.replace(
        filters, **rest, excludes=tuple(filters.excludes), attributes=tuple(filters.attributes)
    )
    return asked == EVERYONE
