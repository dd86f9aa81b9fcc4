"""A step's task ends, through whatever verb, and its contact moves on."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.core.sequences.records import (
    DAY,
    HOUR,
    Clock,
    check_rules,
    do,
    enroll,
    kinds_of_events,
    open_task_of,
    sequence_of,
    state_now,
    tasks_of,
    template_of,
)
from tests.core.tasks.verbs import complete_tasks
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.activities.queries import list_activities
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.enrolments.completing import advance_task, complete_step
from touchbook.core.errors import Conflict, NotFound
from touchbook.core.sequences.step import STEP_KINDS, StepKind
from touchbook.core.sequences.stepping import StepChanges, add_step, change_step, delete_step
from touchbook.core.tasks.completing import cancel_task, complete_task, miss_task, skip_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.opening import open_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.teams.authenticating import team_caller
from touchbook.core.templates.queries import find_mailing
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store

ENDS = [advance_task, complete_task, cancel_task, miss_task, skip_task, delete_task]


async def complete_as_one_of_many(tx: Any, caller: Any, *, task_id: int) -> None:
    assert await complete_tasks(tx, caller, task_ids=[task_id]) == 1


@pytest.mark.parametrize("kind", sorted(STEP_KINDS))
async def test_advancing_each_kind_of_step(store: Store, alice: Person, bob: Person, kind: StepKind) -> None:
    made = await sequence_of(store, alice, kind, "task")
    state = await enroll(store, alice, made)
    task = await open_task_of(store, alice, state)
    advanced = await do(store, bob, advance_task, task_id=task.id)
    assert (advanced.status, advanced.completed_by) == ("completed", bob.user_id)
    assert advanced.completed_at is not None
    assert (await state_now(store, alice, state)).step_id == made.steps[1].id
    following = await open_task_of(store, alice, state)
    assert (following.origin, following.assignees) == ("sequence_step_task", [alice.user_id])
    assert await do(store, bob, advance_task, task_id=task.id) is None
    assert await open_task_of(store, alice, state) == following


@pytest.mark.parametrize("origin", ["manual", "follow_up", "no_reply", "sequence_open", "sequence_click", "touch"])
async def test_nothing_else_can_be_advanced(store: Store, alice: Person, origin: str) -> None:
    task = await task_of(store, alice, origin=origin)
    with pytest.raises(Conflict, match="Only the task of a sequence's step can be advanced"):
        await do(store, alice, advance_task, task_id=task.id)


@pytest.mark.parametrize("verb", [*ENDS, complete_as_one_of_many])
async def test_however_a_step_ends_the_next_is_asked_for(store: Store, alice: Person, verb: Any) -> None:
    made = await sequence_of(store, alice, "call", "sms")
    state = await enroll(store, alice, made)
    await do(store, alice, verb, task_id=(await open_task_of(store, alice, state)).id)
    await check_rules(store, alice, [state])
    assert (await open_task_of(store, alice, state)).origin == "sequence_step_sms"
    await do(store, alice, verb, task_id=(await open_task_of(store, alice, state)).id)
    finished = await state_now(store, alice, state)
    assert (finished.state, finished.finish_reason) == ("finished", "completed")
    assert await kinds_of_events(store, alice, "sequence_state", state.id) == [
        "sequence_state.created",
        "sequence_state.advanced",
        "sequence_state.finished",
    ]
    await check_rules(store, alice, [state])


async def test_the_next_step_comes_when_its_delay_is_over(store: Store, alice: Person) -> None:
    clock = Clock(store)
    made = await sequence_of(store, alice, "call", ("email", 3 * HOUR))
    state = await enroll(clock.store, alice, made)
    clock.pass_by(DAY)
    await do(clock.store, alice, complete_task, task_id=(await open_task_of(store, alice, state)).id)
    task = await open_task_of(store, alice, state)
    assert (task.status, task.scheduled_at) == ("scheduled", clock.now + timedelta(hours=3))
    clock.pass_by(3 * HOUR)
    await perform(clock.store, KINDS["task.open"], ScheduledAction("task.open", alice.team.id, task.id))
    assert (await open_task_of(store, alice, state)).status == "open"


async def test_a_neglected_step_is_skipped_and_the_next_comes(store: Store, alice: Person) -> None:
    """A-16, with nobody there: the job has no user."""
    clock = Clock(store)
    made = await sequence_of(store, alice, "call", "email", autoskip_after=HOUR)
    state = await enroll(clock.store, alice, made)
    task = await open_task_of(store, alice, state)
    clock.pass_by(HOUR)
    await perform(clock.store, KINDS["task.skip"], ScheduledAction("task.skip", alice.team.id, task.id))
    await perform(clock.store, KINDS["task.skip"], ScheduledAction("task.skip", alice.team.id, task.id))
    first, second = await tasks_of(store, alice, state)
    assert (first.status, first.completed_by) == ("skipped", None)
    assert (second.status, second.created_by) == ("open", alice.user_id)
    assert second.autoskip_at == clock.now + timedelta(hours=1)


@pytest.mark.parametrize("outcome", ["replied", "no_reply"])
async def test_with_an_outcome_the_sequence_is_finished(store: Store, alice: Person, outcome: str) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "email"))
    task = await open_task_of(store, alice, state)
    await do(store, alice, complete_step, task_id=task.id, outcome=outcome)
    finished = await state_now(store, alice, state)
    assert (finished.state, finished.finish_reason) == ("finished", outcome)
    assert len(await tasks_of(store, alice, state)) == 1
    plain = await task_of(store, alice)
    assert await do(store, alice, complete_step, task_id=plain.id, outcome=outcome) is not None


async def test_steps_that_are_off_or_gone_are_passed_over(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "email", "sms", "task")
    state = await enroll(store, alice, made)
    await do(store, alice, change_step, step_id=made.steps[1].id, changes=StepChanges(enabled=False))
    await do(store, alice, delete_step, step_id=made.steps[2].id)
    await do(store, alice, complete_task, task_id=(await open_task_of(store, alice, state)).id)
    assert (await open_task_of(store, alice, state)).origin == "sequence_step_task"


async def test_whoever_stands_at_a_step_that_is_deleted_moves_on_from_there(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "email")
    state = await enroll(store, alice, made)
    await do(store, alice, delete_step, step_id=made.steps[0].id)
    await do(store, alice, add_step, sequence_id=made.id, kind="sms", position=1)
    await check_rules(store, alice, [state])
    await do(store, alice, complete_task, task_id=(await open_task_of(store, alice, state)).id)
    assert (await open_task_of(store, alice, state)).origin == "sequence_step_email"


async def test_an_owner_who_left_is_asked_for_nothing(store: Store, alice: Person, bob: Person) -> None:
    made = await sequence_of(store, alice, "call", "email")
    state = await enroll(store, alice, made, owner_id=bob.user_id)
    async with store.transaction() as tx:
        await tx.execute(
            "update members m set left_at = $3 where m.team_id = $1 and m.user_id = $2",
            alice.team.id,
            bob.user_id,
            tx.now,
        )
    await do(store, alice, complete_task, task_id=(await open_task_of(store, alice, state)).id)
    assert (await open_task_of(store, alice, state)).assignees == []


async def test_who_sees_their_own_contacts_only_can_still_end_a_step(
    store: Store, alice: Person, bob: Person
) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "email"))
    own = msgspec.structs.replace(bob.caller, own_contacts_only=True)
    async with store.transaction() as tx:
        await complete_task(tx, own, task_id=(await open_task_of(store, alice, state)).id)
    await check_rules(store, alice, [state])


async def test_many_at_once_each_move_on(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "email", "sms")
    states = [await enroll(store, alice, made) for _ in range(5)]
    plain = await task_of(store, alice)
    task_ids = [(await open_task_of(store, alice, state)).id for state in states]
    assert await do(store, alice, complete_tasks, task_ids=[*task_ids, plain.id]) == 6
    assert await do(store, alice, complete_tasks, task_ids=[*task_ids, plain.id]) == 0
    await check_rules(store, alice, states)
    assert {(await state_now(store, alice, state)).step_id for state in states} == {made.steps[1].id}


async def test_a_deleted_step_takes_its_draft_along(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "email", "call")
    await template_of(store, alice, made.steps[0], "Hi")
    state = await enroll(store, alice, made)
    task = await open_task_of(store, alice, state)
    await do(store, alice, delete_task, task_id=task.id)
    with pytest.raises(NotFound):
        await do(store, alice, find_mailing, mailing_id=task.mailing_id)
    assert (await open_task_of(store, alice, state)).origin == "sequence_step_call"


async def test_what_was_done_is_recorded_with_the_contact(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "email", "sms"), contact.id)
    for _ in range(3):
        await do(store, alice, advance_task, task_id=(await open_task_of(store, alice, state)).id)
    activities = await do(store, alice, list_activities, contact_id=contact.id, offset=0, limit=9)
    assert [each.kind for each in activities] == ["email", "call"]


async def test_a_deleted_contact_leaves(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "email"), contact.id)
    task = await open_task_of(store, alice, state)
    await do(store, alice, delete_contacts, contact_ids=[contact.id])
    finished = await state_now(store, alice, state)
    assert (finished.state, finished.finish_reason) == ("finished", "contact_deleted")
    async with store.reading() as reader:
        assert (await find_task(reader, alice.caller, task.id)).status == "cancelled"
    await check_rules(store, alice, [state])


async def test_touchbook_itself_can_open_a_step(store: Store, alice: Person) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, ("call", HOUR)))
    async with store.transaction() as tx:
        nobody = await team_caller(tx, alice.team.id)
        await open_task(tx, nobody, task_id=(await open_task_of(store, alice, state)).id)
    await check_rules(store, alice, [state])
