from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.contacts.attributes import START, held, own_definition
from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.definition import GLOBAL, Definitions
from touchbook.core.contacts.deriving import Derived, derive, searchable_text


def named(**texts: str) -> Derived:
    return derive(held(name, text) for name, text in texts.items())


def partner(name: str, text: str) -> Attribute:
    return held(name, text, is_partner=True)


@pytest.mark.req("RC-028", "RC-029", "RC-030", "RC-031")
@pytest.mark.parametrize(
    ("texts", "display", "sort"),
    [
        ({"nickname": "Johnny", "first_name": "John", "last_name": "Doe", "company": "ACME"}, "Johnny", "Johnny"),
        ({"first_name": "Kate", "last_name": "Bell", "company": "Creative"}, "Kate Bell", "Bell Kate"),
        ({"first_name": "David", "company": "ACME"}, "David", "David"),
        ({"last_name": "Zakroff", "email": "z@example.com"}, "Zakroff", "Zakroff"),
        ({"company": "ACME", "email": "z@example.com"}, "ACME", "ACME"),
        ({"middle_name": "M", "title": "Mrs.", "marketing_name": "The Ms"}, None, None),
    ],
)
def test_what_it_is_called(texts: dict[str, str], display: str | None, sort: str | None) -> None:
    derived = named(**texts)
    assert (derived.display_name, derived.sort_field) == (display, sort)


def test_without_a_name_it_goes_by_an_address_then_by_a_number() -> None:
    """The reading A-10."""
    assert named(email="z@example.com", phone_number="+13125550100").display_name == "z@example.com"
    assert named(phone_number="(312) 555-0100").sort_field == "(312) 555-0100"
    assert named(note="likes blue").display_name is None


def test_the_keys_of_lists_are_folded_and_short() -> None:
    derived = named(first_name="Éva", last_name="Straße")
    assert (derived.display_key, derived.sort_key) == ("eva strasse", "strasse eva")
    assert len(named(nickname="ß" * 500).display_key or "") == 150
    assert named(note="x").sort_key is None


@pytest.mark.req("RC-032", "RC-033", "RC-034")
def test_the_partner_is_kept_apart() -> None:
    derived = derive(
        [
            held("first_name", "John"),
            held("email", "john@example.com"),
            partner("first_name", "Jane"),
            partner("last_name", "Doe"),
            partner("email", "jane@example.com"),
            partner("phone_number", "+13125550100"),
            partner("tag", "Hers"),
        ]
    )
    assert (derived.partner_first_name, derived.partner_last_name) == ("Jane", "Doe")
    assert (derived.partner_name, derived.partner_email) == ("Jane Doe", "jane@example.com")
    assert (derived.display_name, derived.last_name) == ("John", None)
    assert (derived.emails, derived.phone_numbers, derived.tags) == (["john@example.com"], [], [])


@pytest.mark.req("RC-032")
def test_half_a_partner_and_none() -> None:
    assert derive([partner("last_name", "Doe")]).partner_name == "Doe"
    alone = named(first_name="John")
    assert (alone.partner_name, alone.partner_email, alone.partner_first_name) == (None, None, None)
    assert derive([partner("email", "jane@example.com")]).display_name is None


@pytest.mark.req("RC-039", "RC-040", "RC-041")
@pytest.mark.parametrize(("kind", "member"), [("email", "emails"), ("phone_number", "phone_numbers")])
def test_primary_first_then_what_was_changed_last(kind: str, member: str) -> None:
    texts = ["a@example.com", "b@example.com", "c@example.com"]
    a, b, c = (held(kind, text) for text in texts)
    assert getattr(derive([a, b, c]), member) == texts[::-1]
    late = held(kind, "d@example.com", created_at=START, updated_at=START + timedelta(days=9))
    primary = held(kind, "e@example.com", is_primary=True, updated_at=START)
    assert getattr(derive([a, late, primary, b]), member) == [
        "e@example.com", "d@example.com", "b@example.com", "a@example.com",
    ]  # fmt: skip


@pytest.mark.req("RC-037", "RC-038")
def test_tags_by_their_change_and_by_their_age() -> None:
    warm, hot = held("tag", "Warm"), held("tag", "Hot")
    renamed = held("tag", "Past Client", created_at=START, updated_at=START + timedelta(days=1))
    derived = derive([warm, hot, renamed])
    assert derived.tags == ["Past Client", "Hot", "Warm"]
    assert derived.tags_as_added == ["Past Client", "Warm", "Hot"]


@pytest.mark.req("RC-057")
def test_single_members_have_their_attribute() -> None:
    texts = {
        "title": "Mr.", "first_name": "John", "middle_name": "Q", "last_name": "Doe", "marketing_name": "The Does",
        "nickname": "Johnny", "company": "ACME", "job_title": "Farmer", "source_type": "ExplicitlyCreated",
        "source": "Web", "website": "example.com", "profile_image_url": "p.png", "cover_image_url": "c.png",
    }  # fmt: skip
    derived = named(**texts)
    assert {name: getattr(derived, name) for name in texts} == texts


def test_birthday_and_addresses() -> None:
    home, work = held("address", {"city": "Cupertino"}), held("address", {"city": "Paris"}, label="Work")
    derived = derive([home, work, held("birthday", date(1960, 2, 29))])
    assert derived.birthday == date(1960, 2, 29)
    assert [address["full"] for address in derived.addresses or []] == ["Paris", "Cupertino"]
    assert (derive([]).birthday, derive([]).addresses) == (None, None)
    assert derive([held("birthday", date(1960, 2, 29), is_partner=True)]).birthday is None


def test_search_looks_through_what_is_searchable_alone() -> None:
    nobody = derive([])
    attributes = [
        held("email", "Éva@Example.com"),
        held("phone_number", "(312) 555-0100"),
        held("note", "Likes BLUE"),
        held("title", "Mrs."),
        held("business_card_url", "card.png"),
        held("birthday", date(1970, 1, 1)),
        partner("first_name", "Jörg"),
    ]
    text = searchable_text(attributes, GLOBAL, nobody)
    assert text.split("\n") == ["eva@example.com", "(312) 555-0100", "13125550100", "likes blue", "jorg"]


def test_search_finds_a_name_as_it_is_spoken() -> None:
    attributes = [held("first_name", "Kate"), held("last_name", "Bell"), held("nickname", "Katie")]
    text = searchable_text(attributes, GLOBAL, derive(attributes))
    assert text.split("\n") == ["katie", "kate bell", "bell kate", "kate", "bell", "katie"]


def test_search_heeds_the_team_s_own_definitions() -> None:
    pet, secret = own_definition("pet", searchable=True), own_definition("secret")
    attributes = [held("note", "x", type="pet", text="Rex"), held("note", "x", type="secret", text="Vault")]
    assert searchable_text(attributes, Definitions([pet, secret]), derive([])) == "rex"
    assert searchable_text(attributes, GLOBAL, derive([])) == ""


_TEXTS: dict[str, Any] = {
    "first_name": "Ann", "email": "a@example.com", "phone_number": "312 555 0100", "tag": "Hot", "company": "ACME",
}  # fmt: skip


@settings(deadline=None)
@given(st.data())
def test_the_order_of_attributes_says_nothing(data: st.DataObject) -> None:
    """Not even where all were changed in the same instant, as after a merge."""
    kinds = data.draw(st.lists(st.sampled_from(sorted(_TEXTS)), max_size=8))
    instants = st.sampled_from([START, START + timedelta(seconds=1)])
    attributes = [
        held(
            kind,
            f"{number}{_TEXTS[kind]}",
            created_at=START,
            updated_at=data.draw(instants),
            is_primary=data.draw(st.booleans()),
            is_partner=data.draw(st.booleans()),
        )
        for number, kind in enumerate(kinds)
    ]
    assert derive(data.draw(st.permutations(attributes))) == derive(attributes)
