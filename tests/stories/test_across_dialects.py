"""One task seen and changed through every dialect. A story is told through each surface in turn."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.dialects.ysuite.wire import new_task
from tests.factories import NOON, contact_of, task_of
from tests.people import Person, new_person
from tests.stories.telling import SURFACES, Close, View, YSuite, told
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.listing import list_tasks
from touchbook.core.tasks.queries import find_task, find_task_by_uid
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

Surface = YSuite | Close


def through(*numbers: str) -> pytest.MarkDecorator:
    """Each surface, proving its part of the numbered statements."""
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(name, marks=[pytest.mark.req(number, surface=name) for number in numbers])
            for name in SURFACES
        ],
    )


async def views(person: Person, task: Task) -> list[View]:
    return [await surface.view(person, task) for surface in SURFACES.values()]


async def stored(store: Store, person: Person, task: Task) -> Task:
    async with store.reading() as reader:
        return await find_task(reader, person.caller, task.id)


@through("XD-01")
async def test_a_task_made_with_all_that_there_is_appears(
    store: Store, alice: Person, bob: Person, name: str
) -> None:
    surface = SURFACES[name]
    contact = await contact_of(store, alice)
    task = await task_of(
        store,
        alice,
        "Call Sarah",
        contact_id=contact.id,
        assignees=[bob.user_id, alice.user_id],
        description="Ask for the house",
        kind="call",
        end_at=NOON + timedelta(hours=1),
        metadata='{"template": "first"}',
        priority=4,
    )
    assert await surface.view(bob, task) == View(
        title="Call Sarah",
        done=False,
        due=NOON,
        assignee=surface.person_id(bob),
        contact=surface.contact_id(contact),
    )


@through("XD-01")
async def test_a_task_made_anywhere_appears_everywhere(
    store: Store, alice: Person, bob: Person, name: str
) -> None:
    contact = await contact_of(store, alice)
    due = datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
    for maker in SURFACES.values():
        identifier = await maker.create(alice, contact, "Call Sarah", due)
        task = await found(store, alice, maker, identifier)
        surface = SURFACES[name]
        assert await surface.view(bob, task) == View(
            title="Call Sarah",
            done=False,
            due=due,
            assignee=surface.person_id(alice),
            contact=surface.contact_id(contact),
        )


async def found(store: Store, person: Person, surface: Surface, identifier: Any) -> Task:
    """The one task that the dialect calls so."""
    async with store.reading() as reader:
        tasks = await list_tasks(
            reader, person.caller, TaskFilter(zone=person.caller.zone), order="created", offset=0, limit=100
        )
    (task,) = [task for task in tasks if surface.id_of(task) == identifier]
    return task


async def test_a_day_is_the_same_day_everywhere(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, due_on=date(2026, 7, 15))
    midnight = datetime(2026, 7, 15, tzinfo=alice.caller.team_zone)
    assert [view.due for view in await views(alice, task)] == [midnight] * len(SURFACES)


@pytest.mark.req("XD-02", surface="ysuite")
@pytest.mark.parametrize(("status", "done"), [(3, True), (4, True), (2, True)])
async def test_what_ended_in_its_own_way_stays_so(store: Store, alice: Person, status: int, done: bool) -> None:
    """Cancelled, elsewhere it is done; that it is done, said again, does not make it completed."""
    await ending(store, alice, status, done)


@pytest.mark.req("XD-03", surface="ysuite")
async def test_what_is_in_progress_stays_so(store: Store, alice: Person) -> None:
    """Elsewhere it is open; that it is open, said again, does not put it back."""
    await ending(store, alice, 1, False)


async def ending(store: Store, alice: Person, status: int, done: bool) -> None:
    contact = await contact_of(store, alice)
    sent = new_task(cstid=contact.id, status=status)
    number = told(await alice.ysuite.post("/tasks", json=sent))["data"]["activity_id"]
    task = await found(store, alice, YSuite(), number)
    close = SURFACES["close"]
    assert (await close.view(alice, task)).done is done
    await (close.complete if done else close.reopen)(store, alice, task)
    assert told(await alice.ysuite.get(f"/tasks/{number}"))["data"]["status"] == status
    assert await stored(store, alice, task) == task


@through("XD-04")
async def test_completed_through_one_it_is_completed_in_all(
    store: Store, alice: Person, bob: Person, name: str
) -> None:
    surface = SURFACES[name]
    task = await task_of(store, alice, contact_id=(await contact_of(store, alice)).id)
    assert [view.done for view in await views(alice, task)] == [False] * len(SURFACES)
    await surface.complete(store, bob, task)
    assert [view.done for view in await views(alice, task)] == [True] * len(SURFACES)
    completed = await stored(store, alice, task)
    assert (completed.status, completed.completed_by) == ("completed", bob.user_id)
    await surface.reopen(store, bob, task)
    assert [view.done for view in await views(alice, task)] == [False] * len(SURFACES)
    assert (await stored(store, alice, task)).completed_by is None


@through("XD-07")
async def test_of_three_the_first_is_shown_and_replaced(
    store: Store, server: str, alice: Person, bob: Person, name: str
) -> None:
    surface = SURFACES[name]
    carol, dora = [await new_person(store, server, alice.team, person) for person in ("Carol", "Dora")]
    task = await task_of(store, alice, assignees=[person.user_id for person in (alice, bob, carol)])
    assert (await surface.view(alice, task)).assignee == surface.person_id(alice)
    await surface.reassign(store, alice, task, dora)
    assert (await surface.view(alice, task)).assignee == surface.person_id(dora)
    assert (await stored(store, alice, task)).assignees == [dora.user_id, bob.user_id, carol.user_id]
    await surface.reassign(store, alice, task, carol)
    assert (await stored(store, alice, task)).assignees == [carol.user_id, bob.user_id]


@pytest.mark.req("XD-10", surface="ysuite")
async def test_a_title_too_long_to_be_written_there_is_read_whole(store: Store, alice: Person) -> None:
    title = "Ask for the house and " * 14
    assert len(title) >= 300
    identifier = await Close().create(alice, await contact_of(store, alice), title[:300], NOON)
    task = await found(store, alice, Close(), identifier)
    assert [view.title for view in await views(alice, task)] == [title[:300]] * len(SURFACES)


@through("XD-12")
async def test_every_form_of_the_id_names_one_task_for_ever(
    store: Store, alice: Person, bob: Person, name: str
) -> None:
    surface = SURFACES[name]
    task, other = [await task_of(store, alice, contact_id=(await contact_of(store, alice)).id) for _ in range(2)]
    known = [each.id_of(task) for each in SURFACES.values()]
    await surface.retitle(store, bob, task, "Renamed")
    await surface.complete(store, bob, task)
    await surface.reopen(store, bob, task)
    await surface.reassign(store, bob, task, bob)
    async with store.reading() as reader:
        by_uid = await find_task_by_uid(reader, alice.caller, task.uid)
    assert by_uid == await stored(store, alice, task)
    assert [each.id_of(by_uid) for each in SURFACES.values()] == known
    assert [view.title for view in await views(alice, task)] == ["Renamed"] * len(SURFACES)
    assert [view.title for view in await views(alice, other)] == ["Follow up"] * len(SURFACES)


@through("XD-14")
async def test_deleted_through_one_it_is_not_found_in_any(
    store: Store, alice: Person, bob: Person, name: str
) -> None:
    task, other = [await task_of(store, alice) for _ in range(2)]
    await SURFACES[name].delete(store, bob, task)
    for surface in SURFACES.values():
        answer = await surface.ask(alice, surface.id_of(task))
        assert answer.status_code == surface.not_found
        await surface.view(alice, other)
    assert told(await alice.ysuite.get("/tasks"))["data"]["total_records"] == 1
    assert len(told(await alice.close.get("/task/"))["data"]) == 1
