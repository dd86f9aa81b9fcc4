"""`filter[...]`, in both syntaxes."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from tests.dialects.outreach.asking import account_of, changed, choice_of, created, ids, refused, sent
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.deals.opening import open_deal
from touchbook.dialects.outreach.jsonapi.filters import parameter_names
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import Resource
from touchbook.store.postgres import Store

AMOUNTS = {"a": 5, "b": 7, "c": 10, "d": 10.5, "e": None}


@pytest.fixture
async def sales(alice: Person) -> dict[str, int]:
    account = await account_of(alice)
    made = {}
    for name, amount in AMOUNTS.items():
        body = sent("opportunity", related={"account": ("account", account)}, name=name, amount=amount)
        made[name] = (await created(alice, "/opportunities", body))["id"]
    return made


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("7", "b"),
        ("7,10.5", "bd"),
        ("5..10", "abc"),
        ("5..7,10.5", "abd"),
        ("neginf..7", "ab"),
        ("10..inf", "cd"),
        ("neginf..inf", "abcd"),
        ("__null__", "e"),
        ("__notnull__", "abcd"),
        ("__null__,5", "ae"),
        ("6", ""),
    ],
)
@pytest.mark.parametrize("new", ["false", "true"])
async def test_values_lists_and_ranges(
    alice: Person, sales: dict[str, int], asked: str, expected: str, new: str
) -> None:
    found = await ids(alice, "/opportunities", **{"filter[amount]": asked, "newFilterSyntax": new})
    assert found == [sales[name] for name in expected]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter[amount][gte]=7", "bcd"),
        ("filter[amount][gt]=7", "cd"),
        ("filter[amount][lte]=7", "ab"),
        ("filter[amount][lt]=7", "a"),
        ("filter[amount][gt]=5&filter[amount][lt]=10", "b"),
        ("filter[amount][]=5&filter[amount][]=10", "ac"),
        ("filter[amount][]=5", "a"),
        ("filter[name][]=a&filter[name][]=e&filter[name][]=a", "ae"),
        ("filter[name][gte]=c", "cde"),
        ("filter[name][]=a,b", ""),
        ("filter[owner][firstName][]=Alice&filter[amount][gte]=10", "cd"),
        ("filter[id][gt]=0&filter[amount]=5..7", "ab"),
    ],
)
async def test_the_newer_syntax(alice: Person, sales: dict[str, int], query: str, expected: str) -> None:
    answer = await alice.outreach.get(f"/opportunities?newFilterSyntax=true&{query}")
    assert [each["id"] for each in answer.json()["data"]] == [sales[name] for name in expected]
    assert (await alice.outreach.get(f"/opportunities?newFilterSyntax=false&{query}")).status_code == 400


CLOSING = {"a": date(2026, 3, 1), "b": date(2026, 3, 2), "c": date(2026, 4, 1), "d": None}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2026-03-02", "b"),
        ("2026-03-02T00:00:00.000Z", "b"),
        ("2026-03-01..2026-03-02", "ab"),
        ("2026-03-02..inf", "bc"),
        ("neginf..2026-03-31", "ab"),
        ("__null__", "d"),
    ],
)
async def test_days(store: Store, alice: Person, asked: str, expected: str) -> None:
    contact = await contact_of(store, alice)
    made = {}
    for name, day in CLOSING.items():
        async with store.transaction() as tx:
            deal = await open_deal(tx, alice.caller, title=name, contact_id=contact.id, closes_on=day)
        made[name] = deal.id
    assert await ids(alice, "/opportunities", **{"filter[closeDate]": asked}) == [made[name] for name in expected]


async def at(store: Store, person: Person, *instants: datetime) -> list[int]:
    """Contacts that were made then."""
    return [(await contact_of(Store(store.pool, partial(_same, each)), person)).id for each in instants]


def _same(instant: datetime) -> datetime:
    return instant


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"filter[createdAt]": "2026-05-02"}, "bcd"),
        ({"filter[createdAt]": "2026-05-02T10:00:00.123Z"}, "bc"),
        ({"filter[createdAt]": "2026-05-02T05:00:00.123-05:00"}, "bc"),
        ({"filter[createdAt]": "2026-05-01..2026-05-02"}, "abcd"),
        ({"filter[createdAt]": "2026-05-02T10:00:00.123Z..inf"}, "bcde"),
        ({"filter[createdAt]": "neginf..2026-05-02T10:00:00.123Z"}, "abc"),
        ({"filter[createdAt][gt]": "2026-05-02T10:00:00.123Z"}, "de"),
        ({"filter[createdAt][lt]": "2026-05-02T10:00:00.123Z"}, "a"),
        ({"filter[createdAt][lte]": "2026-05-02"}, "abcd"),
        ({"filter[createdAt][gt]": "2026-05-02"}, "e"),
        ({"filter[createdAt][gte]": "2026-05-02", "filter[createdAt][lt]": "2026-05-03"}, "bcd"),
    ],
)
async def test_a_time_is_what_is_shown_of_it(
    store: Store, alice: Person, query: dict[str, str], expected: str
) -> None:
    """A millisecond has a thousand instants, and a day is counted in to its end."""
    exact = datetime(2026, 5, 2, 10, 0, 0, 123_000, tzinfo=UTC)
    made = await at(
        store,
        alice,
        datetime(2026, 5, 1, 23, tzinfo=UTC),
        exact,
        exact.replace(microsecond=123_900),
        exact.replace(hour=23),
        datetime(2026, 5, 3, tzinfo=UTC),
    )
    found = await ids(alice, "/prospects", **query, newFilterSyntax="true")
    assert found == [made["abcde".index(name)] for name in expected]


async def test_a_plus_that_is_not_encoded_is_an_offset(store: Store, alice: Person) -> None:
    made = await at(store, alice, datetime(2026, 5, 1, tzinfo=UTC))
    answer = await alice.outreach.get("/prospects?filter[createdAt]=2026-05-01T02:00:00+02:00..inf")
    assert [each["id"] for each in answer.json()["data"]] == made


@pytest.fixture
async def people(store: Store, alice: Person, bob: Person) -> dict[str, int]:
    """Ann is Alice's, at Cyberdyne; Bo is Bob's, on his own."""
    account = await account_of(alice, "Cyberdyne")
    ann = sent(
        "prospect",
        related={
            "account": ("account", account),
            "stage": ("stage", await choice_of(alice, "/stages", 2)),
            "persona": ("persona", await choice_of(alice, "/personas", 1)),
        },
        firstName="Ann",
        title="Agent",
        emails=["Ann@Example.com", "ann@home.example"],
        tags=["Hot", "Warm"],
    )
    bo = sent("prospect", related={"owner": ("user", bob.user_id)}, firstName="Bo")
    return {
        "ann": (await created(alice, "/prospects", ann))["id"],
        "bo": (await created(alice, "/prospects", bo))["id"],
    }


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("firstName", "Ann", ["ann"]),
        ("firstName", "ann", ["ann"]),
        ("firstName", "an", []),
        ("firstName", "Ann,Bo", ["ann", "bo"]),
        ("title", "Agent", ["ann"]),
        ("title", "__null__", ["bo"]),
        ("emails", "ann@example.com", ["ann"]),
        ("emails", "ann@home.example,x@y.example", ["ann"]),
        ("emails", "__null__", ["bo"]),
        ("tags", "Hot", ["ann"]),
        ("tags", "Cold,Warm", ["ann"]),
        ("tags", "hot", ["ann"]),
        ("tags", "__notnull__", ["ann"]),
        ("touchedAt", "__null__", ["ann", "bo"]),
        ("owner][firstName", "Bob", ["bo"]),
        ("owner][firstName", "Alice,Bob", ["ann", "bo"]),
        ("account][name", "Cyberdyne", ["ann"]),
        ("account][id", "__null__", ["bo"]),
        ("account][id", "__notnull__", ["ann"]),
        ("stage][name", "Approaching", ["ann"]),
        ("stage][id", "__null__", ["bo"]),
        ("persona][name", "Buyer,Seller", ["ann"]),
    ],
)
async def test_what_prospects_are_asked_for(
    alice: Person, people: dict[str, int], name: str, value: str, expected: list[str]
) -> None:
    found = await ids(alice, "/prospects", **{f"filter[{name}]": value})
    assert found == [people[each] for each in expected]


async def test_records_are_asked_for_by_what_they_lead_to(
    alice: Person, bob: Person, charlie: Person, people: dict[str, int]
) -> None:
    shown = (await alice.outreach.get(f"/prospects/{people['ann']}")).json()["data"]["relationships"]
    for name in ("account", "owner", "stage", "persona"):
        found = await ids(alice, "/prospects", **{f"filter[{name}][id]": shown[name]["data"]["id"]})
        assert found == [people["ann"]]
    email = (await alice.outreach.get(f"/users/{bob.user_id}")).json()["data"]["attributes"]["email"]
    assert await ids(alice, "/prospects", **{"filter[owner][email]": email.upper()}) == [people["bo"]]
    assert await ids(alice, "/prospects", **{"filter[owner][id]": f"{charlie.user_id}"}) == []
    assert await ids(charlie, "/prospects", **{"filter[owner][id]": f"{alice.user_id}"}) == []
    assert await ids(charlie, "/users", **{"filter[id]": f"{alice.user_id}"}) == []


async def test_an_account_of_ones_own_is_none(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    assert await ids(alice, "/prospects", **{"filter[account][id]": str(contact.account_id)}) == []
    assert await ids(alice, "/accounts", **{"filter[id]": str(contact.account_id)}) == []


async def test_filters_must_all_hold(alice: Person, people: dict[str, int]) -> None:
    assert await ids(alice, "/prospects", **{"filter[firstName]": "Ann", "filter[title]": "Agent"}) == [
        people["ann"]
    ]
    assert await ids(alice, "/prospects", **{"filter[firstName]": "Bo", "filter[title]": "Agent"}) == []


@pytest.mark.parametrize(
    "name",
    [
        "filter[x]",
        "filter[name]",
        "filter[owner]",
        "filter[owner][lastName]",
        "filter[owner][id][x]",
        "filter[creator][id]",
        "filter[opportunities][id]",
        "filter[first_name]",
        "filter[firstName][like]",
        "filter[firstName][gte][x]",
        "filter[emails][gte]",
        "filter[]",
        "filter[[id]]",
        "filter[id]x",
        "filter[id",
    ],
)
@pytest.mark.parametrize("new", ["true", "false"])
async def test_what_cannot_be_asked_for_is_refused(alice: Person, name: str, new: str) -> None:
    assert await refused(alice, "/prospects", **{name: "1", "newFilterSyntax": new}) == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x"),
        ("id", ""),
        ("id", "1,"),
        ("id", "1..x"),
        ("id", "..5"),
        ("id", "5.."),
        ("id", "9" * 40),
        ("id", "1.5"),
        ("id", ",".join("1" * 1001)),
        ("createdAt", "yesterday"),
        ("createdAt", "2026-02-30"),
        ("createdAt", "0001-01-01"),
        ("createdAt", "2026-05-01T25:00:00Z"),
        ("createdAt", "2026-05-01.."),
        ("createdAt", "inf..neginf"),
        ("createdAt", ""),
        ("owner][id", "null"),
        ("amount", "1e5"),
        ("amount", "NaN"),
        ("closeDate", "soon"),
    ],
)
async def test_a_value_of_another_kind_is_refused(alice: Person, name: str, value: str) -> None:
    assert await refused(alice, "/opportunities", **{f"filter[{name}]": value}) == f"filter[{name}]"


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.kind)
async def test_everything_that_is_told_filters(alice: Person, resource: Resource[Any]) -> None:
    """That nothing is missing and that something is missing hold of nobody at once."""
    everyone = set(await ids(alice, resource.path))
    for name in parameter_names(resource):
        missing = set(await ids(alice, resource.path, **{name: "__null__"}))
        present = set(await ids(alice, resource.path, **{name: "__notnull__"}))
        assert missing & present == set()
        assert missing | present <= everyone


async def test_a_filter_of_nothing_matches_nothing(alice: Person, people: dict[str, int]) -> None:
    assert await ids(alice, "/prospects", **{"filter[firstName]": ""}) == []
    contact = await changed(alice, f"/prospects/{people['bo']}", sent("prospect", lastName="Lee"))
    assert await ids(alice, "/prospects", **{"filter[lastName]": "Lee"}) == [contact["id"]]


# All of a kind are made alike: the first stands for the others.
ALIKE = {f"filter[custom{number}]": pytest.mark.long for number in range(2, 151)}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param(resource.path, name, id=f"{resource.kind} {name}", marks=ALIKE.get(name, ()))
        for resource in RESOURCES.values()
        for name in parameter_names(resource)
    ],
)
async def test_no_filter_breaks_on_a_range(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch, path: str, name: str
) -> None:
    """In either syntax it is understood or refused. So many statements are not proved one by one."""
    monkeypatch.setattr(store, "witness", None)
    for value in ("1..5", "neginf..5", "1..inf", "neginf..inf", "2026-01-01..2026-02-01", "..", "__null__,1..2"):
        assert (await alice.outreach.get(path, params={name: value})).status_code in (200, 400)
    for operator in ("gte", "gt", "lte", "lt"):
        query = {f"{name}[{operator}]": "1", "newFilterSyntax": "true"}
        assert (await alice.outreach.get(path, params=query)).status_code in (200, 400)


async def test_ranges_of_all_filters_are_bounded(alice: Person) -> None:
    days = [f"2026-01-{day:02}" for day in range(1, 27)]
    assert await ids(alice, "/tasks", **{"filter[dueAt]": ",".join(days)}) == []
    query = {"filter[dueAt]": ",".join(days), "filter[createdAt]": ",".join(days)}
    assert await refused(alice, "/tasks", **query) == "filter"


async def test_words_are_in_no_order(alice: Person) -> None:
    query = {"filter[state][lte]": "incomplete", "newFilterSyntax": "true"}
    assert await refused(alice, "/tasks", **query) == "filter[state][lte]"
