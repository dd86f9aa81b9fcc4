"""A contact by its plain members, as the dialects without attributes write it."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from tests.core.contacts.attributes import new
from tests.core.contacts.rows import add, all_events, check_kept, edit_plainly, held_by, history_of
from tests.factories import contact_of
from tests.people import Person, new_person, new_team
from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.deriving import in_precedence
from touchbook.core.contacts.plain import Labelled
from touchbook.core.errors import Invalid, NotFound
from touchbook.store.postgres import Store


async def list_of(store: Store, person: Person, contact: Any, kind: str = "email") -> list[Attribute]:
    """The contact's own of that kind, as they stand."""
    held = await held_by(store, person, contact)
    return in_precedence(each for each in held if each.type == kind and not each.is_partner)


def mails(*locals_: str) -> list[str]:
    return [f"{local}@example.com" for local in locals_]


@pytest.mark.parametrize(
    "requested",
    [["c", "b", "a"], ["b", "a", "c"], ["a"], ["c"], [], ["x", "a", "b", "c"], ["a", "b", "c", "x"], ["a", "a"]],
)
@pytest.mark.parametrize("primary", [None, 0, 2])
async def test_the_list_wished_is_the_list_shown(
    store: Store, alice: Person, requested: list[str], primary: int | None
) -> None:
    before = [new("email", mail, is_primary=number == primary) for number, mail in enumerate(mails("a", "b", "c"))]
    contact = await add(store, alice, new("first_name", "Ann"), *before)
    held = {each.text: each.uid for each in await list_of(store, alice, contact)}
    after = await edit_plainly(store, alice, contact, emails=mails(*requested))
    shown = await list_of(store, alice, contact)
    assert [each.text for each in shown] == after.emails == mails(*requested)
    for text in set(after.emails) & held.keys():
        assert held[text] in {each.uid for each in shown if each.text == text}
    await check_kept(store, alice)


async def test_a_list_as_it_is_changes_nothing(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, emails=mails("a", "b"), phone_numbers=["+1", "+2"])
    events = await all_events(store, alice)
    same = await edit_plainly(
        store, alice, contact, first_name="Sarah", emails=mails("a", "b"), phone_numbers=["+1", "+2"], company=None
    )
    assert same == contact
    assert await all_events(store, alice) == events
    assert await history_of(store, alice, contact) == []


async def test_where_some_go_the_others_are_left_alone(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, emails=mails("a", "b", "c"))
    a, _, c = await list_of(store, alice, contact)
    await edit_plainly(store, alice, contact, emails=mails("a", "c"))
    assert await list_of(store, alice, contact) == [a, c]


async def test_labels_come_go_and_stay(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, emails=[Labelled("a@example.com", "Work"), "b@example.com"])

    async def labelled(*requested: Labelled | str) -> list[tuple[str | None, str | None]]:
        await edit_plainly(store, alice, contact, emails=list(requested))
        return [(each.text, each.label) for each in await list_of(store, alice, contact)]

    a, b = mails("a", "b")
    assert await labelled(Labelled(a), Labelled(b, "Home")) == [(a, "Work"), (b, "Home")]
    assert await labelled(b, a) == [(b, "Home"), (a, "Work")]
    assert await labelled(Labelled(b, None), Labelled(a, "Work")) == [(b, None), (a, "Work")]
    await check_kept(store, alice)


async def test_what_is_not_shown_is_kept(store: Store, alice: Person) -> None:
    hidden = [
        new("nickname", "Annie"),
        new("email", "bert@example.com", is_partner=True, label="Work"),
        new("first_name", "Bert", is_partner=True),
        new("address", {"city": "Paris"}, index=0),
        new("birthday", date(1969, 12, 31)),
        new("tag", "Vip"),
    ]
    contact = await add(store, alice, new("first_name", "Ann"), new("email", "ann@example.com"), *hidden)
    kept = [each for each in await held_by(store, alice, contact) if each.type != "email" or each.is_partner][1:]
    await edit_plainly(
        store, alice, contact, first_name="Bea", last_name="Bell", emails=mails("b"), job_title="Farmer"
    )
    now = await held_by(store, alice, contact)
    assert [each for each in now if each.uid in {one.uid for one in kept}] == kept
    await check_kept(store, alice)


async def test_none_takes_a_text_away(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, emails=mails("a"), job_title="Farmer")
    after = await edit_plainly(store, alice, contact, job_title=None, last_name=None)
    assert (after.job_title, after.last_name, after.display_name) == (None, None, "Sarah")


async def test_a_contact_keeps_something_to_go_by(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, "Cher")
    with pytest.raises(Invalid):
        await edit_plainly(store, alice, contact, first_name=None)
    assert [each.text for each in await held_by(store, alice, contact)] == ["Cher"]


async def test_who_had_no_name_may_be_changed_otherwise(store: Store, alice: Person) -> None:
    contact = await add(store, alice, new("note", "Met at the fair"))
    assert (await edit_plainly(store, alice, contact, job_title="Farmer")).job_title == "Farmer"


@pytest.mark.parametrize(("members", "wrong"), [({"emails": ["ann"]}, "emails"), ({"title": "Duke"}, "title")])
async def test_a_wrong_value_is_refused(store: Store, alice: Person, members: Any, wrong: str) -> None:
    contact = await contact_of(store, alice)
    with pytest.raises(Invalid) as refused:
        await edit_plainly(store, alice, contact, **members)
    assert refused.value.problems.keys() == {wrong}


async def test_a_foreign_contact_is_not_found(store: Store, alice: Person, charlie: Person) -> None:
    contact = await contact_of(store, charlie)
    with pytest.raises(NotFound):
        await edit_plainly(store, alice, contact, job_title="Spy")


_TEXTS = st.sampled_from(mails("a", "b", "c", "d"))
_LABELS: st.SearchStrategy[str | UnsetType | None] = st.sampled_from([UNSET, None, "Work", "Home"])
_LISTS = st.lists(st.builds(Labelled, _TEXTS, _LABELS), max_size=5)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_LISTS, walk=st.lists(_LISTS, min_size=1, max_size=5), primary=st.booleans())
async def test_whatever_list_is_wished_is_then_shown(
    store: Store, server: str, first: list[Labelled], walk: list[list[Labelled]], primary: bool
) -> None:
    """In its order; what is held with the same text keeps its uid, and its label unless another is requested."""
    alice = await new_person(store, server, await new_team(store), "Alice")
    partner = new("email", "a@example.com", is_partner=True, label="Hers", is_primary=primary)
    contact = await add(store, alice, new("first_name", "Ann"), partner)
    contact = await edit_plainly(store, alice, contact, emails=first)
    for requested in walk:
        before = await list_of(store, alice, contact)
        contact = await edit_plainly(store, alice, contact, emails=requested)
        after = await list_of(store, alice, contact)
        assert [each.text for each in after] == contact.emails == [each.text for each in requested]
        for text in {each.text for each in requested}:
            old, now = (_uids(some, text) for some in (before, after))
            assert len(old & now) == min(len(old), len(now))
        labels = {each.uid: each.label for each in before}
        for asked, each in zip(requested, after, strict=True):
            assert each.label == (labels.get(each.uid) if asked.label is UNSET else asked.label)
        again = await edit_plainly(store, alice, contact, emails=requested)
        assert again == contact
    await check_kept(store, alice)


def _uids(attributes: list[Attribute], text: str) -> set[UUID]:
    return {each.uid for each in attributes if each.text == text}
