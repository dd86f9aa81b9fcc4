"""Members that one API knows alone are written, told of and found alike, whatever record they stand beside."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest

from tests.core.contacts.rows import events_of
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.accounts.changing import AccountChanges, change_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.accounts.query_schema import COMPANIES
from touchbook.core.activities.recording import record_activity
from touchbook.core.caller import Caller
from touchbook.core.contacts.changes import ContactChanges
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.editing import change_contact, change_contacts
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.contacts.query_schema import CONTACTS
from touchbook.core.deals.changing import DealChanges, change_deal
from touchbook.core.deals.opening import open_deal
from touchbook.core.deals.query_schema import DEALS
from touchbook.core.errors import Invalid
from touchbook.core.foreign_members import (
    MOST_BYTES,
    MOST_MEMBERS,
    ForeignMembers,
    differing_members,
    foreign_column,
    members_of,
    merged_members,
)
from touchbook.core.query.conditions import Condition
from touchbook.core.query.pages import fetch_page
from touchbook.core.query.schema import QuerySchema
from touchbook.core.query.windows import Window
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store

FAIR: ForeignMembers = {"outreach": {"eventName": "Fair", "score": 1.5, "named": True, "codes": ["a", "b"]}}


class Noun(NamedTuple):
    table: str
    add: Callable[[Transaction, Caller, ForeignMembers], Awaitable[int]]
    change: Callable[[Transaction, Caller, int, ForeignMembers], Awaitable[Any]]
    schema: QuerySchema[Any]
    alias: str


async def add_person(tx: Transaction, caller: Caller, members: ForeignMembers) -> int:
    return (await add_contact(tx, caller, PlainMembers(first_name="Ann"), foreign_members=members)).id


async def add_account(tx: Transaction, caller: Caller, members: ForeignMembers) -> int:
    return (await open_account(tx, caller, kind="company", name="Cyberdyne", foreign_members=members)).id


async def add_deal(tx: Transaction, caller: Caller, members: ForeignMembers) -> int:
    account = await add_account(tx, caller, {})
    return (await open_deal(tx, caller, title="Roof", account_id=account, foreign_members=members)).id


NOUNS = {
    "contact": Noun(
        "contacts",
        add_person,
        lambda tx, caller, record, members: change_contact(
            tx, caller, record, ContactChanges(foreign_members=members)
        ),
        CONTACTS,
        "c",
    ),
    "account": Noun(
        "accounts",
        add_account,
        lambda tx, caller, record, members: change_account(
            tx, caller, record, AccountChanges(foreign_members=members)
        ),
        COMPANIES,
        "a",
    ),
    "deal": Noun(
        "deals",
        add_deal,
        lambda tx, caller, record, members: change_deal(tx, caller, record, DealChanges(foreign_members=members)),
        DEALS,
        "d",
    ),
}
nouns = pytest.mark.parametrize("name", NOUNS)


async def held(store: Store, person: Person, table: str, record: int) -> Mapping[str, Any] | None:
    async with store.reading() as reader:
        found = await reader.fetch_value(
            f"select x.foreign_members from {table} x where x.team_id = $1 and x.id = $2", person.team.id, record
        )
    return None if found is None else msgspec.json.decode(found)


async def add(store: Store, person: Person, noun: Noun, members: ForeignMembers) -> int:
    async with store.transaction() as tx:
        return await noun.add(tx, person.caller, members)


async def change(store: Store, person: Person, noun: Noun, record: int, members: ForeignMembers) -> None:
    async with store.transaction() as tx:
        await noun.change(tx, person.caller, record, members)


async def found(store: Store, person: Person, noun: Noun, member: str, *values: Any, **kind: Any) -> list[int]:
    column = foreign_column(f"{noun.table} {noun.alias}", "outreach", member, **kind)
    schema = msgspec.structs.replace(noun.schema, columns={**noun.schema.columns, "sought": column})
    async with store.reading() as reader:
        conditions = [Condition(column="sought", values=values, missing=not values)]
        page = await fetch_page(reader, person.caller, schema, conditions, [], Window(limit=10))
    return [cursor[-1] for cursor in page.cursors]


@nouns
async def test_members_are_merged_by_dialect_and_name(store: Store, alice: Person, name: str) -> None:
    noun = NOUNS[name]
    record = await add(store, alice, noun, FAIR)
    assert await held(store, alice, noun.table, record) == FAIR
    await change(
        store, alice, noun, record, {"close": {"color": "red"}, "outreach": {"score": None, "named": False}}
    )
    left = {"eventName": "Fair", "named": False, "codes": ["a", "b"]}
    assert await held(store, alice, noun.table, record) == {"outreach": left, "close": {"color": "red"}}
    await change(store, alice, noun, record, {"outreach": dict.fromkeys(left), "close": {"color": None}})
    assert await held(store, alice, noun.table, record) is None


@nouns
async def test_an_event_names_what_differs_alone(store: Store, alice: Person, name: str) -> None:
    noun = NOUNS[name]
    record = await add(store, alice, noun, FAIR)
    same: ForeignMembers = {"outreach": {"score": 1.5, "named": True, "absent": None}}
    await change(store, alice, noun, record, same)
    await change(store, alice, noun, record, {"outreach": {"score": 1.5, "eventName": None, "named": 1}})
    made, *changes = await events_of(store, alice, name, record)
    assert made[1]["foreign_members"] == FAIR
    told = {"foreign_members": {"outreach": {"eventName": None, "named": 1}}}
    assert changes == [(f"{name}.updated", told)]


@nouns
async def test_they_are_found_by_equality(store: Store, alice: Person, charlie: Person, name: str) -> None:
    noun = NOUNS[name]
    fair, other = [await add(store, alice, noun, members) for members in (FAIR, {"close": {"eventName": "Fair"}})]
    await add(store, charlie, noun, FAIR)
    assert await found(store, alice, noun, "eventName", "Fair") == [fair]
    assert await found(store, alice, noun, "eventName", "Fair", "Show") == [fair]
    assert await found(store, alice, noun, "eventName", "fair") == []
    assert await found(store, alice, noun, "score", 1.5, kind="numeric") == [fair]
    assert await found(store, alice, noun, "score", 1.5, 2, kind="numeric") == [fair]
    assert await found(store, alice, noun, "named", True, kind="boolean") == [fair]
    assert await found(store, alice, noun, "codes", "b", many=True) == [fair]
    assert await found(store, alice, noun, "codes", "x", "a", many=True) == [fair]
    assert other in await found(store, alice, noun, "codes", many=True)
    assert fair not in await found(store, alice, noun, "codes", many=True)


async def test_a_contact_among_others_keeps_its_own(store: Store, alice: Person) -> None:
    first, second = [await add(store, alice, NOUNS["contact"], FAIR) for _ in range(2)]
    third = (await contact_of(store, alice)).id
    changes = {first: FAIR, second: {"outreach": {"eventName": "Show"}}, third: {"close": {"x": "y"}}}
    async with store.transaction() as tx:
        requested = {each: ContactChanges(foreign_members=members) for each, members in changes.items()}
        await change_contacts(tx, alice.caller, requested, GLOBAL)
    assert await held(store, alice, "contacts", first) == FAIR
    assert (await held(store, alice, "contacts", second) or {})["outreach"]["eventName"] == "Show"
    assert await held(store, alice, "contacts", third) == {"close": {"x": "y"}}


async def test_an_activity_keeps_what_it_was_recorded_with(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    async with store.transaction() as tx:
        [activity] = await record_activity(
            tx, alice.caller, contact_ids=[contact.id], kind="call", foreign_members=FAIR
        )
    assert await held(store, alice, "activities", activity.id) == FAIR
    [(_, told)] = await events_of(store, alice, "activity", activity.id)
    assert told["foreign_members"] == FAIR


@pytest.mark.parametrize(
    "sent",
    [
        {f"m{number}": 1 for number in range(MOST_MEMBERS + 1)},
        {"a": "x" * MOST_BYTES},
        {"a": "й" * (MOST_BYTES // 2)},
    ],
)
def test_too_many_or_too_long_are_refused_by_name(sent: Mapping[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        merged_members(None, {"outreach": sent})
    assert refused.value.problems.keys() == sent.keys()


def test_what_was_too_much_may_become_less() -> None:
    most = {f"m{number}": 1 for number in range(MOST_MEMBERS)}
    held = merged_members(None, {"outreach": most})
    assert merged_members(held, {"close": {"x": 1}, "outreach": {"m1": None}}) is not None


@pytest.mark.parametrize("value", [1, True, 0, False, 1.0, 1e22, "1", [], ["1"], 2**60])
def test_a_value_is_itself_alone(value: Any) -> None:
    others: Sequence[Any] = [1, True, 0, False, "1", [], ["1"], 2**60]
    column = merged_members(None, {"outreach": {"x": value}})
    assert members_of(column, "outreach") == {"x": value}
    assert differing_members(column, {"outreach": {"x": value}}) == {}
    for other in others:
        if (type(other), other) != (type(value), value) and not (value == 1.0 and isinstance(value, float)):
            assert differing_members(column, {"outreach": {"x": other}}) == {"outreach": {"x": other}}
