"""What a change of contacts leaves in the store."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from tests.people import Person
from touchbook.core.contacts.adding import NewContact, add_contacts
from touchbook.core.contacts.attribute import Attribute, Change, NewAttribute, Value
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.deriving import derive, searchable_text
from touchbook.core.contacts.editing import Edited, edit_contacts
from touchbook.core.contacts.matching import matched_value
from touchbook.core.contacts.plain import PlainMembers, edit_contact
from touchbook.core.contacts.queries import attributes_of, known_definitions
from touchbook.core.contacts.rows import DERIVED_TYPES
from touchbook.core.transaction import Reader
from touchbook.store.postgres import Store

_CHANGE = ("attribute_uid", "at", "actor_id", "surface", "was", "became")


async def add(store: Store, person: Person, *attributes: NewAttribute, **members: Any) -> Contact:
    async with store.transaction() as tx:
        definitions = await known_definitions(tx, person.caller)
        new = NewContact(attributes=attributes, **members)
        return (await add_contacts(tx, person.caller, [new], definitions))[0]


async def edit(store: Store, person: Person, contact: Contact, *changes: Change) -> Edited:
    async with store.transaction() as tx:
        definitions = await known_definitions(tx, person.caller)
        return (await edit_contacts(tx, person.caller, {contact.id: changes}, definitions))[contact.id]


async def edit_plainly(store: Store, person: Person, contact: Contact, **members: Any) -> Contact:
    async with store.transaction() as tx:
        return await edit_contact(tx, person.caller, contact, PlainMembers(**members))


async def held_by(store: Store, person: Person, contact: Contact) -> list[Attribute]:
    async with store.reading() as reader:
        return (await attributes_of(reader, person.caller, [contact.id])).get(contact.id, [])


async def attribute_of(store: Store, person: Person, contact: Contact, kind: str) -> Attribute:
    [attribute] = [each for each in await held_by(store, person, contact) if each.type == kind]
    return attribute


async def history_of(store: Store, person: Person, contact: Contact) -> list[dict[str, Any]]:
    """Each change: of which attribute, when, by whom, through what, from what, to what."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            f"""select {", ".join(f"h.{name}" for name in _CHANGE)} from contact_attribute_changes h
            where h.team_id = $1 and h.contact_id = $2 order by h.at""",
            person.team.id,
            contact.id,
        )
    return [
        {name: _read(row[name]) if name in ("was", "became") else row[name] for name in _CHANGE} for row in rows
    ]


async def events_of(store: Store, person: Person, subject: str, record_id: int) -> list[tuple[str, Any]]:
    """The kind and the changes of each, oldest first."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.kind, e.changes from events e
            where e.team_id = $1 and e.subject = $2 and e.subject_id = $3 order by e.id""",
            person.team.id,
            subject,
            record_id,
        )
    return [(row["kind"], _read(row["changes"])) for row in rows]


async def all_events(store: Store, person: Person) -> list[str]:
    async with store.reading() as reader:
        rows = await reader.fetch("select e.kind from events e where e.team_id = $1 order by e.id", person.team.id)
    return [row["kind"] for row in rows]


async def check_kept(store: Store, person: Person) -> None:
    """Every contact of the team equals what a fresh computation of its attributes gives, and keeps the rules."""
    async with store.reading() as reader:
        definitions = await known_definitions(reader, person.caller)
        rows = {row["id"]: row for row in await _contacts(reader, person)}
        attributes = await attributes_of(reader, person.caller, rows)
    for contact_id, row in rows.items():
        held = attributes.get(contact_id, [])
        derived = derive(held)
        shown = {name: row[name] for name in DERIVED_TYPES}
        shown["addresses"] = _read(shown["addresses"])
        assert shown == msgspec.structs.asdict(derived)
        assert row["folded"] == searchable_text(held, definitions, derived)
        assert max(Counter(each.type for each in held if each.is_primary).values(), default=0) <= 1
        singular = {definition.name for definition in definitions if definition.singular}
        once = Counter((each.type, each.is_partner) for each in held if each.type in singular)
        assert max(once.values(), default=0) <= 1
        for each in held:
            definition = definitions.named(each.type)
            assert definition is not None
            value = Value(each.text, each.date, each.number, each.address)
            assert each.matched == matched_value(definition, value, person.caller.region)


async def _contacts(reader: Reader, person: Person) -> Sequence[Any]:
    return await reader.fetch(
        f"""select c.id, x.folded, {", ".join(f"c.{name}" for name in DERIVED_TYPES)} from contacts c
        left join contact_texts x on x.team_id = $1 and x.contact_id = c.id
        where c.team_id = $1 and c.deleted_at is null""",
        person.team.id,
    )


def _read(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
