"""What is computed of a contact's attributes."""

from typing import Any

import pytest

from tests.dialects.rechat.records import a, new_contact, new_contacts, of, shown
from tests.people import Person

NAMES = [
    ({"first_name": "John", "last_name": "Doe"}, "John Doe", "Doe John", "John Doe", "John"),
    ({"nickname": "Johnny", "first_name": "John", "last_name": "Doe"}, "Johnny", "Johnny", "John Doe", "Johnny"),
    ({"first_name": "David"}, "David", "David", "David", "David"),
    ({"last_name": "Zakroff"}, "Zakroff", "Zakroff", "Zakroff", None),
    ({"company": "ACME"}, "ACME", "ACME", "ACME", "ACME"),
    ({"company": "ACME", "last_name": "Lee"}, "Lee", "Lee", "Lee", "ACME"),
    ({"title": "Dr.", "middle_name": "B", "first_name": "Ann"}, "Ann", "Ann", "Ann", "Ann"),
    ({"email": "ann@example.com", "phone_number": "+1"}, "ann@example.com", "ann@example.com", None, None),
    ({"phone_number": "+13125550100"}, "+13125550100", "+13125550100", None, None),
    ({"marketing_name": "Ann & Co"}, None, None, None, None),
]


@pytest.mark.req("RC-028", "RC-029", "RC-030", "RC-031", "RC-035", "RC-036")
@pytest.mark.parametrize(("texts", "display", "sort", "summary", "short"), NAMES)
async def test_names(
    alice: Person, texts: dict[str, str], display: str | None, sort: str | None, summary: str | None, short: str
) -> None:
    made = await new_contact(alice, *(a(name, text) for name, text in texts.items()))
    for contact in (made, await shown(alice, made)):
        assert (contact["display_name"], contact["sort_field"]) == (display, sort)
        assert contact["summary"]["display_name"] == summary
        assert contact["summary"]["abbreviated_display_name"] == short
        assert contact["summary"]["id"] == contact["id"]
        assert (contact["summary"]["type"], contact["summary"]["is_partner"]) == ("contact_summary", False)
        assert len(contact["summary"]) == 21


@pytest.mark.req("RC-032", "RC-033", "RC-034")
async def test_a_partner_stands_beside(alice: Person) -> None:
    partner = [a("first_name", "Jane"), a("last_name", "Doe"), a("email", "jane@example.com")]
    made = await new_contact(
        alice, a("first_name", "John"), *({**each, "is_partner": True} for each in partner), a("email", "j@x.org")
    )
    assert (made["partner_name"], made["partner_first_name"], made["partner_last_name"]) == (
        "Jane Doe",
        "Jane",
        "Doe",
    )
    assert (made["partner_email"], made["emails"], made["display_name"]) == (
        "jane@example.com",
        ["j@x.org"],
        "John",
    )
    alone = await new_contact(alice, a("first_name", "John"))
    assert [alone[name] for name in alone if name.startswith("partner")] == [None] * 4


@pytest.mark.req("RC-037", "RC-038", "RC-039", "RC-040", "RC-041")
async def test_lists_have_the_newest_first_and_the_primary_before_it(alice: Person) -> None:
    lists = {"email": "emails", "phone_number": "phone_numbers", "tag": "tags"}
    values = {
        "email": ["a@example.com", "b@example.com", "c@example.com"],
        "phone_number": ["+13125550101", "+13125550102", "+13125550103"],
        "tag": ["Agent", "Buyer", "Cold"],
    }
    made = await new_contact(alice, *(a(kind, text) for kind in values for text in values[kind]))
    for kind, name in lists.items():
        assert made[name] == values[kind][::-1]
    assert made["summary"]["tags"] == values["tag"]
    assert made["email"] == made["primary_email"] == made["summary"]["email"] == "c@example.com"
    assert made["phone_number"] == made["primary_phone_number"] == made["summary"]["phone_number"]
    assert made["phone_number"] == "+13125550103"

    changes = [{"id": of(made, "email")[0]["id"], "is_primary": True}]
    changes += [{"id": of(made, kind)[1]["id"], "label": "Work"} for kind in ("email", "phone_number", "tag")]
    await alice.rechat.patch(f"/contacts/{made['id']}", json={"attributes": changes})
    now = await shown(alice, made)
    assert now["emails"] == ["a@example.com", "b@example.com", "c@example.com"]
    assert now["phone_numbers"] == ["+13125550102", "+13125550103", "+13125550101"]
    assert now["tags"] == ["Buyer", "Cold", "Agent"]
    assert now["summary"]["tags"] == values["tag"]
    assert now["email"] == now["primary_email"] == "a@example.com"
    assert now["phone_number"] == now["primary_phone_number"] == "+13125550102"


ADDRESSES: list[Any] = [
    (
        {"house_num": "12", "name": "Elm", "suftype": "St", "unit": "4", "city": "Dallas", "state": "TX",
         "postcode": "75201", "country": "US", "extra": "Office"},
        "12 Elm St 4", "Dallas TX 75201", "12 Elm St 4, Dallas TX 75201",
    ),
    ({"house_num": "12", "predir": "N", "pretype": "Ave", "name": "B"}, "12 N Ave B", "", "12 N Ave B"),
    ({"city": "Dallas", "country": "USA"}, "", "Dallas", "Dallas"),
    ({"country": "USA"}, "", "", ""),
]  # fmt: skip


@pytest.mark.req("RC-042", "RC-043", "RC-044", "RC-045", "RC-046")
@pytest.mark.parametrize(("parts", "line1", "line2", "full"), ADDRESSES)
async def test_an_address_has_its_lines(
    alice: Person, parts: dict[str, str], line1: str, line2: str, full: str
) -> None:
    empty = {"box": "", "building": " ", "qual": None}
    made = await new_contact(alice, a("address", {**parts, **empty, "full": "elsewhere"}))
    expected = {**parts, "line1": line1, "line2": line2, "full": full, "type": "stdaddr"}
    assert of(made, "address")[0]["address"] == expected
    assert (await shown(alice, made))["address"] == [expected]


@pytest.mark.req("RC-047", "RC-048")
async def test_an_address_is_at_home_unless_said(alice: Person) -> None:
    where = {"city": "Dallas"}
    made = await new_contact(alice, a("address", where), a("address", where, label="Office"), a("email", "a@b.c"))
    assert [part["label"] for part in made["attributes"]] == ["Home", "Office", None]


@pytest.mark.req("RC-049", "RC-052")
async def test_two_primaries_at_once_are_none(alice: Person) -> None:
    """The partner's counts too (A-09); another type's does not."""
    made = await new_contact(
        alice,
        a("email", "a@example.com", is_primary=True),
        a("email", "b@example.com", is_primary=True, is_partner=True),
        a("phone_number", "+1", is_primary=True),
        a("tag", "Hot", is_primary=True),
    )
    for contact in (made, await shown(alice, made)):
        assert [part["is_primary"] for part in contact["attributes"]] == [False, False, True, True]


@pytest.mark.req("RC-050", "RC-051", "RC-052")
async def test_a_later_primary_unmarks_the_earlier(alice: Person, bob: Person) -> None:
    made = await new_contact(
        alice, a("email", "a@example.com", is_primary=True), a("phone_number", "+1", is_primary=True)
    )
    sent = {"attributes": [a("email", "b@example.com", is_primary=True)]}
    await bob.rechat.patch(f"/contacts/{made['id']}", json=sent)
    earlier, phone, later = (await shown(alice, made))["attributes"]
    assert earlier == {**made["attributes"][0], "is_primary": False}
    assert phone == made["attributes"][1]
    assert later["is_primary"]


async def test_a_second_value_of_a_singular_type_takes_the_firsts_place(alice: Person) -> None:
    """One for the contact, one for the partner (A-13)."""
    made = await new_contact(alice, a("first_name", "Ann"), a("first_name", "Jane", is_partner=True))
    assert (made["first_name"], made["partner_first_name"]) == ("Ann", "Jane")
    sent = {"attributes": [a("first_name", "Anna")]}
    await alice.rechat.patch(f"/contacts/{made['id']}", json=sent)
    now = await shown(alice, made)
    assert (now["first_name"], now["partner_first_name"]) == ("Anna", "Jane")
    assert [part["text"] for part in now["attributes"]] == ["Jane", "Anna"]


async def test_of_two_singular_values_at_once_the_last_stays(alice: Person) -> None:
    [made] = await new_contacts(alice, [a("first_name", "Ann"), a("first_name", "Anna")])
    assert [part["text"] for part in made["attributes"]] == ["Anna"]


async def test_a_company_or_nickname_may_be_long(alice: Person) -> None:
    """Longer than an index holds, and of letters that do not shrink."""
    text = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(20_000))
    for kind in ("company", "nickname", "first_name", "email"):
        value = f"{text}@example.com" if kind == "email" else text
        contact = await new_contact(alice, a(kind, value))
        assert contact["display_name"] == value
    one, other = [await new_contact(alice, a("company", text)) for _ in range(2)]
    assert one["company"] == other["company"] == text
