"""Sequences for tests, and what has become of the contacts in them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.clock import utc_now
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.enrolments.completing import complete_step
from touchbook.core.enrolments.enrolling import enroll_contact
from touchbook.core.enrolments.queries import states_by_id
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.sequences.attaching import attach_template
from touchbook.core.sequences.building import create_sequence
from touchbook.core.sequences.step import Step, StepKind
from touchbook.core.sequences.stepping import add_step
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.queries import TASK_COLUMNS, see_tasks, tasks_from
from touchbook.core.tasks.task import Task
from touchbook.core.templates.template import Template
from touchbook.core.templates.templating import create_template
from touchbook.store.postgres import Store

HOUR = 60 * 60
DAY = 24 * HOUR


class Made(NamedTuple):
    """A sequence by its id, and its steps in their order."""

    id: int
    steps: list[Step]


class Clock:
    """The same database at a time that tests set."""

    def __init__(self, store: Store, now: datetime | None = None) -> None:
        self.now = now or utc_now()
        self.store = Store(store.pool, clock=lambda: self.now, witness=store.witness)

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def sequence_of(
    store: Store, person: Person, *steps: StepKind | tuple[StepKind, int], **members: Any
) -> Made:
    """Each step a kind, or a kind and its delay; `members` are every step's."""
    async with store.transaction() as tx:
        sequence = await create_sequence(tx, person.caller, name="New buyers")
        made = []
        for each in steps:
            kind, delay = each if isinstance(each, tuple) else (each, 0)
            step = await add_step(tx, person.caller, sequence_id=sequence.id, kind=kind, delay=delay, **members)
            made.append(step)
    return Made(sequence.id, made)


async def template_of(store: Store, person: Person, step: Step, body: str, subject: str | None = None) -> Template:
    """Which the step says."""
    async with store.transaction() as tx:
        template = await create_template(tx, person.caller, name="Hello", subject=subject, body=body)
        await attach_template(tx, person.caller, step_id=step.id, template_id=template.id)
    return template


async def enroll(
    store: Store, person: Person, sequence: Made, contact_id: int | None = None, **members: Any
) -> SequenceState:
    contact_id = contact_id or (await contact_of(store, person)).id
    async with store.transaction() as tx:
        return await enroll_contact(tx, person.caller, sequence_id=sequence.id, contact_id=contact_id, **members)


async def replied_in_sequence(store: Store, person: Person) -> SequenceState:
    """An e-mail was asked for, then a call, which was made; the contact replied."""
    made = await sequence_of(store, person, "email", "call", autoskip_after=DAY)
    await template_of(store, person, made.steps[0], "Hi {{ first_name }}", "Hello")
    state = await enroll(store, person, made)
    await do(store, person, complete_task, task_id=(await open_task_of(store, person, state)).id)
    call = await open_task_of(store, person, state)
    await do(store, person, complete_step, task_id=call.id, outcome="replied")
    return await state_now(store, person, state)


async def do(store: Store, person: Person, verb: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
    async with store.transaction() as tx:
        return await verb(tx, person.caller, **arguments)


async def state_now(store: Store, person: Person, state: SequenceState) -> SequenceState:
    async with store.reading() as reader:
        return (await states_by_id(reader, person.caller, [state.id]))[state.id]


async def tasks_of(store: Store, person: Person, state: SequenceState) -> list[Task]:
    """Its steps' tasks, the oldest first."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            see_tasks(
                f"""select {TASK_COLUMNS} from tasks t
                where t.team_id = $1 and t.sequence_state_id = $2 and t.deleted_at is null order by t.id""",
                "$3",
            ),
            person.team.id,
            state.id,
            person.caller.only_owner,
        )
    return tasks_from(rows)


async def open_task_of(store: Store, person: Person, state: SequenceState) -> Task:
    [task] = [task for task in await tasks_of(store, person, state) if task.is_open]
    return task


async def kinds_of_events(store: Store, person: Person, subject: str, subject_id: int) -> list[str]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.kind from events e
            where e.team_id = $1 and e.subject = $2 and e.subject_id = $3 order by e.at, e.id""",
            person.team.id,
            subject,
            subject_id,
        )
    return [row["kind"] for row in rows]


async def check_rules(store: Store, person: Person, states: Sequence[SequenceState]) -> None:
    """An active state has exactly one open task, its step's; a paused or finished one has none."""
    for each in states:
        state = await state_now(store, person, each)
        at_hand = [task for task in await tasks_of(store, person, state) if task.is_open]
        if state.state == "active":
            assert [task.sequence_step_id for task in at_hand] == [state.step_id]
        else:
            assert at_hand == []
        assert (state.finish_reason is not None) == (state.state == "finished")
