"""Two workers, two requests, a worker and a request: never two next tasks, never a deadlock."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.core.sequences.records import (
    DAY,
    HOUR,
    Clock,
    Made,
    check_rules,
    do,
    enroll,
    open_task_of,
    sequence_of,
    state_now,
    tasks_of,
)
from tests.core.tasks.verbs import complete_tasks, reopen_tasks
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.enrolments.completing import advance_task, complete_step
from touchbook.core.enrolments.enrolling import enroll_contact
from touchbook.core.enrolments.finishing import finish_state
from touchbook.core.enrolments.pausing import pause_state, resume_state
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.errors import Conflict, NotFound, UnknownRecord
from touchbook.core.sequences.attaching import attach_template
from touchbook.core.sequences.building import delete_sequence
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.task import Task
from touchbook.core.templates.templating import create_template, delete_template
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store

ROUNDS = 12
# Nothing that workers of other tests would find to do.
LONG = 300 * DAY


async def at_once(*deeds: Awaitable[Any]) -> list[Any]:
    """The losers of a deadlock would raise Unavailable, two open steps break an index: neither is let pass."""
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(*deeds, return_exceptions=True)
    refused = (Conflict, NotFound, UnknownRecord)
    assert [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, refused)] == []
    return outcomes


async def make(store: Store, person: Person) -> Made:
    return await sequence_of(store, person, "call", "sms", "task", ("call", HOUR), autoskip_after=LONG)


async def test_completed_many_times_it_moves_on_once(store: Store, alice: Person, bob: Person) -> None:
    state = await enroll(store, alice, made := await make(store, alice))
    task = await open_task_of(store, alice, state)
    clock = Clock(store)
    clock.pass_by(LONG)
    skip = ScheduledAction("task.skip", alice.team.id, task.id)
    await at_once(
        do(store, alice, complete_task, task_id=task.id),
        do(store, bob, advance_task, task_id=task.id),
        do(store, alice, complete_tasks, task_ids=[task.id]),
        do(store, bob, complete_tasks, task_ids=[task.id]),
        perform(clock.store, KINDS["task.skip"], skip),
        perform(clock.store, KINDS["task.skip"], skip),
    )
    assert len(await tasks_of(store, alice, state)) == 2
    assert (await state_now(store, alice, state)).step_id == made.steps[1].id
    await check_rules(store, alice, [state])


async def test_who_finishes_waits_for_who_completes(store: Store, alice: Person, bob: Person) -> None:
    made = await make(store, alice)
    for _ in range(ROUNDS):
        state = await enroll(store, alice, made)
        task = await open_task_of(store, alice, state)
        _, finished = await at_once(
            do(store, alice, complete_task, task_id=task.id),
            do(store, bob, finish_state, state_id=state.id),
        )
        assert finished.finish_reason == "stopped"
        await check_rules(store, alice, [state])


async def test_many_completed_twice_at_once_each_move_on_once(store: Store, alice: Person, bob: Person) -> None:
    made = await make(store, alice)
    states = [await enroll(store, alice, made) for _ in range(6)]
    tasks = [(await open_task_of(store, alice, state)).id for state in states]
    await at_once(
        do(store, alice, complete_tasks, task_ids=tasks),
        do(store, bob, complete_tasks, task_ids=tasks[::-1]),
        *(do(store, bob, complete_task, task_id=task) for task in tasks[2:4]),
    )
    assert [len(await tasks_of(store, alice, state)) for state in states] == [2] * 6
    await check_rules(store, alice, states)


async def test_a_step_reopened_many_times_at_once_is_there_once(store: Store, alice: Person, bob: Person) -> None:
    state = await enroll(store, alice, await make(store, alice))
    task = await open_task_of(store, alice, state)
    for _ in range(ROUNDS):
        await do(store, alice, complete_task, task_id=task.id)
        following = await open_task_of(store, alice, state)
        await at_once(
            do(store, alice, reopen_task, task_id=task.id),
            do(store, bob, reopen_tasks, task_ids=[task.id]),
            do(store, bob, complete_task, task_id=following.id),
        )
        await check_rules(store, alice, [state])
        if (await open_task_of(store, alice, state)).id != task.id:
            return


Deed = Callable[[Store, Person, SequenceState, Task], Awaitable[Any]]
DEEDS: list[Deed] = [
    lambda store, who, state, task: do(store, who, complete_task, task_id=task.id),
    lambda store, who, state, task: do(store, who, complete_tasks, task_ids=[task.id]),
    lambda store, who, state, task: do(store, who, reopen_task, task_id=task.id),
    lambda store, who, state, task: do(store, who, pause_state, state_id=state.id),
    lambda store, who, state, task: do(store, who, resume_state, state_id=state.id),
    lambda store, who, state, task: do(store, who, finish_state, state_id=state.id),
    lambda store, who, state, task: do(store, who, complete_step, task_id=task.id, outcome="replied"),
]


@pytest.mark.parametrize("seed", range(4))
async def test_two_people_and_a_worker_keep_the_rules(store: Store, alice: Person, bob: Person, seed: int) -> None:
    chance = random.Random(seed)
    made = await make(store, alice)
    clock = Clock(store)
    clock.pass_by(LONG)
    for _ in range(ROUNDS):
        state = await enroll(store, alice, made)
        for _ in range(2):
            tasks = await tasks_of(store, alice, state)
            deeds = [
                chance.choice(DEEDS)(store, person, state, chance.choice(tasks)) for person in (alice, bob) * 2
            ]
            skip = ScheduledAction("task.skip", alice.team.id, tasks[-1].id)
            await at_once(*deeds, perform(clock.store, KINDS["task.skip"], skip))
            await check_rules(store, alice, [state])


async def test_whoever_comes_in_while_a_sequence_goes_is_not_left_behind(
    store: Store, alice: Person, bob: Person
) -> None:
    for _ in range(ROUNDS):
        made = await make(store, alice)
        state = await enroll(store, alice, made)
        task = await open_task_of(store, alice, state)
        outcomes = await at_once(
            enroll(store, alice, made),
            do(store, bob, delete_sequence, sequence_id=made.id),
            do(store, alice, complete_task, task_id=task.id),
            enroll(store, bob, made),
        )
        states = [state, *(each for each in outcomes if isinstance(each, SequenceState))]
        await check_rules(store, alice, states)
        if outcomes[1] is None:
            assert {(await state_now(store, alice, each)).state for each in states} == {"finished"}


async def test_a_contact_is_deleted_while_its_step_is_completed(store: Store, alice: Person, bob: Person) -> None:
    made = await make(store, alice)
    for _ in range(ROUNDS):
        contact = await contact_of(store, alice)
        state = await enroll(store, alice, made, contact.id)
        task = await open_task_of(store, alice, state)
        outcomes = await at_once(
            do(store, alice, delete_contacts, contact_ids=[contact.id]),
            do(store, bob, complete_task, task_id=task.id),
        )
        await check_rules(store, alice, [state])
        if outcomes[0] is None:
            assert (await state_now(store, alice, state)).finish_reason == "contact_deleted"


async def replied(store: Store, person: Person) -> tuple[SequenceState, Task, Made]:
    made = await make(store, person)
    state = await enroll(store, person, made)
    task = await open_task_of(store, person, state)
    return state, await do(store, person, complete_step, task_id=task.id, outcome="replied"), made


async def meanwhile(store: Store, person: Person, verb: Any, other: Awaitable[Any], **arguments: Any) -> Any:
    """What becomes of the other, which begins before the verb is committed."""
    async with store.transaction() as tx:
        await verb(tx, person.caller, **arguments)
        began = asyncio.ensure_future(other)
        await asyncio.sleep(0.3)
    [outcome] = await at_once(began)
    return outcome


async def test_who_is_being_enrolled_again_cannot_be_brought_back(
    store: Store, alice: Person, bob: Person
) -> None:
    for many in (False, True):
        state, task, made = await replied(store, alice)
        back = (
            do(store, bob, reopen_tasks, task_ids=[task.id])
            if many
            else do(store, bob, reopen_task, task_id=task.id)
        )
        outcome = await meanwhile(
            store, alice, enroll_contact, back, sequence_id=made.id, contact_id=state.contact_id
        )
        assert outcome == 0 if many else isinstance(outcome, Conflict)
        assert (await state_now(store, alice, state)).state == "finished"
        await check_rules(store, alice, [state])


async def test_who_is_being_brought_back_cannot_be_enrolled_again(
    store: Store, alice: Person, bob: Person
) -> None:
    for verb, which in ((reopen_task, "task_id"), (reopen_tasks, "task_ids")):
        state, task, made = await replied(store, alice)
        again = enroll(store, bob, made, state.contact_id)
        outcome = await meanwhile(
            store, alice, verb, again, **{which: task.id if which == "task_id" else [task.id]}
        )
        assert isinstance(outcome, Conflict)
        assert (await state_now(store, alice, state)).state == "active"
        await check_rules(store, alice, [state])


async def test_enrolled_and_brought_back_at_once_they_stand_there_once(
    store: Store, alice: Person, bob: Person
) -> None:
    for _ in range(ROUNDS):
        state, task, made = await replied(store, alice)
        outcomes = await at_once(
            do(store, alice, reopen_task, task_id=task.id),
            enroll(store, bob, made, state.contact_id),
            do(store, bob, reopen_tasks, task_ids=[task.id]),
        )
        states = [state, *(each for each in outcomes if isinstance(each, SequenceState))]
        standing = [(await state_now(store, alice, each)).state for each in states]
        assert standing.count("active") == 1
        await check_rules(store, alice, states)


async def test_a_template_that_is_deleted_meanwhile_is_said_by_no_step(
    store: Store, alice: Person, bob: Person
) -> None:
    step = (await make(store, alice)).steps[0]
    for _ in range(ROUNDS):
        template = await do(store, alice, create_template, name="Hello", body="Hi")
        await at_once(
            do(store, bob, attach_template, step_id=step.id, template_id=template.id),
            do(store, alice, delete_template, template_id=template.id),
        )
    async with store.reading() as reader:
        orphans = await reader.fetch(
            """select l.id from sequence_templates l join templates t on t.team_id = $1 and t.id = l.template_id
            where l.team_id = $1 and l.deleted_at is null and t.deleted_at is not null""",
            alice.team.id,
        )
    assert orphans == []
