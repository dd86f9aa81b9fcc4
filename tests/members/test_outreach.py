"""Prospects, accounts, opportunities and calls keep what Outreach lets clients write, or refuse it by name."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.outreach.asking import changed, content_of, created, ids, listed, problems, sent, shown
from tests.members.model import Pairs, Resource, Values, check_kept, pair_of, spread, vendor
from tests.members.restoring import restored
from tests.people import Person
from touchbook.config import Settings
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.identity import prefixed_id
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.routes import ROUTES
from touchbook.store.postgres import Store

KINDS = ("prospect", "account", "opportunity", "call")
README = Path(__file__).parents[2] / "src/touchbook/dialects/outreach/README.md"
_NEEDED: Mapping[str, Values] = {
    "prospect": {"firstName": "Ann"},
    "account": {"name": "Cyberdyne"},
    "opportunity": {"name": "Roof"},
    "call": {},
}
# What has rules of its own.
_PAIRS: Mapping[str, Pairs] = {
    "prospect": {
        "emails": (["ann@example.com", "b@example.com"], ["b@example.com"]),
        "callsOptStatus": ("opted_out", "opted_in"),
        "emailsOptStatus": ("opted_out", "opted_in"),
        **{
            f"{use}Phones": ([f"(312) 555-01{number}0"], [f"(312) 555-01{number}1", f"(312) 555-01{number}2"])
            for number, use in enumerate(("home", "mobile", "other", "voip", "work"))
        },
    },
    "account": {},
    "opportunity": {
        "amount": (125, 250.5),
        "amountPrecise": ("125.00", "250.50"),
        "currencyType": ("EUR", "CAD"),
        "probability": (40, 60),
    },
    "call": {"direction": ("inbound", "outbound")},
}
_DAYS = ("dateOfBirth", "closeDate")
_TABLES = {"prospect": "contacts", "account": "accounts", "opportunity": "deals", "call": "activities"}
_IN_CLOSE = {"prospect": ("contact", "title"), "account": ("lead", "name"), "opportunity": ("opportunity", "note")}


def writable(kind: str, part: str) -> dict[str, Any]:
    members = spread(vendor("outreach")[kind][part])
    return {name: schema for name, schema in members.items() if not schema["read_only"]}


def pairs(kind: str) -> Pairs:
    return {
        name: _PAIRS[kind].get(name) or pair_of(name, schema)
        for name, schema in writable(kind, "attributes").items()
    }


def shown_as(name: str, value: Any) -> Any:
    """A day that has long been there is shown as its midnight."""
    return f"{value[:10]}T00:00:00.000Z" if name in _DAYS else value


async def uid_of(store: Store, person: Person, kind: str, record: int) -> Any:
    async with store.reading() as reader:
        return await reader.fetch_value(
            f"select x.uid from {_TABLES[kind]} x where x.team_id = $1 and x.id = $2", person.team.id, record
        )


async def write_in_close(store: Store, person: Person, kind: str, record: int) -> None:
    """Close sends whole objects back: with a change, and without it again."""
    noun, member = _IN_CLOSE[kind]
    path = f"/{noun}/{prefixed_id(noun[:4], await uid_of(store, person, kind, record))}/"
    whole = (await person.close.get(path)).json()
    for value in ("Something else", whole[member]):
        answer = await person.close.put(path, json={**whole, member: value})
        assert answer.status_code == 200, answer.text


async def write_in_rechat(store: Store, person: Person, record: int) -> None:
    path = f"/contacts/{await uid_of(store, person, 'prospect', record)}"
    body = {"attributes": [{"attribute_type": "note", "text": "Likes the garden"}]}
    answer = await person.rechat.patch(path, json=body)
    assert answer.status_code == 200, answer.text


def resource(kind: str) -> Resource:
    path = RESOURCES[kind].path
    writes_again = any(route.method == "PATCH" and route.path == f"/api/v2{path}/{{id}}" for route in ROUTES)

    async def create(person: Person, members: Values) -> Any:
        related: dict[str, Any] = {}
        if kind in ("opportunity", "call"):
            prospect = await created(person, "/prospects", sent("prospect", firstName="Kyle"))
            related = {"prospect" if kind == "call" else "primaryProspect": ("prospect", prospect["id"])}
        made = await created(person, path, sent(kind, related=related, **{**_NEEDED[kind], **members}))
        return made["id"]

    async def update(person: Person, record: Any, members: Values) -> None:
        await changed(person, f"{path}/{record}", sent(kind, record, **members))

    async def show(person: Person, record: Any) -> Values:
        found: Values = (await shown(person, f"{path}/{record}"))["attributes"]
        return found

    async def list_(person: Person) -> Sequence[Values]:
        return [each["attributes"] for each in (await listed(person, path))["data"]]

    async def find(person: Person, name: str, value: Any) -> Sequence[Any] | None:
        if name not in RESOURCES[kind].filters:
            return None
        each = value[-1] if isinstance(value, list) else value
        text = str(each).lower() if isinstance(each, bool) else str(each)
        return await ids(person, path, newFilterSyntax="true", **{f"filter[{name}][]": text})

    async def write_elsewhere(store: Store, person: Person, record: Any) -> None:
        if kind in _IN_CLOSE:
            await write_in_close(store, person, kind, record)
        if kind == "prospect":
            await write_in_rechat(store, person, record)

    async def send_back(person: Person, record: Any) -> None:
        whole = content_of(await person.outreach.get(f"{path}/{record}"))
        await changed(person, f"{path}/{record}", whole)

    return Resource(
        create=create,
        update=update if writes_again else None,
        show=show,
        list=list_,
        find=find,
        write_elsewhere=write_elsewhere,
        send_back=send_back if writes_again else None,
        shown=shown_as,
    )


_SOME = ("custom1", "custom75", "custom150", "customId")
_REFUSED = [(kind, name) for kind in KINDS for name in sorted(RESOURCES[kind].unkept)]
_RELATED = {
    "prospect": ("account", "owner", "persona", "stage"),
    "account": ("owner",),
    "opportunity": ("account", "owner", "primaryProspect"),
    "call": ("prospect", "user"),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_what_the_vendor_lets_write_is_kept(store: Store, alice: Person, kind: str) -> None:
    some = {name: pair for name, pair in pairs(kind).items() if not name.startswith("custom") or name in _SOME}
    await check_kept(store, alice, resource(kind), some)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS[:3])
async def test_each_custom_attribute_is_kept(store: Store, alice: Person, kind: str) -> None:
    await check_kept(store, alice, resource(kind), pairs(kind))


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name in pairs(kind) if name not in _SOME]
)
async def test_each_is_kept_by_itself(store: Store, alice: Person, kind: str, name: str) -> None:
    if not name.startswith("custom"):
        await check_kept(store, alice, resource(kind), {name: pairs(kind)[name]})


@pytest.mark.parametrize("kind", KINDS)
async def test_a_relationship_is_kept_or_refused(store: Store, alice: Person, kind: str) -> None:
    """Each that the vendor lets write is one or the other, and the README names those that are refused."""
    assert writable(kind, "relationships").keys() == {*_RELATED[kind], *RESOURCES[kind].unkept}
    told = README.read_text(encoding="utf-8")
    assert [name for name in RESOURCES[kind].unkept if f"`{name}`" not in told] == []


@pytest.mark.parametrize(("kind", "name"), _REFUSED)
async def test_a_relationship_to_what_is_not_here_is_refused(alice: Person, kind: str, name: str) -> None:
    path, needed = RESOURCES[kind].path, dict(_NEEDED[kind])
    body = sent(kind, related={name: [("team", 1)]}, **needed)
    assert f"/data/relationships/{name}" in problems(await alice.outreach.post(path, json=body), 422)
    body = sent(kind, related={name: []}, **needed)
    answer = await alice.outreach.post(path, json=body)
    assert answer.status_code == 201 or f"/data/relationships/{name}" not in problems(answer, 422)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_value_of_another_type_is_refused_by_name(store: Store, alice: Person, kind: str) -> None:
    wrong: dict[str, Any] = {}
    for name, schema in writable(kind, "attributes").items():
        wrong[name] = 5 if schema["type"] == "string" and "format" not in schema else "x"
    days = {name: wrong.pop(name) for name in (*_DAYS, "completedAt") if name in wrong}
    path = RESOURCES[kind].path
    found = problems(await alice.outreach.post(path, json=sent(kind, **wrong)), 422)
    assert wrong.keys() - {str(pointer).rpartition("/")[2] for pointer in found} == set()
    related = {}
    if kind in ("opportunity", "call"):
        prospect = await created(alice, "/prospects", sent("prospect", firstName="Kyle"))
        related = {"prospect" if kind == "call" else "primaryProspect": ("prospect", prospect["id"])}
    for name, value in days.items():
        body = sent(kind, related=related, **{**_NEEDED[kind], name: value})
        assert problems(await alice.outreach.post(path, json=body), 422).keys() == {f"/data/attributes/{name}"}


async def test_custom_attributes_are_the_teams(store: Store, alice: Person, charlie: Person) -> None:
    """Rechat shows them; the 29 that everyone has stay 29 until one is written."""
    assert len((await alice.rechat.get("/contacts/attribute_defs")).json()["data"]) == 29
    made = await created(alice, "/prospects", sent("prospect", firstName="Ann", custom7="Gold", custom8=None))
    defined = (await alice.rechat.get("/contacts/attribute_defs")).json()["data"]
    assert {each["name"] for each in defined} - {each.name for each in GLOBAL} == {"custom7"}
    path = f"/contacts/{await uid_of(store, alice, 'prospect', made['id'])}"
    query = {"associations": "contact.attributes"}
    held = (await alice.rechat.get(path, params=query)).json()["data"]["attributes"]
    [attribute] = [each for each in held if each["attribute_type"] == "custom7"]
    assert attribute["text"] == "Gold"
    body = {"attributes": [{"id": attribute["id"], "text": "Silver"}]}
    assert (await alice.rechat.patch(path, json=body)).status_code == 200
    assert (await shown(alice, f"/prospects/{made['id']}"))["attributes"]["custom7"] == "Silver"
    assert len((await charlie.rechat.get("/contacts/attribute_defs")).json()["data"]) == 29


async def test_null_takes_a_value_away(alice: Person) -> None:
    values = {"eventName": "Fair", "custom7": "Gold", "facebookUrl": "f", "addressStreet2": "Apt 4"}
    made = await created(alice, "/prospects", sent("prospect", firstName="Ann", **values))
    now = await changed(alice, f"/prospects/{made['id']}", sent("prospect", made["id"], **dict.fromkeys(values)))
    assert [now["attributes"].get(name) for name in values] == [None] * len(values)


@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [
        ("prospect", "company", ("Cyberdyne", None)),
        ("prospect", "score", (1e15 + 1,)),
        ("prospect", "eventName", ("x" * 256,)),
        ("opportunity", "amountPrecise", ("1.234", "1e5", "")),
        ("prospect", "addedAt", ("2021-02-30T00:00:00Z", "")),
    ],
)
async def test_bounds(alice: Person, kind: str, name: str, values: Sequence[Any]) -> None:
    for value in values:
        answer = await alice.outreach.post(RESOURCES[kind].path, json=sent(kind, **_NEEDED[kind], **{name: value}))
        if name == "company":
            assert answer.status_code == 201
        else:
            assert f"/data/attributes/{name}" in problems(answer, 422)


async def test_two_amounts_and_two_prospects_must_agree(alice: Person) -> None:
    first, second = [(await created(alice, "/prospects", sent("prospect", firstName="A")))["id"] for _ in range(2)]
    related = {"primaryProspect": ("prospect", first), "prospects": [("prospect", second)]}
    answer = await alice.outreach.post("/opportunities", json=sent("opportunity", related=related, name="Roof"))
    assert problems(answer, 422).keys() == {"/data/relationships/primaryProspect"}
    body = sent("opportunity", related={"primaryProspect": ("prospect", first)}, name="Roof", amount=1)
    body["data"]["attributes"]["amountPrecise"] = "2.00"
    answer = await alice.outreach.post("/opportunities", json=body)
    assert problems(answer, 422).keys() == {"/data/attributes/amountPrecise"}


@pytest.mark.long
async def test_a_backup_has_them(
    alice: Person, database_url: str, shared_dir: Path, settings: Settings, tmp_path: Path
) -> None:
    made = {
        kind: await resource(kind).create(alice, {name: first for name, (first, _) in pairs(kind).items()})
        for kind in KINDS
    }
    before = {kind: await resource(kind).show(alice, record) for kind, record in made.items()}
    async with restored(database_url, shared_dir, settings, tmp_path) as address:
        there = dataclasses.replace(alice, url=address)
        for kind, record in made.items():
            assert await resource(kind).show(there, record) == before[kind]
