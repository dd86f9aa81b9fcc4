"""Pages by cursor, or in the older style by offset; and the links between them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from touchbook.core.query.windows import Page, Window
from touchbook.dialects.kit.reading import read_integer
from touchbook.dialects.outreach.errors import BadParameter
from touchbook.dialects.outreach.jsonapi.cursors import Cursors
from touchbook.dialects.outreach.jsonapi.query import Given, Selection
from touchbook.dialects.outreach.jsonapi.resource import BASE, Resource
from touchbook.http.call import Call

LARGEST_PAGE = 1000
FARTHEST_OFFSET = 10_000
_DEFAULT = 50
_CURSOR = ("page[size]", "page[after]", "page[before]")
_COUNTED = ("page[limit]", "page[offset]")


class Paging(Struct, frozen=True):
    """`counted` is the older style, by limit and offset."""

    window: Window
    counted: bool
    cursors: Cursors


def read_paging(call: Call[Any], resource: Resource[Any], given: Given, selection: Selection) -> Paging:
    pages = [name for name in given if name.startswith("page")]
    for name in pages:
        if name not in _CURSOR + _COUNTED:
            raise BadParameter(name, "This parameter is not supported here.")
    counted = any(name in _COUNTED for name in pages)
    if counted and any(name in _CURSOR for name in pages):
        raise BadParameter(
            pages[0], "Cursors and page[size] cannot be combined with page[limit] and page[offset]."
        )
    cursors = Cursors(call, resource.path, given)
    if counted:
        limit = _number(given, "page[limit]", _DEFAULT, least=1, most=LARGEST_PAGE)
        offset = _number(given, "page[offset]", 0, least=0, most=FARTHEST_OFFSET)
        return Paging(Window(limit=limit, offset=offset), True, cursors)
    ends: dict[str, Any] = {
        name: cursors.read(f"page[{name}]", given[f"page[{name}]"][0], resource.schema, selection.orders)
        for name in ("after", "before")
        if f"page[{name}]" in given
    }
    if len(ends) > 1:
        raise BadParameter("page[before]", "page[after] and page[before] cannot be combined.")
    limit = _number(given, "page[size]", _DEFAULT, least=1, most=LARGEST_PAGE)
    return Paging(Window(limit=limit, **ends), False, cursors)


def _number(given: Given, name: str, default: int, *, least: int, most: int) -> int:
    number = read_integer(given[name][0] if name in given else str(default), least=least, most=most)
    if number is None:
        raise BadParameter(name, f"Must be an integer from {least} to {most}.")
    return number


def links(
    call: Call[Any], resource: Resource[Any], given: Given, paging: Paging, page: Page[Any], total: int | None
) -> dict[str, str]:
    """`total` counts in the older style, as far as the last page may start."""
    steps = _by_offset(paging.window, page, total or 0) if paging.counted else _by_cursor(paging, page)
    own = [(name, value) for name, values in given.items() if name not in _MOVING for value in values]
    address = f"{call.origin}{BASE}{resource.path}"
    return {name: _address(address, [*own, *step.items()]) for name, step in steps.items()}


_MOVING = ("page[after]", "page[before]", "page[offset]")


def _address(address: str, pairs: list[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(pairs)}" if pairs else address


def _by_cursor(paging: Paging, page: Page[Any]) -> Mapping[str, Mapping[str, str]]:
    """A page whose rows were all deleted links back to the position that it was requested from."""
    window, write = paging.window, paging.cursors.write
    steps: dict[str, Mapping[str, str]] = {"first": {}}
    if not page.cursors:
        if window.after is not None:
            steps["prev"] = {"page[before]": write(window.after.values, inclusive=not window.after.inclusive)}
        if window.before is not None:
            steps["next"] = {"page[after]": write(window.before.values, inclusive=not window.before.inclusive)}
        return steps
    if window.after is not None or (window.before is not None and page.more):
        steps["prev"] = {"page[before]": write(page.cursors[0])}
    if window.before is not None or page.more:
        steps["next"] = {"page[after]": write(page.cursors[-1])}
    return steps


def _by_offset(window: Window, page: Page[Any], total: int) -> Mapping[str, Mapping[str, str]]:
    last = min(max(total - 1, 0), FARTHEST_OFFSET) // window.limit * window.limit
    steps = {"first": 0}
    if window.offset:
        steps["prev"] = max(0, window.offset - window.limit)
    if page.more and window.offset + window.limit <= FARTHEST_OFFSET:
        steps["next"] = window.offset + window.limit
    return {name: {"page[offset]": str(offset)} for name, offset in (steps | {"last": last}).items()}
