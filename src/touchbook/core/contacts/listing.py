"""Lists of contacts and their counts."""

from typing import Literal

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.filtering import EVERYONE, ContactFilter, matching, texts_matching
from touchbook.core.contacts.rows import CONTACT_COLUMNS, contact_from
from touchbook.core.query.where import Where
from touchbook.core.transaction import Reader

Order = Literal[
    "rank", "id", "uid", "display_name", "sort_field", "last_touch", "next_touch", "created_at", "updated_at"
]

_KEYS: dict[Order, str] = {
    "display_name": "display_key",
    "sort_field": "sort_key",
    "last_touch": "last_touch_at",
    "next_touch": "next_touch_at",
}


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
    where = matching(caller, filters)
    fetch = reader.fetch if _asks_only(filters) else reader.fetch_afresh
    rows = await fetch(
        f"""select {CONTACT_COLUMNS} from contacts c where {where.sql}
        order by {_ordered(where, filters, order, descending)} limit {int(limit)} offset {int(offset)}""",
        *where.args,
    )
    return list(map(contact_from, rows))


async def count_contacts(reader: Reader, caller: Caller, filters: ContactFilter = EVERYONE) -> int:
    """The result of a search is counted without a query if no other condition is given."""
    found = filters.found if filters.ids is None else filters.ids
    if found is not None and _asks_only(filters, "found", "ids"):
        return len(found)
    table, where = "contacts c", matching(caller, filters)
    if filters.search and _asks_only(filters, "search"):
        table, where = "contact_texts x", texts_matching(caller, filters.search)
    fetch = reader.fetch if _asks_only(filters) else reader.fetch_afresh
    (row,) = await fetch(f"select count(*) from {table} where {where.sql}", *where.args)
    count: int = row["count"]
    return count


async def contact_ids(reader: Reader, caller: Caller, filters: ContactFilter) -> list[int]:
    where = matching(caller, filters)
    rows = await reader.fetch(f"select c.id from contacts c where {where.sql} order by c.id", *where.args)
    return [row["id"] for row in rows]


def _asks_only(filters: ContactFilter, *names: str) -> bool:
    """Return whether the filter sets no other members; an empty list of conditions counts as not set."""
    rest = dict.fromkeys(names)
    asked = msgspec.structs.replace(
        filters, **rest, excludes=tuple(filters.excludes), attributes=tuple(filters.attributes)
    )
    return asked == EVERYONE


def _ordered(where: Where, filters: ContactFilter, order: Order, descending: bool) -> str:
    way = " desc" if descending else ""
    if order == "rank":
        if filters.ids is not None:
            return f"array_position({where.value(list(filters.ids))}::bigint[], c.id)"
        order = "id"
    key = _KEYS.get(order, order)
    return f"c.{key}{way}" if key in ("id", "uid") else f"c.{key}{way}, c.id{way}"
