"""After any series of changes what is derived equals what is computed anew, and the rules hold."""

from contextlib import suppress
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.contacts.attributes import new
from tests.core.contacts.rows import add, check_kept, edit, edit_plainly, held_by
from tests.people import Person, new_person, new_team
from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, NewAttribute, Removal
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.defining import define_attribute, remove_definition
from touchbook.core.contacts.definition import Definition
from touchbook.core.contacts.plain import Labelled
from touchbook.core.contacts.queries import find_contact, known_definitions
from touchbook.core.errors import Invalid, NotFound
from touchbook.store.postgres import Store

VALUES: dict[str, list[Any]] = {
    "first_name": ["Ann", "Éva", "Bea"],
    "last_name": ["Bell", "Straße"],
    "nickname": ["Annie", "Nan"],
    "company": ["ACME", "acme", "Cyberdyne"],
    "title": ["Mr.", "Mrs."],
    "email": ["a@example.com", "B@example.com", "c@example.com"],
    "phone_number": ["312 555 0100", "+13125550100", "none"],
    "tag": ["Hot", "Warm", "hot"],
    "note": ["likes blue", "x" * 300],
    "birthday": [date(1970, 1, 1), date(1938, 4, 24), date(1960, 2, 29)],
    "address": [{"city": "Paris"}, {"house_num": "1", "name": "Main", "unit": " "}],
    "pet": ["Rex", "Tom"],
    "children": [0, 2, 1e20],
}
_DEFINED: dict[str, dict[str, Any]] = {
    "pet": {"data_type": "text", "searchable": True},
    "children": {"data_type": "number", "singular": True},
}
_KINDS = st.sampled_from(sorted(VALUES))
_FLAGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from([None, "Work", "Home"]),
        "index": st.sampled_from([None, 0, 1]),
        "is_primary": st.booleans(),
        "is_partner": st.booleans(),
    },
)


def draw_new(data: st.DataObject, definitions: dict[str, Definition]) -> list[NewAttribute]:
    kind = data.draw(_KINDS.filter(definitions.__contains__))
    value = data.draw(st.sampled_from(VALUES[kind]))
    return [new(definitions[kind], value, **data.draw(_FLAGS))]


def draw_change(data: st.DataObject, held: list[Attribute], definitions: dict[str, Definition]) -> list[Change]:
    """Of each attribute that is there at most one edit or removal, as one request has it."""
    changes: list[Change] = []
    chosen = data.draw(st.lists(st.sampled_from(range(len(held))), unique=True, max_size=3)) if held else []
    for attribute in (held[each] for each in chosen):
        if data.draw(st.integers(0, 3)) == 0:
            changes.append(Removal(attribute.uid))
            continue
        definition = definitions[attribute.type]
        values = st.none() | st.sampled_from(VALUES[attribute.type])
        value: dict[str, Any] = {definition.data_type: data.draw(values)}
        edit = AttributeEdit(uid=attribute.uid, given=value, moved=data.draw(st.booleans()), **data.draw(_FLAGS))
        changes.append(edit)
    for _ in range(data.draw(st.integers(0, 3))):
        changes += draw_new(data, definitions)
    return changes


class Book:
    """One contact and its team's definitions, changed step by step."""

    def __init__(self, store: Store, alice: Person, contact: Contact) -> None:
        self.store, self.alice, self.contact = store, alice, contact

    async def definitions(self) -> dict[str, Definition]:
        async with self.store.reading() as reader:
            return {each.name: each for each in await known_definitions(reader, self.alice.caller)}

    async def edit(self, data: st.DataObject) -> None:
        held = await held_by(self.store, self.alice, self.contact)
        changes = draw_change(data, held, await self.definitions())
        try:
            edited = await edit(self.store, self.alice, self.contact, *_in_order(changes))
        except NotFound:
            # Two edits that would make one singular attribute of two.
            assert await held_by(self.store, self.alice, self.contact) == held
            return
        left = edited.outcome.left if changes else held
        assert sorted(each.uid for each in left) == sorted(
            each.uid for each in await held_by(self.store, self.alice, self.contact)
        )

    async def edit_plainly(self, data: st.DataObject) -> None:
        names = {name: data.draw(st.none() | st.sampled_from(VALUES[name])) for name in ("first_name", "company")}
        lists = {
            "emails": data.draw(st.lists(st.sampled_from(VALUES["email"]), max_size=3)),
            "phone_numbers": [
                Labelled(text, data.draw(st.sampled_from([None, "Mobile"])))
                for text in data.draw(st.lists(st.sampled_from(VALUES["phone_number"]), max_size=3))
            ],
        }
        requested = {name: value for name, value in (names | lists).items() if data.draw(st.booleans())}
        async with self.store.reading() as reader:
            now = await find_contact(reader, self.alice.caller, self.contact.id)
        # Refused if it would leave nothing to go by.
        with suppress(Invalid):
            await edit_plainly(self.store, self.alice, now, **requested)

    async def define(self, data: st.DataObject) -> None:
        own = {name: each for name, each in (await self.definitions()).items() if each.id}
        name = data.draw(st.sampled_from(sorted(_DEFINED)))
        async with self.store.transaction() as tx:
            if name in own:
                await remove_definition(tx, self.alice.caller, uid=own[name].uid)
            else:
                await define_attribute(
                    tx, self.alice.caller, name=name, label=name, section="Own", **_DEFINED[name]
                )


def _in_order(changes: list[Change]) -> list[Change]:
    """Edits before additions, as requests are read: what is edited may be replaced, not the other way round."""
    return sorted(changes, key=lambda change: isinstance(change, NewAttribute))


_STEPS = st.sampled_from([Book.edit, Book.edit, Book.edit, Book.edit_plainly, Book.define])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_derived_equals_computed_anew(store: Store, server: str, data: st.DataObject) -> None:
    alice = await new_person(store, server, await new_team(store), "Alice")
    contact = await add(store, alice, new("first_name", "Ann"), new("email", "a@example.com", is_primary=True))
    colleague = await add(store, alice, new("first_name", "Bea"), new("company", "ACME"))
    for one in (contact, colleague, contact):
        book = Book(store, alice, one)
        for step in data.draw(st.lists(_STEPS, min_size=1, max_size=5)):
            await step(book, data)
            await check_kept(store, alice)
