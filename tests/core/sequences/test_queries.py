"""What is listed, and to whom."""

import msgspec
import pytest

from tests.core.sequences.records import do, enroll, sequence_of, template_of
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.enrolments.finishing import finish_state
from touchbook.core.enrolments.pausing import pause_state
from touchbook.core.enrolments.queries import find_state, states_by_id, states_of_contacts
from touchbook.core.enrolments.query_schemas import MAILING_SCHEMA, STATE_SCHEMA
from touchbook.core.errors import NotFound
from touchbook.core.query.pages import fetch_page
from touchbook.core.query.windows import Window
from touchbook.store.postgres import Store


async def test_the_sequences_that_a_contact_is_in(store: Store, alice: Person, charlie: Person) -> None:
    first, second = await sequence_of(store, alice, "call"), await sequence_of(store, alice, "email")
    third = await sequence_of(store, alice, "sms")
    contact, lonely = await contact_of(store, alice), await contact_of(store, alice)
    states = [await enroll(store, alice, made, contact.id) for made in (first, second, third)]
    await do(store, alice, pause_state, state_id=states[1].id)
    await do(store, alice, finish_state, state_id=states[2].id)
    found = await do(store, alice, states_of_contacts, contact_ids=[contact.id, lonely.id])
    assert [(each.state.id, each.state.state, each.sequence.id, each.step.id) for each in found[contact.id]] == [
        (states[0].id, "active", first.id, first.steps[0].id),
        (states[1].id, "paused", second.id, second.steps[0].id),
    ]
    assert lonely.id not in found
    assert await do(store, charlie, states_of_contacts, contact_ids=[contact.id]) == {}


async def test_who_sees_their_own_contacts_only(store: Store, alice: Person, bob: Person) -> None:
    made = await sequence_of(store, alice, "email")
    await template_of(store, alice, made.steps[0], "Hi")
    hers, his = await contact_of(store, alice), await contact_of(store, bob)
    state, own = await enroll(store, alice, made, hers.id), await enroll(store, bob, made, his.id)
    caller = msgspec.structs.replace(bob.caller, own_contacts_only=True)
    async with store.reading() as reader:
        states = await fetch_page(reader, caller, STATE_SCHEMA, [], [], Window(limit=5))
        assert [each.id for each in states.records] == [own.id]
        mailings = await fetch_page(reader, caller, MAILING_SCHEMA, [], [], Window(limit=5))
        assert [each.contact_id for each in mailings.records] == [his.id]
        with pytest.raises(NotFound):
            await find_state(reader, caller, state.id)
        assert set(await states_by_id(reader, bob.caller, [state.id, own.id])) == {state.id, own.id}
