"""List and show, for any resource."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from touchbook.core.query.pages import count_rows, fetch_page, find_rows
from touchbook.core.query.schema import Record
from touchbook.core.transaction import Reader
from touchbook.dialects.outreach.errors import NoSuchResource
from touchbook.dialects.outreach.jsonapi.documents import document
from touchbook.dialects.outreach.jsonapi.paging import FARTHEST_OFFSET, LARGEST_PAGE, links, read_paging
from touchbook.dialects.outreach.jsonapi.query import read_parameters, read_selection, read_shape
from touchbook.dialects.outreach.jsonapi.resource import Ref, Resource
from touchbook.http.call import Answer, Call

MOST_COUNTED = 100_000
_ID = re.compile(r"\d{1,18}", re.ASCII)
Handler = Callable[[Call[Any]], Awaitable[Answer]]


def listing(resource: Resource[Any]) -> Handler:
    async def list_(call: Call[Reader]) -> Answer:
        given = read_parameters(call.query)
        shape = read_shape(resource, given, listing=True)
        selection = read_selection(resource, given)
        paging = read_paging(call, resource, given, selection)
        page = await fetch_page(
            call.tx, call.caller, resource.schema, selection.conditions, selection.orders, paging.window
        )
        most = max(
            MOST_COUNTED + 1 if selection.count else 0,
            FARTHEST_OFFSET + LARGEST_PAGE if paging.counted else 0,
        )
        total = (
            await count_rows(call.tx, call.caller, resource.schema, selection.conditions, most=most)
            if most
            else None
        )
        members: dict[str, Any] = {"links": links(call, resource, given, paging, page, total)}
        if selection.count and total is not None:
            members["meta"] = {"count": min(total, MOST_COUNTED), "count_truncated": total > MOST_COUNTED}
        rows = dict(zip((Ref(resource.kind, cursor[-1]) for cursor in page.cursors), page.records, strict=True))
        return await document(call, resource, rows, shape, **members)

    return list_


def showing(resource: Resource[Any]) -> Handler:
    async def show(call: Call[Reader]) -> Answer:
        shape = read_shape(resource, read_parameters(call.query))
        identifier, record = await find(call, resource, call.path["id"])
        return await document(call, resource, {Ref(resource.kind, identifier): record}, shape, one=True)

    return show


async def show_now(call: Call[Reader], resource: Resource[Any], identifier: int, *, status: int = 200) -> Answer:
    """Return the state after a write."""
    record = await find_by_id(call, resource, identifier)
    return await show_record(call, resource, identifier, record, status=status)


async def show_record(
    call: Call[Reader], resource: Resource[Any], identifier: int, record: Any, *, status: int = 200
) -> Answer:
    shape = read_shape(resource, read_parameters(call.query))
    rows = {Ref(resource.kind, identifier): record}
    return await document(call, resource, rows, shape, one=True, status=status)


async def find(call: Call[Reader], resource: Resource[Record], text: str) -> tuple[int, Record]:
    """Find it by its id as sent. NoSuchResource."""
    identifier = id_of(resource, text)
    return identifier, await find_by_id(call, resource, identifier)


def id_of(resource: Resource[Any], text: str) -> int:
    """Read an id as sent. NoSuchResource for what is none."""
    if not _ID.fullmatch(text):
        raise NoSuchResource(resource.kind, text)
    return int(text)


async def find_by_id(call: Call[Reader], resource: Resource[Record], identifier: int) -> Record:
    found = await find_rows(call.tx, call.caller, resource.schema, [identifier])
    if identifier not in found:
        raise NoSuchResource(resource.kind, str(identifier))
    return found[identifier]
