"""What an end that is no completion leaves, and who is deleted while being taken in."""

import asyncio

import pytest

from tests.core.sequences.records import do, enroll, open_task_of, sequence_of, state_now, tasks_of, template_of
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.enrolments.delivering import deliver_task
from touchbook.core.enrolments.enrolling import enroll_contact
from touchbook.core.errors import UnknownRecord
from touchbook.core.tasks.completing import cancel_task, miss_task, skip_task
from touchbook.store.postgres import Store


@pytest.mark.parametrize("end", [cancel_task, miss_task, skip_task])
async def test_a_mailing_of_a_task_that_was_not_done_is_a_draft_again(
    store: Store, alice: Person, end: object
) -> None:
    sequence = await sequence_of(store, alice, "email", "call")
    await template_of(store, alice, sequence.steps[0], "Hello", subject="Hello")
    task = await open_task_of(store, alice, await enroll(store, alice, sequence))
    await do(store, alice, deliver_task, task_id=task.id)
    assert await mailing_state(store, alice, task.mailing_id) == "scheduled"
    await do(store, alice, end, task_id=task.id)  # type: ignore[arg-type]
    assert await mailing_state(store, alice, task.mailing_id) == "draft"


async def test_who_is_deleted_while_being_taken_in_is_not_left_in(store: Store, alice: Person) -> None:
    sequence, contact = await sequence_of(store, alice, "call"), await contact_of(store, alice)
    async with store.transaction() as tx:
        state = await enroll_contact(tx, alice.caller, sequence_id=sequence.id, contact_id=contact.id)
        deleting = asyncio.create_task(do(store, alice, delete_contacts, contact_ids=[contact.id]))
        await asyncio.sleep(0.3)
        assert not deleting.done()
    await deleting
    assert (await state_now(store, alice, state)).state == "finished"
    assert not any(task.is_open for task in await tasks_of(store, alice, state))


async def test_who_is_being_deleted_is_not_taken_in(store: Store, alice: Person) -> None:
    sequence, contact = await sequence_of(store, alice, "call"), await contact_of(store, alice)
    async with store.transaction() as tx:
        await delete_contacts(tx, alice.caller, [contact.id])
        enrolling = asyncio.create_task(enroll(store, alice, sequence, contact.id))
        await asyncio.sleep(0.3)
        assert not enrolling.done()
    with pytest.raises(UnknownRecord):
        await enrolling


async def mailing_state(store: Store, person: Person, mailing_id: int | None) -> str:
    async with store.reading() as reader:
        state: str = await reader.fetch_value(
            "select m.state from mailings m where m.team_id = $1 and m.id = $2", person.team.id, mailing_id
        )
    return state
