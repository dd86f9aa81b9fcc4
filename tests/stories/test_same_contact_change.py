"""The same change of a contact leaves the same events, in the same order, through whichever dialect."""

from typing import Any
from uuid import UUID

from tests.dialects.outreach.asking import changed, choice_of, created, sent
from tests.dialects.outreach.campaigns import enrolment, new_sequence
from tests.factories import contact_of
from tests.people import Person
from tests.stories.events import Told, count_told, told_in
from touchbook.core.contacts.contact import Contact
from touchbook.store.postgres import Store

JOB_TITLE = {"type": "job_title", "text": "Boss"}
ALL_OUT = {"opted_out": True, "email_opt_status": "opted_out"}


async def user_uid(store: Store, person: Person) -> UUID:
    async with store.reading() as reader:
        uid: UUID = await reader.fetch_value("select u.uid from users u where u.id = $1", person.user_id)
    return uid


async def give_in_rechat(store: Store, person: Person, contact: Contact, to: Person) -> None:
    body = {
        "user": str(await user_uid(store, to)),
        "attributes": [{"attribute_type": "job_title", "text": "Boss"}],
    }
    answer = await person.rechat.patch(f"/contacts/{contact.uid}", json=body)
    assert answer.status_code == 200, answer.text


async def give_in_outreach(person: Person, contact: Contact, to: Person, **attributes: Any) -> Any:
    related = {"owner": ("user", to.user_id)}
    return await changed(
        person, f"/prospects/{contact.id}", sent("prospect", contact.id, related, title="Boss", **attributes)
    )


def plain(events: list[Told]) -> list[tuple[str, dict[str, Any]]]:
    """Without the ids of attributes."""
    return [(event.kind, event.changes) for event in events]


async def test_a_title_and_an_owner_are_one_change(store: Store, alice: Person, bob: Person) -> None:
    in_rechat, in_outreach = await contact_of(store, alice), await contact_of(store, alice)
    before = await count_told(store, alice)
    await give_in_rechat(store, alice, in_rechat, bob)
    between = await count_told(store, alice)
    await give_in_outreach(alice, in_outreach, bob)
    events = await told_in(store, alice, before)
    rechat, outreach = events[: between - before], events[between - before :]
    owner = str(await user_uid(store, bob))
    assert plain(rechat) == plain(outreach)
    [(kind, changes)] = plain(outreach)
    assert (kind, changes["owner"], len(changes["attributes"]["added"])) == ("contact.updated", owner, 1)


async def test_opt_outs_and_an_owner_are_one_change(store: Store, alice: Person, bob: Person) -> None:
    """The opt-outs come after what was edited, as in every change of a contact."""
    contact = await contact_of(store, alice)
    stage = await choice_of(alice, "/stages", 2)
    before = await count_told(store, alice)
    related = {"owner": ("user", bob.user_id), "stage": ("stage", stage)}
    attributes = {"title": "Boss", "optedOut": True, "emailOptedOut": True}
    await changed(alice, f"/prospects/{contact.id}", sent("prospect", contact.id, related, **attributes))
    updated, opted = plain(await told_in(store, alice, before))
    assert (updated[0], set(updated[1])) == ("contact.updated", {"attributes", "owner", "stage"})
    assert opted == ("contact.opt_outs_changed", ALL_OUT)


async def test_a_prospect_that_has_opted_out_is_created_by_one_event(store: Store, alice: Person) -> None:
    before = await count_told(store, alice)
    body = sent("prospect", firstName="Ann", optedOut=True, emailOptedOut=True, callsOptStatus="opted_in")
    made = await created(alice, "/prospects", body)
    kinds = [event.kind for event in await told_in(store, alice, before)]
    assert [kind for kind in kinds if kind.startswith("contact.")] == ["contact.created"]
    [event] = [each for each in await told_in(store, alice, before) if each.kind == "contact.created"]
    told = {name: value for name, value in event.changes.items() if "opt" in name}
    assert told == {**ALL_OUT, "call_opt_status": "opted_in"}
    shown = made["attributes"]
    assert (shown["optedOut"], shown["emailOptedOut"], shown["callsOptStatus"]) == (True, True, "opted_in")
    assert shown["optedOutAt"] == shown["emailsOptedAt"] == shown["callsOptedAt"] == shown["createdAt"]
    sequence = await new_sequence(alice, "email")
    answer = await alice.outreach.post("/sequenceStates", json=enrolment(made["id"], sequence))
    assert answer.status_code == 409
