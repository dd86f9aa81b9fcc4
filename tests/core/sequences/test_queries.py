"""What is listed, and to whom."""

from typing import Any

import msgspec
import pytest

from tests.core.sequences.records import do, enroll, sequence_of, task_at_hand, template_of
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.errors import NotFound
from touchbook.core.sequences.building import create_sequence
from touchbook.core.sequences.finishing import finish_state
from touchbook.core.sequences.listing import (
    MailingFilter,
    Page,
    SequenceFilter,
    SequenceTemplateFilter,
    StateFilter,
    StepFilter,
    TemplateFilter,
    count_records,
    list_mailings,
    list_sequence_templates,
    list_sequences,
    list_states,
    list_steps,
    list_templates,
)
from touchbook.core.sequences.pausing import pause_state
from touchbook.core.sequences.queries import find_state, states_by_id, states_of_contacts
from touchbook.store.postgres import Store

ALL = Page(limit=100)


async def ids(store: Store, person: Person, verb: Any, filters: Any, page: Page = ALL) -> list[int]:
    found = await do(store, person, verb, filters=filters, page=page)
    if page is ALL:
        assert await do(store, person, count_records, filters=filters, at_most=1000) == len(found)
    return [each.id for each in found]


async def test_sequences_by_what_they_are(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    one = await do(store, alice, create_sequence, name="One", tags=["warm", "new"])
    two = await do(store, alice, create_sequence, name="Two", enabled=False, owner_id=bob.user_id)
    for filters, found in (
        (SequenceFilter(), [one.id, two.id]),
        (SequenceFilter(ids=[two.id]), [two.id]),
        (SequenceFilter(ids=[]), []),
        (SequenceFilter(enabled=True), [one.id]),
        (SequenceFilter(enabled=False), [two.id]),
        (SequenceFilter(owners=[bob.user_id]), [two.id]),
        (SequenceFilter(names=["One", "Three"]), [one.id]),
        (SequenceFilter(tags=["new", "other"]), [one.id]),
        (SequenceFilter(tags=["new"], enabled=False), []),
    ):
        assert await ids(store, alice, list_sequences, filters) == found
        assert await ids(store, charlie, list_sequences, filters) == []


async def test_pages_follow_each_other(store: Store, alice: Person) -> None:
    made = [(await do(store, alice, create_sequence, name=f"Sequence {number}")).id for number in range(5)]
    nothing = SequenceFilter()
    assert await ids(store, alice, list_sequences, nothing, Page(limit=2)) == made[:2]
    assert await ids(store, alice, list_sequences, nothing, Page(after=made[1], limit=2)) == made[2:4]
    assert await ids(store, alice, list_sequences, nothing, Page(offset=3, limit=2)) == made[3:]
    backwards = Page(after=made[3], limit=2, descending=True)
    assert await ids(store, alice, list_sequences, nothing, backwards) == [made[2], made[1]]
    assert await do(store, alice, count_records, filters=nothing, at_most=3) == 3


async def test_what_belongs_to_a_sequence(store: Store, alice: Person) -> None:
    made, other = await sequence_of(store, alice, "email", "call"), await sequence_of(store, alice, "email")
    template = await template_of(store, alice, made.steps[0], "Hi")
    elsewhere = await template_of(store, alice, other.steps[0], "Ho")
    contact = await contact_of(store, alice)
    state, rest = await enroll(store, alice, made, contact.id), await enroll(store, alice, other, contact.id)
    task = await task_at_hand(store, alice, state)
    assert task.mailing_id is not None
    assert await ids(store, alice, list_steps, StepFilter(sequences=[made.id])) == [s.id for s in made.steps]
    assert await ids(store, alice, list_steps, StepFilter(kinds=["call"])) == [made.steps[1].id]
    assert await ids(store, alice, list_templates, TemplateFilter()) == [template.id, elsewhere.id]
    assert await ids(store, alice, list_templates, TemplateFilter(ids=[template.id], names=["Hello"])) == [
        template.id
    ]
    for links in (
        SequenceTemplateFilter(sequences=[made.id]),
        SequenceTemplateFilter(steps=[made.steps[0].id]),
        SequenceTemplateFilter(templates=[template.id], enabled=True),
    ):
        assert await ids(store, alice, list_sequence_templates, links) == [task.sequence_template_id]
    for mailings in (
        MailingFilter(sequences=[made.id]),
        MailingFilter(sequence_states=[state.id]),
        MailingFilter(sequence_steps=[state.step_id]),
        MailingFilter(templates=[template.id], states=["draft"]),
        MailingFilter(tasks=[task.id], contacts=[contact.id]),
    ):
        assert await ids(store, alice, list_mailings, mailings) == [task.mailing_id]
    for states in (
        StateFilter(sequences=[made.id]),
        StateFilter(steps=[state.step_id], states=["active"]),
        StateFilter(contacts=[contact.id], owners=[alice.user_id], ids=[state.id]),
    ):
        assert await ids(store, alice, list_states, states) == [state.id]
    assert await ids(store, alice, list_states, StateFilter(contacts=[contact.id])) == [state.id, rest.id]


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
        assert [each.id for each in await list_states(reader, caller, StateFilter(), ALL)] == [own.id]
        mailings = await list_mailings(reader, caller, MailingFilter(), ALL)
        assert [each.contact_id for each in mailings] == [his.id]
        with pytest.raises(NotFound):
            await find_state(reader, caller, state.id)
        assert set(await states_by_id(reader, bob.caller, [state.id, own.id])) == {state.id, own.id}
