"""One task seen and changed through every dialect. A story is told through each surface in turn."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from tests.dialects.ysuite.wire import new_task
from tests.factories import NOON, contact_of, task_of
from tests.people import Person, new_person
from tests.stories.telling import SURFACES, Close, Outreach, Rechat, View, YSuite, told
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import find_contact_by_uid
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.listing import list_tasks
from touchbook.core.tasks.queries import find_task, find_task_by_uid
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

Surface = YSuite | Close | Rechat | Outreach


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


def titles(text: str) -> list[str | None]:
    """As each surface shows it."""
    return [surface.title(text) for surface in SURFACES.values()]


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
        title=surface.title("Call Sarah"),
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
            title=surface.title("Call Sarah"),
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
@pytest.mark.req("XD-02", surface="rechat")
@pytest.mark.parametrize(("status", "done"), [(3, True), (4, True), (2, True)])
async def test_what_ended_in_its_own_way_stays_so(store: Store, alice: Person, status: int, done: bool) -> None:
    """Cancelled, elsewhere it is done; that it is done, said again, does not make it completed."""
    await ending(store, alice, status, done)


@pytest.mark.req("XD-03", surface="ysuite")
@pytest.mark.req("XD-03", surface="rechat")
async def test_what_is_in_progress_stays_so(store: Store, alice: Person) -> None:
    """Elsewhere it is open; that it is open, said again, does not put it back."""
    await ending(store, alice, 1, False)


async def ending(store: Store, alice: Person, status: int, done: bool) -> None:
    contact = await contact_of(store, alice)
    sent = new_task(cstid=contact.id, status=status)
    number = told(await alice.ysuite.post("/tasks", json=sent))["data"]["activity_id"]
    task = await found(store, alice, YSuite(), number)
    for surface in (SURFACES["close"], SURFACES["rechat"]):
        assert (await surface.view(alice, task)).done is done
        await (surface.complete if done else surface.reopen)(store, alice, task)
        assert told(await alice.ysuite.get(f"/tasks/{number}"))["data"]["status"] == status
        after = await stored(store, alice, task)
        assert after == replace(task, updated_at=after.updated_at, updated_by=after.updated_by)


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


@pytest.mark.parametrize("maker", [Close(), Rechat()])
@pytest.mark.req("XD-10", surface="ysuite")
@pytest.mark.req("XD-10", surface="rechat")
async def test_a_title_too_long_to_be_written_there_is_read_whole(
    store: Store, alice: Person, maker: Surface
) -> None:
    title = "Ask for the house and " * 14
    assert len(title) >= 300
    identifier = await maker.create(alice, await contact_of(store, alice), title[:300], NOON)
    task = await found(store, alice, maker, identifier)
    assert [view.title for view in await views(alice, task)] == titles(title[:300])


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
    assert [view.title for view in await views(alice, task)] == titles("Renamed")
    assert [view.title for view in await views(alice, other)] == titles("Follow up")


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


@pytest.mark.req("XD-05", surface="rechat")
async def test_reopened_nobody_has_completed_it(store: Store, alice: Person, bob: Person) -> None:
    rechat, task = Rechat(), await task_of(store, alice)
    await rechat.complete(store, bob, task)
    completed = await stored(store, alice, task)
    assert (completed.completed_by, completed.completed_at is None) == (bob.user_id, False)
    await rechat.reopen(store, alice, task)
    reopened = await stored(store, alice, task)
    assert (reopened.status, reopened.completed_by, reopened.completed_at) == ("open", None, None)


@pytest.mark.req("XD-05", surface="outreach")
async def test_reopened_elsewhere_outreach_shows_no_completer(store: Store, alice: Person, bob: Person) -> None:
    outreach, task = Outreach(), await task_of(store, alice)
    await outreach.complete(store, bob, task)
    shown = await outreach.whole(alice, task)
    assert shown["relationships"]["completer"]["data"] == {"type": "user", "id": bob.user_id}
    assert shown["attributes"]["completedAt"] is not None
    await Rechat().reopen(store, alice, task)
    shown = await outreach.whole(alice, task)
    assert (shown["relationships"]["completer"]["data"], shown["attributes"]["completedAt"]) == (None, None)
    assert shown["attributes"]["state"] == "incomplete"


@pytest.mark.req("XD-06", surface="close")
@pytest.mark.req("XD-06", surface="rechat")
async def test_a_day_stays_a_day_through_what_shows_it_as_an_instant(store: Store, alice: Person) -> None:
    rechat, close = Rechat(), Close()
    lead = told(await alice.close.post("/lead/", json={"name": "Skynet"}))["id"]
    made = told(await alice.close.post("/task/", json={"lead_id": lead, "text": "Call", "date": "2026-07-15"}))
    task = await found(store, alice, close, made["id"])
    assert (await rechat.whole(alice, task))["all_day"] is True
    await rechat.put(alice, task, title="Call back")
    assert told(await close.ask(alice, made["id"]))["date"] == "2026-07-15"
    assert (await stored(store, alice, task)).due_on == date(2026, 7, 15)


LINKS = [("contact", 5, {"note": "first by index"}), ("contact", None, {"note": "second"})]
REMINDERS = [(True, timedelta(hours=-2)), (False, timedelta(minutes=-5))]


async def rich_task(store: Store, person: Person) -> tuple[Task, Any]:
    """One with two contacts and two reminders, as Rechat makes it; and as it shows it."""
    contacts = [await contact_of(store, person) for _ in LINKS]
    sent = {
        "title": "Show the house",
        "description": "All of it",
        "due_date": NOON.timestamp(),
        "task_type": "Todo",
        "metadata": {"template": "<html></html>"},
        "associations": [
            {"association_type": kind, kind: str(contact.uid), "index": index, "metadata": metadata}
            for (kind, index, metadata), contact in zip(LINKS, contacts, strict=True)
        ],
        "reminders": [
            {"is_relative": relative, "timestamp": (NOON + distance).timestamp()}
            for relative, distance in REMINDERS
        ],
    }
    rechat = Rechat()
    identifier = told(await person.rechat.post("/crm/tasks", json=sent))["data"]["id"]
    task = await found(store, person, rechat, identifier)
    return task, await rechat.whole(person, task)


@through("XD-08")
async def test_of_two_contacts_the_first_is_shown_and_both_stay_whole(
    store: Store, alice: Person, bob: Person, name: str
) -> None:
    surface = SURFACES[name]
    task, before = await rich_task(store, alice)
    first = await stored_contact(store, alice, before["contacts"][0])
    assert (await surface.view(alice, task)).contact == surface.contact_id(first)
    await surface.retitle(store, bob, task, "Show it twice")
    await surface.complete(store, bob, task)
    await surface.reassign(store, bob, task, bob)
    after = await Rechat().whole(alice, task)
    assert after["associations"] == before["associations"]
    assert after["contacts"] == before["contacts"]
    assert (after["metadata"], after["description"]) == (before["metadata"], before["description"])


@pytest.mark.req("XD-09", surface="close")
async def test_reminders_stay_and_the_relative_ones_move_with_the_due_time(
    store: Store, alice: Person, bob: Person
) -> None:
    close, rechat = Close(), Rechat()
    task, before = await rich_task(store, alice)
    await close.retitle(store, bob, task, "Show it twice")
    await close.complete(store, bob, task)
    await close.reopen(store, bob, task)
    assert (await rechat.whole(alice, task))["reminders"] == before["reminders"]
    path = f"/task/{close.id_of(task)}/"
    told(await bob.close.put(path, json={"date": (NOON + timedelta(days=3)).isoformat()}))
    after = (await rechat.whole(alice, task))["reminders"]
    assert [each["id"] for each in after] == [each["id"] for each in before["reminders"]]
    assert [each["timestamp"] for each in after] == [
        (NOON + timedelta(days=3, hours=-2)).timestamp(),
        (NOON - timedelta(minutes=5)).timestamp(),
    ]


@pytest.mark.req("XD-09", surface="outreach")
async def test_reminders_stay_through_outreach(store: Store, alice: Person, bob: Person) -> None:
    outreach, rechat = Outreach(), Rechat()
    task, before = await rich_task(store, alice)
    await outreach.patch(bob, task, note="Other", action="call")
    await outreach.complete(store, bob, task)
    await outreach.reopen(store, bob, task)
    await outreach.reassign(store, bob, task, bob)
    assert (await rechat.whole(alice, task))["reminders"] == before["reminders"]
    due = NOON + timedelta(days=3)
    await outreach.patch(bob, task, dueAt=due.isoformat())
    after = (await rechat.whole(alice, task))["reminders"]
    moved = [(due - timedelta(hours=2)).timestamp(), (NOON - timedelta(minutes=5)).timestamp()]
    assert [each["timestamp"] for each in after] == moved
    assert [each["id"] for each in after] == [each["id"] for each in before["reminders"]]


@pytest.mark.req("XD-11", surface="outreach")
async def test_a_description_is_outreachs_note(store: Store, alice: Person) -> None:
    outreach, rechat = Outreach(), Rechat()
    task, _ = await rich_task(store, alice)
    assert (await outreach.whole(alice, task))["attributes"]["note"] == "All of it"
    await rechat.retitle(store, alice, task, "House")
    assert (await outreach.whole(alice, task))["attributes"]["note"] == "All of it"
    await outreach.patch(alice, task, note="Half of it")
    shown = await rechat.whole(alice, task)
    assert (shown["title"], shown["description"]) == ("House", "Half of it")


@pytest.mark.req("XD-15", surface="outreach")
async def test_microseconds_stay_through_what_shows_milliseconds(store: Store, alice: Person) -> None:
    outreach, micro = Outreach(), timedelta(microseconds=654_321)
    task = await task_of(
        store, alice, due_at=NOON + micro, end_at=NOON + micro, autoskip_at=NOON + timedelta(days=9000) + micro
    )
    await outreach.patch(alice, task, note="Other", action="call")
    after = await stored(store, alice, task)
    kept = ("due_at", "end_at", "autoskip_at", "created_at", "state_changed_at")
    assert [getattr(after, name) for name in kept] == [getattr(task, name) for name in kept]
    assert (after.description, after.kind) == ("Other", "call")


@pytest.mark.req("XD-11", surface="rechat")
async def test_a_note_stays_through_edits_of_the_title(store: Store, alice: Person) -> None:
    rechat = Rechat()
    task = await task_of(store, alice, None, description="Ask for the house\nand the garden")
    assert (await rechat.view(alice, task)).title == "Ask for the house"
    await rechat.put(alice, task, due_date=NOON.timestamp() + 60)
    assert (await stored(store, alice, task)).title is None
    await rechat.retitle(store, alice, task, "House")
    after = await stored(store, alice, task)
    assert (after.title, after.description) == ("House", "Ask for the house\nand the garden")
    await rechat.put(alice, task, description="Neither")
    assert (await stored(store, alice, task)).description == "Neither"


@pytest.mark.req("XD-15", surface="rechat")
async def test_microseconds_stay_through_writes_of_other_members(store: Store, alice: Person) -> None:
    task, rechat = await task_of(store, alice, due_at=NOON + timedelta(microseconds=654_321)), Rechat()
    for surface in SURFACES.values():
        await surface.retitle(store, alice, task, "Show it")
        await surface.complete(store, alice, task)
    after = await rechat.whole(alice, task)
    assert after["due_date"] == (NOON + timedelta(microseconds=654_321)).timestamp()
    assert after["created_at"] == task.created_at.timestamp()


async def stored_contact(store: Store, person: Person, uid: str) -> Contact:
    async with store.reading() as reader:
        return await find_contact_by_uid(reader, person.caller, UUID(uid))
