"""Pausing, resuming, finishing, and what is deleted under a contact's feet."""

from datetime import timedelta

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
)
from tests.core.tasks.verbs import edit_task
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.enrolments.finishing import delete_state, finish_state
from touchbook.core.enrolments.pausing import pause_state, resume_state
from touchbook.core.enrolments.queries import find_state
from touchbook.core.errors import Conflict, NotFound
from touchbook.core.sequences.building import delete_sequence
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.store.postgres import Store


async def test_a_paused_contact_is_left_alone_and_then_where_it_was(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "email")
    state = await enroll(store, alice, made)
    task = await open_task_of(store, alice, state)
    await do(store, alice, edit_task, task_id=task.id, description="Ask about the yard")
    assert (await do(store, alice, pause_state, state_id=state.id)).state == "paused"
    assert await do(store, alice, pause_state, state_id=state.id) is None
    assert [each.status for each in await tasks_of(store, alice, state)] == ["cancelled"]
    assert (await do(store, alice, resume_state, state_id=state.id)).state == "active"
    assert await do(store, alice, resume_state, state_id=state.id) is None
    again = await open_task_of(store, alice, state)
    assert (again.id, again.status, again.description) == (task.id, "open", "Ask about the yard")
    assert (again.completed_at, again.completed_by) == (None, None)
    assert await kinds_of_events(store, alice, "sequence_state", state.id) == [
        "sequence_state.created",
        "sequence_state.paused",
        "sequence_state.resumed",
    ]


async def test_what_was_scheduled_may_still_be_to_come(store: Store, alice: Person) -> None:
    clock = Clock(store)
    state = await enroll(clock.store, alice, await sequence_of(store, alice, ("call", DAY), autoskip_after=DAY))
    task = await open_task_of(store, alice, state)
    for passed, status, skips in ((HOUR, "scheduled", True), (DAY, "open", True), (5 * DAY, "open", False)):
        await do(clock.store, alice, pause_state, state_id=state.id)
        clock.pass_by(passed)
        await do(clock.store, alice, resume_state, state_id=state.id)
        again = await open_task_of(store, alice, state)
        assert (again.id, again.status, again.autoskip_at is not None) == (task.id, status, skips)


async def test_a_task_deleted_while_paused_is_asked_for_anew(store: Store, alice: Person) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, ("call", DAY), "email"))
    task = await open_task_of(store, alice, state)
    await do(store, alice, pause_state, state_id=state.id)
    await do(store, alice, delete_task, task_id=task.id)
    assert (await state_now(store, alice, state)).state == "paused"
    await do(store, alice, resume_state, state_id=state.id)
    again = await open_task_of(store, alice, state)
    assert (again.origin, again.status) == ("sequence_step_call", "open")
    assert again.id != task.id


async def test_reopening_the_task_of_a_paused_contact_resumes(store: Store, alice: Person) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, "call"))
    task = await open_task_of(store, alice, state)
    await do(store, alice, pause_state, state_id=state.id)
    await do(store, alice, reopen_task, task_id=task.id)
    assert (await state_now(store, alice, state)).state == "active"
    await check_rules(store, alice, [state])


async def test_what_has_finished_stays_so(store: Store, alice: Person) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "email"))
    finished = await do(store, alice, finish_state, state_id=state.id, reason="replied")
    assert (finished.state, finished.finish_reason) == ("finished", "replied")
    assert await do(store, alice, finish_state, state_id=state.id, reason="no_reply") is None
    assert [each.status for each in await tasks_of(store, alice, state)] == ["cancelled"]
    for verb in (pause_state, resume_state):
        with pytest.raises(Conflict):
            await do(store, alice, verb, state_id=state.id)
    assert (await state_now(store, alice, state)).finish_reason == "replied"


async def test_another_team_changes_nothing(store: Store, alice: Person, charlie: Person) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, "call"))
    for verb in (pause_state, resume_state, finish_state, delete_state):
        with pytest.raises(NotFound):
            await do(store, charlie, verb, state_id=state.id)
    assert await state_now(store, alice, state) == state


async def test_a_deleted_state_leaves_nothing_at_hand(store: Store, alice: Person) -> None:
    made, contact = await sequence_of(store, alice, "call"), await contact_of(store, alice)
    state = await enroll(store, alice, made, contact.id)
    await do(store, alice, delete_state, state_id=state.id)
    with pytest.raises(NotFound):
        await do(store, alice, find_state, state_id=state.id)
    [task] = await tasks_of(store, alice, state)
    assert task.status == "cancelled"
    with pytest.raises(Conflict):
        await do(store, alice, reopen_task, task_id=task.id)
    await enroll(store, alice, made, contact.id)


async def test_a_deleted_sequence_is_over_for_all(store: Store, alice: Person) -> None:
    made, other = await sequence_of(store, alice, "call", "email"), await sequence_of(store, alice, "call")
    states = [await enroll(store, alice, made) for _ in range(3)]
    untouched = await enroll(store, alice, other)
    await do(store, alice, pause_state, state_id=states[1].id)
    first = await open_task_of(store, alice, states[0])
    await do(store, alice, delete_sequence, sequence_id=made.id)
    assert {(await state_now(store, alice, state)).finish_reason for state in states} == {"sequence_deleted"}
    await check_rules(store, alice, [*states, untouched])
    assert (await state_now(store, alice, untouched)).state == "active"
    with pytest.raises(Conflict):
        await do(store, alice, reopen_task, task_id=first.id)


async def test_an_account_goes_with_its_contacts_and_others_move_on(store: Store, alice: Person) -> None:
    """Marcus is of another company, but his call stands under the one that is deleted."""
    made = await sequence_of(store, alice, "call", "email")
    company = await do(store, alice, open_account, kind="company", name="Cyberdyne")
    miles, marcus = await contact_of(store, alice, account_id=company.id), await contact_of(store, alice)
    leaving, staying = await enroll(store, alice, made, miles.id), await enroll(store, alice, made, marcus.id)
    async with store.transaction() as tx:
        await tx.execute(
            "update tasks t set account_id = $3 where t.team_id = $1 and t.sequence_state_id = $2",
            alice.team.id,
            staying.id,
            company.id,
        )
        await delete_account(tx, alice.caller, company)
    assert (await state_now(store, alice, leaving)).finish_reason == "contact_deleted"
    assert await tasks_of(store, alice, leaving) == []
    assert (await state_now(store, alice, staying)).step_id == made.steps[1].id
    await check_rules(store, alice, [leaving, staying])


async def test_completing_counts_from_when_it_was_done(store: Store, alice: Person) -> None:
    clock = Clock(store)
    state = await enroll(clock.store, alice, await sequence_of(store, alice, "call", ("email", HOUR)))
    await do(clock.store, alice, pause_state, state_id=state.id)
    clock.pass_by(10 * DAY)
    await do(clock.store, alice, resume_state, state_id=state.id)
    await do(clock.store, alice, complete_task, task_id=(await open_task_of(store, alice, state)).id)
    assert (await open_task_of(store, alice, state)).scheduled_at == clock.now + timedelta(hours=1)
