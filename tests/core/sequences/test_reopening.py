"""A step's task that is reopened never leaves two to be done."""

import pytest

from tests.core.sequences.records import (
    HOUR,
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
from tests.core.tasks.verbs import complete_tasks, reopen_tasks
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.enrolments.completing import complete_step
from touchbook.core.enrolments.delivering import deliver_task
from touchbook.core.errors import Conflict
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.opening import reopen_task, start_task
from touchbook.core.templates.queries import find_mailing
from touchbook.store.postgres import Store


async def test_it_takes_the_last_move_back(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", ("email", HOUR))
    await template_of(store, alice, made.steps[1], "Hi")
    state = await enroll(store, alice, made)
    task = await open_task_of(store, alice, state)
    await do(store, alice, complete_task, task_id=task.id)
    following = await open_task_of(store, alice, state)
    assert (await do(store, alice, reopen_task, task_id=task.id)).status == "open"
    assert [each.id for each in await tasks_of(store, alice, state)] == [task.id]
    assert (await state_now(store, alice, state)).step_id == made.steps[0].id
    with pytest.raises(Exception, match="not found"):
        await do(store, alice, find_mailing, mailing_id=following.mailing_id)
    await check_rules(store, alice, [state])
    await do(store, alice, complete_task, task_id=task.id)
    assert (await open_task_of(store, alice, state)).origin == "sequence_step_email"
    assert "sequence_state.reverted" in await kinds_of_events(store, alice, "sequence_state", state.id)


async def test_the_last_step_reopened_the_sequence_goes_on(store: Store, alice: Person) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, "call"))
    task = await open_task_of(store, alice, state)
    await do(store, alice, complete_step, task_id=task.id, outcome="replied")
    await do(store, alice, reopen_task, task_id=task.id)
    reopened = await state_now(store, alice, state)
    assert (reopened.state, reopened.finish_reason) == ("active", None)
    await check_rules(store, alice, [state])


async def test_not_when_somebody_has_worked_on_the_next(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "email", "sms")
    await template_of(store, alice, made.steps[1], "Hi")
    for work in (start_task, deliver_task, complete_task):
        state = await enroll(store, alice, made)
        first = await open_task_of(store, alice, state)
        await do(store, alice, complete_task, task_id=first.id)
        await do(store, alice, work, task_id=(await open_task_of(store, alice, state)).id)
        before = await tasks_of(store, alice, state)
        with pytest.raises(Conflict, match="has advanced"):
            await do(store, alice, reopen_task, task_id=first.id)
        assert await tasks_of(store, alice, state) == before
        await check_rules(store, alice, [state])


async def test_not_when_the_contact_is_in_it_again(store: Store, alice: Person) -> None:
    made, contact = await sequence_of(store, alice, "call"), await contact_of(store, alice)
    state = await enroll(store, alice, made, contact.id)
    task = await open_task_of(store, alice, state)
    await do(store, alice, complete_task, task_id=task.id)
    again = await enroll(store, alice, made, contact.id)
    with pytest.raises(Conflict, match="again"):
        await do(store, alice, reopen_task, task_id=task.id)
    await check_rules(store, alice, [state, again])


async def test_of_many_those_that_can_be(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "email", "sms")
    far, near = await enroll(store, alice, made), await enroll(store, alice, made)
    plain = await task_of(store, alice)
    first_far, first_near = await open_task_of(store, alice, far), await open_task_of(store, alice, near)
    await do(store, alice, complete_tasks, task_ids=[first_far.id, first_near.id, plain.id])
    second_far = await open_task_of(store, alice, far)
    await do(store, alice, complete_task, task_id=second_far.id)
    requested = [first_far.id, second_far.id, first_near.id, plain.id]
    assert await do(store, alice, reopen_tasks, task_ids=requested) == 3
    assert (await open_task_of(store, alice, far)).id == second_far.id
    assert (await open_task_of(store, alice, near)).id == first_near.id
    await check_rules(store, alice, [far, near])
    assert await do(store, alice, reopen_tasks, task_ids=requested) == 1
    assert [each.id for each in await tasks_of(store, alice, far)] == [first_far.id]
    await check_rules(store, alice, [far, near])
