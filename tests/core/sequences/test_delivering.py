"""OU-34: what is delivered is a mailing that stands scheduled."""

import pytest

from tests.core.sequences.records import Clock, do, enroll, open_task_of, sequence_of, template_of
from tests.factories import task_of
from tests.people import Person
from touchbook.core.enrolments.delivering import deliver_task, edit_mailing
from touchbook.core.enrolments.pausing import pause_state
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.errors import Conflict, NotFound
from touchbook.core.tasks.completing import complete_task
from touchbook.core.templates.queries import find_mailing
from touchbook.store.postgres import Store


@pytest.fixture
async def mailed(store: Store, alice: Person) -> SequenceState:
    made = await sequence_of(store, alice, "email", "call")
    await template_of(store, alice, made.steps[0], "Hi {{ first_name }}", "Hello")
    return await enroll(store, alice, made)


async def test_the_mailing_is_scheduled_for_now(store: Store, alice: Person, mailed: SequenceState) -> None:
    clock = Clock(store)
    task = await open_task_of(store, alice, mailed)
    assert (await do(clock.store, alice, deliver_task, task_id=task.id)).is_open
    mailing = await do(store, alice, find_mailing, mailing_id=task.mailing_id)
    assert (mailing.state, mailing.scheduled_at) == ("scheduled", clock.now)
    clock.pass_by(60)
    assert await do(clock.store, alice, deliver_task, task_id=task.id) is None
    assert await do(store, alice, find_mailing, mailing_id=task.mailing_id) == mailing
    with pytest.raises(Conflict):
        await do(store, alice, edit_mailing, mailing_id=mailing.id, subject="Later", body="Later")


async def test_not_without_a_mailing(store: Store, alice: Person, charlie: Person, mailed: SequenceState) -> None:
    task = await task_of(store, alice)
    with pytest.raises(Conflict, match="no mailing"):
        await do(store, alice, deliver_task, task_id=task.id)
    with pytest.raises(NotFound):
        await do(store, charlie, deliver_task, task_id=(await open_task_of(store, alice, mailed)).id)


async def test_not_when_the_task_has_ended(store: Store, alice: Person, mailed: SequenceState) -> None:
    task = await open_task_of(store, alice, mailed)
    await do(store, alice, complete_task, task_id=task.id)
    with pytest.raises(Conflict, match="has ended"):
        await do(store, alice, deliver_task, task_id=task.id)


async def test_what_is_called_off_is_not_sent(store: Store, alice: Person, mailed: SequenceState) -> None:
    task = await open_task_of(store, alice, mailed)
    await do(store, alice, deliver_task, task_id=task.id)
    await do(store, alice, pause_state, state_id=mailed.id)
    mailing = await do(store, alice, find_mailing, mailing_id=task.mailing_id)
    assert (mailing.state, mailing.scheduled_at) == ("draft", None)


async def test_a_draft_can_be_rewritten(store: Store, alice: Person, mailed: SequenceState) -> None:
    task = await open_task_of(store, alice, mailed)
    body = "<p onclick='x()'>Dear Sarah</p>"
    edited = await do(store, alice, edit_mailing, mailing_id=task.mailing_id, subject="Dear", body=body)
    assert (edited.subject, edited.body) == ("Dear", "<p>Dear Sarah</p>")
