"""Random filters of random contacts against a model in plain Python."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest

from tests.core.contacts.attributes import new
from tests.core.contacts.rows import held_by
from tests.people import Person, new_person
from touchbook.core.contacts.adding import NewContact, add_contacts
from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.defining import define_attribute
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.deriving import derive, searchable_text
from touchbook.core.contacts.filtering import AttributeFilter, ContactFilter, Span
from touchbook.core.contacts.listing import Order, count_contacts, list_contacts
from touchbook.core.contacts.queries import find_contact, known_definitions
from touchbook.core.folding import fold, same
from touchbook.core.touch.touching import set_touch_frequency
from touchbook.store.postgres import Store

VALUES: dict[str, Sequence[Any]] = {
    "first_name": ["Ann", "Éva", "zoe"],
    "last_name": ["Bell", "Straße", "bell"],
    "nickname": ["Annie", "%_"],
    "company": ["ACME", "Cyberdyne"],
    "email": ["a.bell@example.com", "EVA@example.com"],
    "phone_number": ["(312) 555-0100", "+13125550199"],
    "tag": ["Hot", "hot", "Past Client", "x"],
    "note": ["likes blue", "a\nb"],
    "birthday": [date(1960, 2, 29), date(1970, 1, 1), date(2000, 5, 5)],
    "rooms": [Decimal(1), Decimal("2.5"), Decimal(4)],
}
SEARCHES = ["ann", "EVA str", "bell annie", "555-0100", "312 555", "a.bell@", "%", "blue x", "zzz", "hot"]


class Known(msgspec.Struct):
    contact: Contact
    attributes: list[Attribute]
    text: str

    def values(self, kind: str) -> list[Any]:
        return [each.text or each.date or each.number for each in self.attributes if each.type == kind]


@pytest.fixture
async def known(store: Store, alice: Person, bob: Person) -> list[Known]:
    random = Random(465)
    async with store.transaction() as tx:
        await define_attribute(
            tx, alice.caller, name="rooms", data_type="number", label="Rooms", section="", singular=True
        )
        definitions = await known_definitions(tx, alice.caller)
        for person in (alice, bob):
            people = [NewContact(attributes=_drawn(random, definitions)) for _ in range(30)]
            for contact in await add_contacts(tx, person.caller, people, definitions):
                if random.random() < 0.3:
                    await set_touch_frequency(tx, alice.caller, contact, days=random.choice([3, 5, 40]))
    async with store.reading() as reader:
        contacts = [
            await find_contact(reader, alice.caller, contact.id)
            for contact in await list_contacts(reader, alice.caller, offset=0, limit=100)
        ]
    known = []
    for contact in contacts:
        held = await held_by(store, alice, contact)
        known.append(Known(contact, held, searchable_text(held, definitions, derive(held))))
    return known


def _drawn(random: Random, definitions: Definitions) -> list[Any]:
    kinds = random.sample(sorted(VALUES), random.randint(0, 5)) + ["tag"] * random.randint(0, 2)
    drawn = []
    for kind in kinds:
        definition = definitions.named(kind)
        assert definition is not None
        value = random.choice(VALUES[kind])
        drawn.append(new(definition, float(value) if kind == "rooms" else value))
    return drawn


@pytest.mark.parametrize("seed", range(6))
async def test_the_same_are_found(store: Store, alice: Person, bob: Person, known: list[Known], seed: int) -> None:
    random = Random(seed)
    # Hundreds of statements made of the same parts: the proof has each part from elsewhere.
    async with Store(store.pool, witness=None).reading() as reader:
        definitions = await known_definitions(reader, alice.caller)
        for _ in range(100):
            filters, fits = _wish(random, known, definitions, [alice.user_id, bob.user_id])
            order, descending = random.choice(list(KEYS)), random.random() < 0.5
            found = await list_contacts(
                reader, alice.caller, filters, order=order, descending=descending, offset=0, limit=100
            )
            expected = [each for each in known if fits(each)]
            assert [contact.id for contact in found] == _sorted(expected, order, descending), filters
            assert await count_contacts(reader, alice.caller, filters) == len(expected)
            page = await list_contacts(
                reader, alice.caller, filters, order=order, descending=descending, offset=3, limit=4
            )
            assert page == found[3:7]


KEYS: dict[Order, Callable[[Contact], Any]] = {
    "id": lambda contact: contact.id,
    "uid": lambda contact: contact.uid,
    "display_name": lambda contact: contact.display_name and fold(contact.display_name)[:150],
    "sort_field": lambda contact: contact.sort_field and fold(contact.sort_field)[:150],
    "next_touch": lambda contact: contact.next_touch_at,
    "last_touch": lambda contact: contact.last_touch_at,
    "created_at": lambda contact: contact.created_at,
    "updated_at": lambda contact: contact.updated_at,
}


def _sorted(known: list[Known], order: Order, descending: bool) -> list[int]:
    """None last, turned round first."""

    def key(contact: Contact) -> Any:
        value = KEYS[order](contact)
        return (value is None, "" if value is None else value, contact.id)

    contacts = [each.contact for each in known]
    nothing = sorted((each for each in contacts if KEYS[order](each) is None), key=lambda each: each.id)
    something = sorted((each for each in contacts if KEYS[order](each) is not None), key=key)
    placed = [*something, *nothing]
    return [contact.id for contact in (reversed(placed) if descending else placed)]


Fits = Callable[[Known], bool]


def _wish(
    random: Random, known: list[Known], definitions: Definitions, users: list[int]
) -> tuple[ContactFilter, Fits]:
    members: dict[str, Any] = {}
    terms: list[Fits] = []
    for part in random.sample(PARTS, random.randint(1, 3)):
        name, value, fits = part(random, known, definitions, users)
        members[name] = value
        terms.append(fits)
    return ContactFilter(**members), lambda each: all(fits(each) for fits in terms)


Part = Callable[[Random, list[Known], Definitions, list[int]], tuple[str, Any, Fits]]


def _search(random: Random, *_: Any) -> tuple[str, Any, Fits]:
    search = random.choice(SEARCHES)

    def fits(each: Known) -> bool:
        if set(search) <= set("0123456789 -"):
            return "".join(filter(str.isdigit, search)) in each.text
        return all(word in each.text for word in fold(search).split())

    return "search", search, fits


def _letter(random: Random, *_: Any) -> tuple[str, Any, Fits]:
    letter = random.choice("aAbÉz%")
    return "letter", letter, lambda each: fold(each.contact.sort_field or "").startswith(fold(letter))


def _people(random: Random, _: Any, __: Any, users: list[int]) -> tuple[str, Any, Fits]:
    name, column = random.choice([("owners", "owner_id"), ("authors", "created_by"), ("editors", "updated_by")])
    chosen = random.sample(users, random.randint(0, 2))
    return name, chosen, lambda each: getattr(each.contact, column) in chosen


def _uids(random: Random, known: list[Known], *_: Any) -> tuple[str, Any, Fits]:
    uids = [each.contact.uid for each in random.sample(known, 20)]
    if random.random() < 0.5:
        return "uids", uids, lambda each: each.contact.uid in uids
    return "excludes", uids, lambda each: each.contact.uid not in uids


def _span(random: Random, known: list[Known], *_: Any) -> tuple[str, Any, Fits]:
    name, column = random.choice(
        [("created", "created_at"), ("updated", "updated_at"), ("next_touch", "next_touch_at")]
    )
    some = [getattr(each.contact, column) for each in random.sample(known, 2)]
    first, last = (at and at + timedelta(microseconds=random.choice([-1, 0, 1])) for at in some)
    first = first if random.random() < 0.7 else None

    def fits(each: Known) -> bool:
        at: datetime | None = getattr(each.contact, column)
        if first is None and last is None:
            return True
        return at is not None and (first is None or at >= first) and (last is None or at <= last)

    return name, Span(first, last), fits


def _attributes(random: Random, _: Any, definitions: Definitions, __: Any) -> tuple[str, Any, Fits]:
    requested = [_attribute(random, definitions) for _ in range(random.choice([1, 2, 2, 12]))]
    return (
        "attributes",
        [each for each, _ in requested],
        lambda each: all(fits(each) for _, fits in requested),
    )


def _attribute(random: Random, definitions: Definitions) -> tuple[AttributeFilter, Fits]:
    kind = random.choice(sorted(VALUES))
    definition, invert = definitions.named(kind), random.random() < 0.3
    assert definition is not None
    operators = ["eq", "any", "all"] + ["lte", "gte", "between"] * (kind in ("birthday", "rooms"))
    operator: Any = random.choice(operators)
    count = {"any": random.randint(1, 3), "all": random.randint(1, 4), "between": 2}.get(operator, 1)
    values = [random.choice(VALUES[kind]) for _ in range(count)]

    def fits(each: Known) -> bool:
        held = [_same(kind, value) for value in each.values(kind)]
        asked = [_same(kind, value) for value in values]
        has = {
            "all": lambda: set(asked) <= set(held),
            "lte": lambda: any(value <= asked[0] for value in held),
            "gte": lambda: any(value >= asked[0] for value in held),
            "between": lambda: any(asked[0] <= value <= asked[1] for value in held),
        }.get(operator, lambda: bool(set(asked) & set(held)))()
        return has is not invert

    return AttributeFilter(definition, values, operator, invert), fits


def _same(kind: str, value: Any) -> Any:
    """As it is compared: numbers of phones by their digits, tags without case, other texts without accents too."""
    if kind == "phone_number":
        return "".join(filter(str.isdigit, value))[-10:]
    if not isinstance(value, str):
        return value
    return same(value) if kind == "tag" else fold(value)


PARTS: list[Part] = [_search, _letter, _people, _uids, _span, _attributes]


async def test_nobody_of_another_team(store: Store, alice: Person, charlie: Person, known: list[Known]) -> None:
    assert known
    stranger = await new_person(store, charlie.url, charlie.team, "Dan")
    async with store.reading() as reader:
        assert await count_contacts(reader, stranger.caller) == 0
