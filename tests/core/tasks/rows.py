"""What a verb leaves in the store beside the task itself."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec

from tests.people import Person
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

Verb = Callable[..., Awaitable[Task | None]]


async def run(
    store: Store, person: Person, verb: Callable[..., Awaitable[Any]], task: Task, **arguments: Any
) -> Any:
    async with store.transaction() as tx:
        return await verb(tx, person.caller, task_id=task.id, **arguments)


async def read(store: Store, person: Person, task: Task) -> Task:
    async with store.reading() as reader:
        return await find_task(reader, person.caller, task.id)


async def events_of(store: Store, person: Person, task: Task) -> list[tuple[str, dict[str, Any]]]:
    """The kind and the changes of each, oldest first."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.kind, e.changes from events e
            where e.team_id = $1 and e.subject = 'task' and e.subject_id = $2 order by e.id""",
            person.team.id,
            task.id,
        )
    return [(row["kind"], msgspec.json.decode(row["changes"])) for row in rows]


async def due_of(store: Store, person: Person, task: Task) -> dict[str, datetime]:
    """But for its reminders."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select d.kind, d.at from due d
            where d.team_id = $1 and d.ref = $2 and d.kind in ('task.open', 'task.skip')""",
            person.team.id,
            task.id,
        )
    return {row["kind"]: row["at"] for row in rows}


async def check_kept(store: Store, person: Person, task: Task) -> None:
    """The sort keys of its people equal the task's, its text that of its title and description,
    what is due is what it says.
    """
    async with store.reading() as reader:
        keys = await reader.fetch(
            """select a.user_id, a.open, a.due_at, a.due_on, a.due_offset, a.deleted from task_assignees a
            where a.team_id = $1 and a.task_id = $2 order by a.position""",
            person.team.id,
            task.id,
        )
        text = await reader.fetch_row(
            "select x.title, x.folded from task_texts x where x.team_id = $1 and x.task_id = $2",
            person.team.id,
            task.id,
        )
    assert [tuple(row) for row in keys] == [
        (user, task.is_open, task.due_at, task.due_on, task.due_offset, False) for user in task.assignees
    ]
    title = task.shown_title.casefold()
    whole = title if task.description is None else f"{title}\n{task.description.casefold()}"
    assert text is not None
    assert (text["title"], text["folded"]) == (title, whole)
    expected = {
        "task.open": task.scheduled_at if task.status == "scheduled" else None,
        "task.skip": task.autoskip_at if task.is_open else None,
    }
    assert await due_of(store, person, task) == {kind: at for kind, at in expected.items() if at is not None}


async def check_verb(
    store: Store, person: Person, verb: Verb, task: Task, *, event: str, changed: set[str], **arguments: Any
) -> Task:
    """Runs it twice: the first changes `changed` and writes one event of just that, the second does nothing."""
    before = await events_of(store, person, task)
    assert await run(store, person, verb, task, **arguments) is not None
    after = await read(store, person, task)
    assert changed_members(task, after) == changed
    assert after.updated_at > task.updated_at
    assert after.updated_by == person.caller.user_id
    assert await run(store, person, verb, task, **arguments) is None
    assert await read(store, person, task) == after
    [(kind, changes)] = (await events_of(store, person, task))[len(before) :]
    assert (kind, set(changes)) == (event, changed)
    await check_kept(store, person, after)
    return after


def changed_members(before: Task, after: Task) -> set[str]:
    ours = {"updated_at", "updated_by", "state_changed_at"}
    return {name for name in Task.__struct_fields__ if getattr(before, name) != getattr(after, name)} - ours


async def reminding_of(store: Store, person: Person, task: Task) -> list[tuple[datetime, datetime | None]]:
    """The instant of each reminder, oldest first, and when it is due, if it is."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select r.at, d.at as due from reminders r
            left join due d on d.team_id = $1 and d.kind = 'task.remind' and d.ref = r.id
            where r.team_id = $1 and r.task_id = $2 and (r.deleted_at is null or d.at is not null)
            order by r.created_at, r.id""",
            person.team.id,
            task.id,
        )
    return [(row["at"], row["due"]) for row in rows]


async def instants_of(store: Store, person: Person, task: Task) -> list[datetime]:
    return [at for at, _ in await reminding_of(store, person, task)]
