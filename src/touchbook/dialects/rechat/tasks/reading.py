"""Tasks: list, search, get."""

from uuid import UUID

from touchbook.core.tasks.listing import count_tasks, list_tasks_as
from touchbook.core.tasks.queries import find_task_as
from touchbook.core.tasks.reading import reading_of
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Reader
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.tasks.expanding import task_items
from touchbook.dialects.rechat.tasks.filters import ORDERS, read_filter
from touchbook.dialects.rechat.tasks.items import ShownTask
from touchbook.http.call import Answer, Call

_SHOWN = reading_of(ShownTask)


async def search(call: Call[Reader]) -> Answer:
    """Without parameters all tasks match (A-37)."""
    page = parse.page(call)
    order = parse.order(call, ORDERS, "due_date")
    filters = await read_filter(call)
    tasks = await list_tasks_as(
        call.tx,
        call.caller,
        _SHOWN,
        filters,
        order=ORDERS[order.by],
        descending=order.descending,
        offset=page.start,
        limit=page.limit,
    )
    total = await count_tasks(call.tx, call.caller, filters)
    return render.listed(await task_items(call, tasks), total, parse.omitted(call))


async def get(call: Call[Reader]) -> Answer:
    return await answer_with(call, await task_of(call))


async def task_of(call: Call[Reader]) -> ShownTask:
    return await find_task_as(call.tx, call.caller, _SHOWN, task_uid(call))


def task_uid(call: Call[Reader]) -> UUID:
    return parse.uid("id", call.path["id"])


async def answer_with(call: Call[Reader], task: ShownTask | Task) -> Answer:
    return render.one((await task_items(call, [task]))[0], parse.omitted(call))
