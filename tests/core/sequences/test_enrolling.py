"""A contact comes into a sequence, and its first step is asked for."""

import asyncio
from datetime import timedelta

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
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.enrolments.compiling import compile_templates
from touchbook.core.enrolments.enrolling import enroll_contact
from touchbook.core.enrolments.finishing import finish_state
from touchbook.core.errors import Conflict, UnknownRecord
from touchbook.core.sequences.building import SequenceChanges, change_sequence, delete_sequence
from touchbook.core.sequences.step import STEP_KINDS, StepKind
from touchbook.core.sequences.stepping import StepChanges, change_step
from touchbook.core.tasks.completing import complete_task
from touchbook.core.templates.queries import find_mailing
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store

TASK_KINDS = {"call": "call", "email": "message"}


@pytest.mark.parametrize("kind", sorted(STEP_KINDS))
async def test_each_kind_of_step_makes_its_task(store: Store, alice: Person, bob: Person, kind: StepKind) -> None:
    made = await sequence_of(store, alice, kind, note="Mention the yard", priority=4, autoskip_after=DAY)
    contact = await contact_of(store, alice)
    state = await enroll(store, alice, made, contact.id, owner_id=bob.user_id)
    task = await open_task_of(store, alice, state)
    assert task.origin == f"sequence_step_{kind}"
    assert task.kind == TASK_KINDS.get(kind, "todo")
    assert (task.status, task.description, task.priority) == ("open", "Mention the yard", 4)
    assert task.assignees == [bob.user_id]
    assert task.first("contact") == contact.id
    assert task.account_id == contact.account_id
    assert task.due_at is not None
    assert task.autoskip_at == task.due_at + timedelta(days=1)
    assert (task.sequence_id, task.sequence_state_id, task.sequence_step_id) == (
        made.id,
        state.id,
        made.steps[0].id,
    )
    assert (task.sequence_template_id, task.template_id, task.mailing_id) == (None, None, None)
    assert "Sarah Connor" in (task.title or "")
    assert (state.state, state.owner_id, state.step_id) == ("active", bob.user_id, made.steps[0].id)
    assert await kinds_of_events(store, alice, "sequence_state", state.id) == ["sequence_state.created"]


async def test_a_first_step_with_a_delay_is_scheduled(store: Store, alice: Person) -> None:
    clock = Clock(store)
    made = await sequence_of(store, alice, ("call", 2 * HOUR), autoskip_after=HOUR)
    task = await open_task_of(store, alice, await enroll(clock.store, alice, made))
    opens_at = clock.now + timedelta(hours=2)
    assert (task.status, task.scheduled_at, task.due_at) == ("scheduled", opens_at, opens_at)
    assert task.autoskip_at == opens_at + timedelta(hours=1)


async def test_a_contact_stands_in_a_sequence_once(store: Store, alice: Person) -> None:
    made, contact = await sequence_of(store, alice, "call"), await contact_of(store, alice)
    first = await enroll(store, alice, made, contact.id)
    with pytest.raises(Conflict):
        await enroll(store, alice, made, contact.id)
    await do(store, alice, finish_state, state_id=first.id)
    again = await enroll(store, alice, made, contact.id)
    assert again.id != first.id
    await check_rules(store, alice, [first, again])


async def test_two_requests_at_once_enroll_once(store: Store, alice: Person, bob: Person) -> None:
    made, contact = await sequence_of(store, alice, "call"), await contact_of(store, alice)
    outcomes = await asyncio.gather(
        *(enroll(store, person, made, contact.id) for person in (alice, bob) * 3), return_exceptions=True
    )
    states = [each for each in outcomes if not isinstance(each, BaseException)]
    assert len(states) == 1
    assert all(isinstance(each, Conflict) for each in outcomes if isinstance(each, BaseException))
    assert len(await tasks_of(store, alice, states[0])) == 1


async def test_nobody_comes_into_what_takes_nobody_in(store: Store, alice: Person) -> None:
    empty, made = await sequence_of(store, alice), await sequence_of(store, alice, "call")
    with pytest.raises(Conflict, match="no step"):
        await enroll(store, alice, empty)
    await do(store, alice, change_step, step_id=made.steps[0].id, changes=StepChanges(enabled=False))
    with pytest.raises(Conflict, match="no step"):
        await enroll(store, alice, made)
    await do(store, alice, change_sequence, sequence_id=made.id, changes=SequenceChanges(enabled=False))
    with pytest.raises(Conflict, match="disabled"):
        await enroll(store, alice, made)
    await do(store, alice, delete_sequence, sequence_id=made.id)
    with pytest.raises(UnknownRecord):
        await enroll(store, alice, made)


async def test_only_the_team_s_own(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    made, contact = await sequence_of(store, alice, "call"), await contact_of(store, alice)
    theirs = await contact_of(store, charlie)
    with pytest.raises(UnknownRecord):
        await enroll(store, charlie, made, theirs.id)
    with pytest.raises(UnknownRecord):
        await enroll(store, alice, made, theirs.id)
    with pytest.raises(UnknownRecord):
        await enroll(store, alice, made, contact.id, owner_id=charlie.user_id)
    own = msgspec.structs.replace(bob.caller, own_contacts_only=True)
    async with store.transaction() as tx:
        with pytest.raises(UnknownRecord):
            await enroll_contact(tx, own, sequence_id=made.id, contact_id=contact.id)


async def test_an_email_step_has_its_draft(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "email")
    subject, body = "Hi {{ first_name }}", "<p>{{ company | default: 'You' }}: {{ sender.first_name }}</p><script>"
    template = await template_of(store, alice, made.steps[0], body, subject)
    contact = await contact_of(store, alice, "Sarah <Connor>", job_title="Scout")
    state = await enroll(store, alice, made, contact.id)
    task = await open_task_of(store, alice, state)
    assert task.mailing_id is not None
    mailing = await do(store, alice, find_mailing, mailing_id=task.mailing_id)
    assert (mailing.state, mailing.subject, mailing.body) == ("draft", "Hi Sarah", "<p>You: Alice</p>")
    assert (mailing.task_id, mailing.contact_id, mailing.sequence_state_id) == (task.id, contact.id, state.id)
    assert (mailing.sequence_step_id, mailing.template_id) == (made.steps[0].id, template.id)
    assert (task.template_id, mailing.sender_id, mailing.scheduled_at) == (template.id, alice.user_id, None)


@pytest.mark.parametrize("kind", ["sms", "linkedin_send_message", "linkedin_other"])
async def test_texts_are_compiled_while_their_task_is_open(store: Store, alice: Person, kind: StepKind) -> None:
    made = await sequence_of(store, alice, kind)
    await template_of(store, alice, made.steps[0], "Hi {{ first_name }}<script>x</script>, {{ sender.name }}")
    state = await enroll(store, alice, made)
    task = await open_task_of(store, alice, state)

    async def compiled(tx: Transaction, caller: object) -> dict[int, str]:
        return await compile_templates(tx, alice.caller, await tasks_of(store, alice, state))

    assert await do(store, alice, compiled) == {task.id: "Hi Sarah, Alice Example"}
    await do(store, alice, complete_task, task_id=task.id)
    assert await do(store, alice, compiled) == {}
    assert (await state_now(store, alice, state)).state == "finished"


@pytest.mark.parametrize("kind", ["call", "email", "task"])
async def test_other_steps_have_no_compiled_text(store: Store, alice: Person, kind: StepKind) -> None:
    made = await sequence_of(store, alice, kind)
    await template_of(store, alice, made.steps[0], "Hi {{ first_name }}")
    tasks = await tasks_of(store, alice, await enroll(store, alice, made))
    assert await do(store, alice, compile_templates, tasks=tasks) == {}
