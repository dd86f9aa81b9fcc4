"""Reads the rows of a query schema: a page of a list, their number or ids, or single rows by id.

`zone`: the zone that days are those of, the team's unless it is given.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import tzinfo
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.query.conditions import Condition, Viewer, visible_rows
from touchbook.core.query.day_starts import bind_days
from touchbook.core.query.keys import Key, keys_of, keys_within, order_by, split_beyond
from touchbook.core.query.look_ups import records_of, with_look_up
from touchbook.core.query.merging import Stretch, merge
from touchbook.core.query.scanning import Scan, scan_all, scan_in_order
from touchbook.core.query.schema import QuerySchema, Record
from touchbook.core.query.where import Where, bind_owner
from touchbook.core.query.windows import Order, Page, Window
from touchbook.core.totals import total_of
from touchbook.core.transaction import Reader, Row


async def fetch_page(
    reader: Reader,
    caller: Caller,
    schema: QuerySchema[Record],
    conditions: Sequence[Condition],
    orders: Sequence[Order],
    window: Window,
    *,
    zone: tzinfo | None = None,
) -> Page[Record]:
    viewer = Viewer(caller, zone or caller.team_zone)
    scan = scan_in_order(schema, viewer, conditions, orders)
    keys = keys_of(scan.columns, scan.key, orders, backwards=window.before is not None)
    page = None
    if scan.afresh and schema.look_up is not None:
        page = await _fetch_by_ids(reader, viewer, schema, scan, keys, window)
        if page is None:  # A scan binds the values of one statement.
            scan = scan_in_order(schema, viewer, conditions, orders)
    if page is None:
        page = await _fetch_at_once(reader, viewer, schema, scan, keys, window)
    return page.reversed() if window.before is not None else page


async def _fetch_by_ids(
    reader: Reader,
    viewer: Viewer,
    schema: QuerySchema[Record],
    scan: Scan,
    keys: Sequence[Key],
    window: Window,
) -> Page[Record] | None:
    """The statement planned for its values is short; the rows are read by a plan that is kept. Return None
    when a row was deleted in between: the page lacks it, and whether more follow is not known.
    """
    rows = await _fetch(reader, viewer, scan, _merged(list(_stretches(viewer, scan, keys, window)), window))
    cursors = [list(row) for row in rows[: window.limit]]
    found = await find_rows(reader, viewer.caller, schema, [cursor[-1] for cursor in cursors])
    if len(found) < len(cursors):
        return None
    return Page([found[cursor[-1]] for cursor in cursors], cursors, len(rows) > window.limit)


async def _fetch_at_once(
    reader: Reader,
    viewer: Viewer,
    schema: QuerySchema[Record],
    scan: Scan,
    keys: Sequence[Key],
    window: Window,
) -> Page[Record]:
    rows = await _fetch(reader, viewer, scan, with_look_up(schema, _page(schema, viewer, scan, keys, window)))
    cursors = [row[: len(keys)] for row in rows[: window.limit]]
    records = list(records_of(schema, viewer.caller, rows[: window.limit], skip=len(keys)))
    return Page(records, cursors, len(rows) > window.limit)


async def count_rows(
    reader: Reader,
    caller: Caller,
    schema: QuerySchema[Any],
    conditions: Sequence[Condition],
    *,
    most: int | None = None,
    zone: tzinfo | None = None,
) -> int:
    """No further than `most`. Without a condition nothing is counted if the total is kept."""
    kept = None if conditions else schema.total(caller)
    if kept is not None:
        total = await total_of(reader, caller, kept)
        return total if most is None else min(total, most)
    viewer = Viewer(caller, zone or caller.team_zone)
    scan = scan_all(schema, viewer, conditions)
    if most is None and len(scan.parts) == 1:
        sql = f"select count(*) from {scan.source} where {scan.parts[0].where.sql}"
    else:
        limit = "" if most is None else f" limit {int(most)}"
        sql = f"select count(*) from ({scan.ids}{limit}) found"
    [row] = await _fetch(reader, viewer, scan, sql)
    count: int = row[0]
    return count


async def find_ids(
    reader: Reader,
    caller: Caller,
    schema: QuerySchema[Any],
    conditions: Sequence[Condition],
    *,
    zone: tzinfo | None = None,
) -> list[int]:
    """All of them, in no order."""
    viewer = Viewer(caller, zone or caller.team_zone)
    scan = scan_all(schema, viewer, conditions)
    return [row[0] for row in await _fetch(reader, viewer, scan, scan.ids)]


async def find_rows(
    reader: Reader, caller: Caller, schema: QuerySchema[Record], ids: Collection[int]
) -> dict[int, Record]:
    """The rows of `ids` that the caller sees."""
    viewer = Viewer(caller, caller.team_zone)
    where = visible_rows(schema, viewer).add(f"{schema.key} = any({{}}::bigint[])", list(ids))
    sql = f"select {schema.key}, {schema.select} from {schema.source} where {where.sql}"
    rows = await reader.fetch(bind(with_look_up(schema, sql), where, viewer), *where.args)
    return dict(zip((row[0] for row in rows), records_of(schema, caller, rows, skip=1), strict=True))


def bind(sql: str, where: Where, viewer: Viewer) -> str:
    """The statement as it is sent with the values of `where`."""
    return bind_days(bind_owner(sql, where, viewer.caller), where, viewer.zone)


async def _fetch(reader: Reader, viewer: Viewer, scan: Scan, sql: str) -> Sequence[Row]:
    fetch = reader.fetch_afresh if scan.afresh else reader.fetch
    return await fetch(bind(sql, scan.where, viewer), *scan.where.args)


def _page(schema: QuerySchema[Any], viewer: Viewer, scan: Scan, keys: Sequence[Key], window: Window) -> str:
    """One stretch of an index gives the rows themselves; of several, or far into one, the ids come first."""
    stretches = list(_stretches(viewer, scan, keys, window))
    if len(stretches) == 1 and scan.whole and not window.offset:
        return merge(stretches, schema.select, limit=window.limit + window.ahead)
    names = [f"key{number}" for number in range(1, len(keys))] + ["id"]
    page = _merged(stretches, window)
    rows = schema.visible(scan.where.branch(), viewer.caller)
    return f"""with page ({", ".join(names)}) as ({page})
        select {", ".join(f"page.{name}" for name in names)}, {schema.select}
        from {schema.source} join page on page.id = {schema.key} where {rows.sql} {order_by(_unparted(keys))}"""


def _merged(stretches: Sequence[Stretch], window: Window) -> str:
    return merge(stretches, limit=window.limit + window.ahead, offset=window.offset)


def _stretches(viewer: Viewer, scan: Scan, keys: Sequence[Key], window: Window) -> Iterator[Stretch]:
    cursor = window.before or window.after
    for part in scan.parts:
        own = keys if part.range is None else keys_within(keys, part.range)
        beyond = [part.where] if cursor is None else list(split_beyond(part.where, own, cursor, viewer.zone))
        # What a part has bound must stand in the statement, so that none is left out.
        for where in beyond or [part.where.add("false")]:
            yield Stretch(scan.source, where, own)


def _unparted(keys: Sequence[Key]) -> list[Key]:
    return [key.anywhere for key in keys]
