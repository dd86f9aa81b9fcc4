import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.clock import utc_now
from tests.core.sequences.records import enroll, sequence_of, template_of
from tests.core.tasks.verbs import edit_task
from tests.factories import contact_of, task_of
from tests.isolation.catalogue import tenant_tables
from tests.jobs.working import (
    HOUR,
    actions_of,
    ahead,
    events_of,
    status_of,
    until_idle,
    until_status,
    working,
)
from tests.people import Person
from touchbook.core.contacts.adding import NewContact
from touchbook.core.contacts.attribute import NewAttribute, Value
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.due import set_due
from touchbook.core.imports.importing import IMPORTING, ask_for_import
from touchbook.core.jobs.job import Job
from touchbook.core.rederiving import REDERIVING
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.reminder import Reminder, RequestedReminder
from touchbook.core.tasks.reminding import reminders_of
from touchbook.core.tasks.scheduled_actions import OPENING, REMINDING, SKIPPING
from touchbook.core.tasks.task import Task
from touchbook.core.teams.team import Team
from touchbook.core.templates.repairing import REPAIRING
from touchbook.core.templates.template import Template
from touchbook.core.templates.templating import TemplateChanges, change_template
from touchbook.core.touch.asking import switch_touch_tasks
from touchbook.core.touch.touching import ASKING, set_touch_frequency
from touchbook.jobs.due import queue_due
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store


async def scheduled_task(store: Store, person: Person) -> Task:
    return await task_of(store, person, scheduled_at=utc_now() + HOUR)


async def neglected_task(store: Store, person: Person) -> Task:
    return await task_of(store, person, autoskip_at=utc_now() + HOUR)


async def asked_import(store: Store, person: Person) -> Job:
    """Due at once; nobody is to mind when it is worked off later."""
    new = [NewContact(attributes=[NewAttribute(_FIRST_NAME, Value(text="Sarah"))])]
    async with store.transaction() as tx:
        return await ask_for_import(tx, person.caller, new, failed=0, reason="import_json")


async def asked_touch(store: Store, person: Person) -> Team:
    """One contact wants to be touched every day, since yesterday; the job's record is the team."""
    yesterday = ahead(store, -24 * HOUR)
    contact = await contact_of(yesterday, person)
    async with yesterday.transaction() as tx:
        await switch_touch_tasks(tx, person.caller, on=True)
        await set_touch_frequency(tx, person.caller, contact, days=1)
    return person.team


async def edited_template(store: Store, person: Person) -> Template:
    """It could not be rendered for somebody who has a name; now it can."""
    made = await sequence_of(store, person, "email")
    doubling = "{% assign x = x | append: x %}" * 16
    template = await template_of(store, person, made.steps[0], "{% assign x = first_name %}" + doubling)
    await enroll(store, person, made)
    async with store.transaction() as tx:
        await change_template(tx, person.caller, template.id, TemplateChanges(body="Hi {{ first_name }}"))
    return template


async def wished_reminder(store: Store, person: Person) -> Reminder:
    task = await task_of(store, person, reminders=[RequestedReminder(False, utc_now() + HOUR)])
    async with store.reading() as reader:
        [reminder] = (await reminders_of(reader, person.caller, [task.id]))[task.id]
    return reminder


async def changed_fold(store: Store, person: Person) -> Team:
    """One part is left, of which the team has no row; the job's record is the team."""
    async with store.transaction() as tx:
        await tx.execute("insert into derivations (team_id, part) values ($1, 'deal_roles')", person.team.id)
        await set_due(tx, person.caller, REDERIVING, ref=person.team.id, at=tx.now)
    return person.team


_FIRST_NAME = next(each for each in GLOBAL if each.name == "first_name")
DUE_IN_AN_HOUR: dict[str, Callable[[Store, Person], Awaitable[Task]]] = {
    OPENING: scheduled_task,
    SKIPPING: neglected_task,
}
# A job kind is missing here? Then say how something of that kind comes to be due within an hour.
DUE: dict[str, Callable[[Store, Person], Awaitable[Task | Job | Team | Reminder | Template]]] = {
    **DUE_IN_AN_HOUR,
    IMPORTING: asked_import,
    ASKING: asked_touch,
    REMINDING: wished_reminder,
    REPAIRING: edited_template,
    REDERIVING: changed_fold,
}
AFTER = {OPENING: "open", SKIPPING: "skipped"}
EVENT = {OPENING: "task.opened", SKIPPING: "task.skipped"}


async def test_a_scheduled_task_opens_at_its_time_and_not_before(store: Store, alice: Person) -> None:
    task = await scheduled_task(store, alice)
    sooner = await task_of(store, alice, scheduled_at=utc_now() + HOUR / 4)
    async with working(ahead(store, HOUR / 2)):
        await until_status(store, alice, sooner, "open")
    assert await status_of(store, alice, task) == "scheduled"
    async with working(ahead(store, 2 * HOUR)):
        await until_status(store, alice, task, "open")
    assert await events_of(store, alice, task) == ["task.created", "task.opened"]
    assert await actions_of(store, alice) == []


async def test_autoskip_ends_a_task_that_nobody_completed(store: Store, alice: Person) -> None:
    """The reading A-16."""
    task = await neglected_task(store, alice)
    async with working(ahead(store, 2 * HOUR)):
        await until_status(store, alice, task, "skipped")
    async with store.reading() as reader:
        skipped = await find_task(reader, alice.caller, task.id)
    assert skipped.completed_by is None
    assert skipped.completed_at is not None
    assert skipped.updated_by is None


async def test_the_event_tells_that_touchbook_itself_did_it(store: Store, alice: Person) -> None:
    task = await scheduled_task(store, alice)
    async with working(ahead(store, 2 * HOUR)):
        await until_status(store, alice, task, "open")
    async with store.reading() as reader:
        event = await reader.fetch_row(
            "select * from events where team_id = $1 and subject_id = $2 and kind = 'task.opened'",
            alice.team.id,
            task.id,
        )
    assert event is not None
    assert (event["actor_id"], event["surface"]) == (None, "worker")


async def test_one_team_s_job_leaves_the_other_s_tasks_alone(store: Store, alice: Person, charlie: Person) -> None:
    task, other = await scheduled_task(store, alice), await scheduled_task(store, charlie)
    await perform(ahead(store, 2 * HOUR), KINDS[OPENING], ScheduledAction(OPENING, charlie.team.id, task.id))
    assert await status_of(store, alice, task) == "scheduled"
    assert await status_of(store, charlie, other) == "scheduled"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_job_run_twice_does_nothing_the_second_time(kind: str, store: Store, alice: Person) -> None:
    record = await DUE[kind](store, alice)
    later, action = ahead(store, 2 * HOUR), ScheduledAction(kind, alice.team.id, record.id)
    before = await everything(store, alice)
    await perform(later, KINDS[kind], action)
    first = await everything(store, alice)
    assert first != before
    await perform(later, KINDS[kind], action)
    assert await everything(store, alice) == first


async def everything(store: Store, person: Person) -> dict[str, list[str]]:
    """All rows of the team, in every table that has any."""
    rows = {}
    async with store.reading() as reader:
        for table in await tenant_tables(store):
            found = await reader.fetch(
                f"select x::text as row from {table} x where x.team_id = $1 order by 1", person.team.id
            )
            rows[table] = [str(each["row"]) for each in found]
    return rows


@pytest.mark.parametrize("kind", DUE_IN_AN_HOUR)
async def test_a_task_s_time_comes_once(kind: str, store: Store, alice: Person) -> None:
    task = await DUE_IN_AN_HOUR[kind](store, alice)
    later, action = ahead(store, 2 * HOUR), ScheduledAction(kind, alice.team.id, task.id)
    await perform(later, KINDS[kind], action)
    async with store.reading() as reader:
        first = await find_task(reader, alice.caller, task.id)
    await perform(later, KINDS[kind], action)
    async with store.reading() as reader:
        assert await find_task(reader, alice.caller, task.id) == first
    assert first.status == AFTER[kind]
    assert (await events_of(store, alice, task))[1:] == [EVENT[kind]]


@pytest.mark.parametrize("kind", DUE_IN_AN_HOUR)
async def test_a_job_too_early_does_nothing(kind: str, store: Store, alice: Person) -> None:
    task = await DUE_IN_AN_HOUR[kind](store, alice)
    await perform(store, KINDS[kind], ScheduledAction(kind, alice.team.id, task.id))
    assert await status_of(store, alice, task) == task.status
    assert await actions_of(store, alice) == [kind]


@pytest.mark.parametrize("kind", DUE_IN_AN_HOUR)
async def test_completing_calls_off_what_is_queued_already(kind: str, store: Store, alice: Person) -> None:
    task, later = await DUE_IN_AN_HOUR[kind](store, alice), ahead(store, 2 * HOUR)
    await queue_due(later, KINDS)
    async with store.transaction() as tx:
        await complete_task(tx, alice.caller, task_id=task.id)
    async with working(later):
        await until_idle(later, alice)
    assert await events_of(store, alice, task) == ["task.created", "task.completed"]


@pytest.mark.parametrize("kind", DUE_IN_AN_HOUR)
async def test_a_deleted_task_is_no_failure(kind: str, store: Store, alice: Person) -> None:
    task, later = await DUE_IN_AN_HOUR[kind](store, alice), ahead(store, 2 * HOUR)
    await queue_due(later, KINDS)
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=task.id)
    async with working(later):
        await until_idle(later, alice)
    assert await events_of(store, alice, task) == ["task.created", "task.deleted"]


async def test_what_is_put_off_happens_at_its_new_time_only(store: Store, alice: Person) -> None:
    task, later = await neglected_task(store, alice), ahead(store, 2 * HOUR)
    await queue_due(later, KINDS)
    async with store.transaction() as tx:
        await edit_task(tx, alice.caller, task_id=task.id, autoskip_at=utc_now() + 3 * HOUR)
    async with working(later):
        await until_idle(later, alice)
    assert await status_of(store, alice, task) == "open"
    async with working(ahead(store, 4 * HOUR)):
        await until_status(store, alice, task, "skipped")


async def test_an_action_without_its_task_is_dropped(store: Store, alice: Person) -> None:
    later = ahead(store, 2 * HOUR)
    async with store.transaction() as tx:
        await tx.execute(
            "insert into due (team_id, kind, ref, at) values ($1, $2, 1, $3)", alice.team.id, OPENING, tx.now
        )
    async with working(later):
        await until_idle(later, alice)
    assert await actions_of(store, alice) == []


async def test_two_workers_do_each_thing_once(store: Store, alice: Person) -> None:
    tasks = [await scheduled_task(store, alice) for _ in range(25)]
    later = ahead(store, 2 * HOUR)
    async with working(later, workers=2):
        for task in tasks:
            await until_status(store, alice, task, "open")
    for task in tasks:
        assert await events_of(store, alice, task) == ["task.created", "task.opened"]


async def test_two_sweeps_at_once_queue_an_action_once(store: Store, alice: Person) -> None:
    await scheduled_task(store, alice)
    later = ahead(store, 2 * HOUR)
    await asyncio.gather(*(queue_due(later, KINDS) for _ in range(4)))
    async with store.reading() as reader:
        queued = await reader.fetch_value(
            "select count(*) from pgqueuer where dedupe_key like $1", f"%:{alice.team.id}:%"
        )
    assert queued == 1
    assert await actions_of(store, alice) == [OPENING]
