"""Each member of a lead, a contact, an opportunity or a task of Close is kept, or refused or ignored by name.

`vendors.json` has the members of Close's public schemas, with their types: what a create and an update take, and
what is shown. What is kept is shown by get and list, changes alone, and stays when others write the record.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.dialects.close.records import my_id, new_contact, new_lead
from tests.dialects.close.wire import data_of, refusal_of
from tests.dialects.outreach.asking import changed, sent, shown
from tests.members.model import vendor
from tests.members.restoring import restored
from tests.people import Person, close_client
from touchbook.config import Settings
from touchbook.dialects import close

MEMBERS: Mapping[str, Mapping[str, Mapping[str, list[str]]]] = vendor("close")
README = Path(close.__file__).with_name("README.md").read_text(encoding="utf-8")
KINDS = ("lead", "contact", "opportunity", "task")
ADDRESS = {"label": "business", "address_1": "1 Main", "city": "Chicago", "zipcode": "60601", "country": "US"}
FILE = {"url": "https://files.example/a.pdf", "filename": "a.pdf", "content_type": "application/pdf", "size": 3}


class Around(NamedTuple):
    """What a record can refer to."""

    lead: Any
    contacts: list[Any]
    users: list[str]
    statuses: dict[str, list[Any]]


class Kept(NamedTuple):
    """`first` and `second` find values among what is around; `wrong` is of a type that it cannot have."""

    first: Callable[[Around], Any]
    second: Callable[[Around], Any]
    wrong: Any


def plain(first: Any, second: Any, wrong: Any) -> Kept:
    return Kept(lambda _: first, lambda _: second, wrong)


_CONTACT = Kept(lambda around: around.contacts[0]["id"], lambda around: around.contacts[1]["id"], 1)
_TITLE = plain("Head of sales", "Owner", 1)
KEPT: dict[str, dict[str, Kept]] = {
    "lead": {
        "name": plain("Cyberdyne", "Resistance", 1),
        "status_id": Kept(lambda a: a.statuses["lead"][1]["id"], lambda a: a.statuses["lead"][2]["id"], 1),
        "description": plain("Robots", "Steel\nand more", ["x"]),
        "url": plain("https://a.example", "https://b.example", {}),
        "addresses": plain([ADDRESS], [{"label": "mailing", "state": "IL"}, ADDRESS], "1 Main"),
        "custom.Industry": plain("Robots", "Steel", {}),
        "custom.Markets": plain(["US", "EU"], ["JP"], {}),
    },
    "contact": {
        "name": plain("Sarah Connor", "Kate Brewster", 1),
        "title": _TITLE,
        "emails": plain(
            [{"email": "sarah@a.example", "type": "office"}],
            [{"email": "kate@a.example", "type": "home"}, {"email": "sarah@a.example", "type": "office"}],
            "sarah@a.example",
        ),
        "phones": plain(
            [{"phone": "+13125550100", "type": "mobile"}], [{"phone": "+13125550101", "type": "home"}], {}
        ),
        "urls": plain(
            [{"url": "https://a.example", "type": "url"}],
            [{"url": "https://b.example", "type": "office"}, {"url": "https://a.example", "type": "url"}],
            "https://a.example",
        ),
        "timezone": plain("America/Chicago", "Europe/Paris", 1),
        "custom.Industry": plain("Robots", "Steel", {}),
        "custom.Age": plain(3, 4.5, "x"),
    },
    "opportunity": {
        "note": plain("The roof", "Half the roof", ["x"]),
        "confidence": plain(90, 0, "90"),
        "value": plain(50000, 1, 1.5),
        "value_currency": plain("EUR", "USD", "euro"),
        "value_period": plain("monthly", "annual", "weekly"),
        "date_won": plain("2026-12-01", "2027-01-31", 20261201),
        "contact_id": _CONTACT,
        "user_id": Kept(lambda around: around.users[1], lambda around: around.users[0], None),
        "status_id": Kept(
            lambda a: a.statuses["opportunity"][1]["id"], lambda a: a.statuses["opportunity"][2]["id"], 1
        ),
        "pipeline_id": plain("pipe_1", "pipe_2", 1),
        "attachments": plain([FILE], [FILE, {"url": "https://files.example/b.pdf"}], [1]),
        "custom.Industry": plain("Robots", "Steel", {}),
    },
    "task": {
        "text": plain("Call", "Visit", 1),
        "date": plain("2026-12-01", "2026-12-02T10:00:00+00:00", 1),
        "assigned_to": Kept(lambda around: around.users[1], lambda around: around.users[0], 1),
        "contact_id": _CONTACT,
        "is_complete": plain(False, True, "yes"),
        "priority": plain("high", "medium", "low"),
        "resolution": plain("Called", "Written", 1),
        "agent_config_id": plain("agent_1", "agent_2", 1),
    },
}
# The same value as another member, which is among the kept ones.
SAME = {
    "opportunity": {"custom_fields": "custom"},
    "task": {"due_date": "date", "is_dateless": "date"},
}
# Written with the record, and never again; a change that has them is the change without them.
FIXED = {
    "contact": {"lead_id"},
    "opportunity": {"lead_id", "created_by", "date_created"},
    "task": {"lead_id", "created_by", "organization_id"},
    "lead": {"contacts"},
}
_MADE = {"id", "date_created", "date_updated", "created_by", "updated_by", "organization_id", "integration_links"}
_NAMES = {"created_by_name", "updated_by_name"}
DERIVED = {
    "lead": _MADE | _NAMES | {
        "contact_ids", "contacts_summary", "display_name", "html_url", "localtime", "opportunities",
        "primary_address_summary", "primary_email", "primary_phone", "recent_calls", "source", "status_label",
        "summaries", "tasks",
    },
    "contact": _MADE | {
        "display_name", "lead_suggestions_operation_id", "recent_calls", "subscriptions", "timezone_source",
    },
    "opportunity": _MADE - FIXED["opportunity"] | _NAMES | {
        "annualized_expected_value", "annualized_value", "comment_summary", "contact_name", "date_lost",
        "expected_value", "is_stalled", "lead_name", "lead_primary_email", "lead_primary_phone", "pipeline_name",
        "stall_status", "status_display_name", "status_label", "status_type", "suggested_action", "user_name",
        "value_formatted",
    },
    "task": _MADE - FIXED["task"],
}  # fmt: skip
REFUSED: dict[str, dict[str, Any]] = {
    "opportunity": {"created_by": "user_x", "date_created": "2026-11-01T00:00:00+00:00"}
}
kinds = pytest.mark.parametrize("kind", KINDS)
each_kept = pytest.mark.parametrize(
    ("kind", "member"), [(kind, member) for kind in KINDS for member in KEPT[kind]]
)


async def surroundings(alice: Person, bob: Person) -> Around:
    lead = await new_lead(alice, "Surroundings")
    contacts = [await new_contact(alice, lead, name) for name in ("John Connor", "Miles Dyson")]
    statuses = {kind: data_of(await alice.close.get(f"/status/{kind}/")) for kind in ("lead", "opportunity")}
    return Around(lead, contacts, [await my_id(alice), await my_id(bob)], statuses)


async def new_record(person: Person, kind: str, around: Around, **members: Any) -> Any:
    body = members if kind == "lead" else {"lead_id": around.lead["id"], **members}
    return data_of(await person.close.post(f"/{kind}/", json=body))


def firsts(kind: str, around: Around) -> dict[str, Any]:
    return {name: kept.first(around) for name, kept in KEPT[kind].items()}


def named(record: Any, names: Any) -> dict[str, Any]:
    """Return the members; fields that were sent by name are shown by name in `custom`."""
    return {
        name: record["custom"].get(name.removeprefix("custom.")) if name.startswith("custom.") else record[name]
        for name in names
    }


@kinds
def test_each_member_is_accounted_for(kind: str) -> None:
    """What is neither kept nor fixed follows from something else; no schema of Close lets a client write it."""
    all_ = {part: set(members) for part, members in MEMBERS[kind].items()}
    known = KEPT[kind].keys() | SAME.get(kind, {}).keys() | FIXED[kind]
    assert all_.get("create", set()) | all_.get("update", set()) <= known
    assert all_.get("shown", set()) <= known | DERIVED[kind]
    assert not known & DERIVED[kind]
    for name in FIXED[kind] | REFUSED.get(kind, {}).keys():
        [row] = [
            line for line in README.splitlines() if line.startswith(("| a ", "| an ")) and f"{kind} | " in line
        ]
        assert f"`{name}`" in row


@kinds
async def test_all_of_them_are_shown(alice: Person, bob: Person, kind: str) -> None:
    around = await surroundings(alice, bob)
    wanted = firsts(kind, around)
    made = await new_record(alice, kind, around, **wanted)
    assert named(made, wanted) == wanted
    path = f"/{kind}/{made['id']}/"
    assert data_of(await bob.close.get(path)) == made
    listed = [each for each in data_of(await bob.close.get(f"/{kind}/")) if each["id"] == made["id"]]
    assert listed == [made]
    assert data_of(await bob.close.put(path, json=made)) == made


@kinds
async def test_each_changes_alone(alice: Person, bob: Person, kind: str) -> None:
    around = await surroundings(alice, bob)
    wanted = firsts(kind, around)
    path = f"/{kind}/{(await new_record(alice, kind, around, **wanted))['id']}/"
    for name, kept in KEPT[kind].items():
        wanted[name] = kept.second(around)
        after = data_of(await bob.close.put(path, json={name: wanted[name]}))
        assert named(after, wanted) == wanted
    assert named(data_of(await alice.close.get(path)), wanted) == wanted


@kinds
async def test_what_is_fixed_or_derived_is_ignored_in_a_change(alice: Person, bob: Person, kind: str) -> None:
    around = await surroundings(alice, bob)
    made = await new_record(alice, kind, around, **firsts(kind, around))
    others = {"lead_id": "lead_x", "created_by": "user_x", "organization_id": "orga_x", "contacts": []}
    body = {**dict.fromkeys(DERIVED[kind], "x"), **{name: others.get(name, "x") for name in FIXED[kind]}}
    assert data_of(await bob.close.put(f"/{kind}/{made['id']}/", json=body)) == made


@each_kept
async def test_a_wrong_type_is_refused_by_name(alice: Person, bob: Person, kind: str, member: str) -> None:
    around = await surroundings(alice, bob)
    made = await new_record(alice, kind, around, **firsts(kind, around))
    body = {
        **({} if kind == "lead" else {"lead_id": around.lead["id"]}),
        "name": "X",
        member: KEPT[kind][member].wrong,
    }
    before = data_of(await alice.close.get(f"/{kind}/"))
    for answer in (
        await alice.close.put(f"/{kind}/{made['id']}/", json={member: KEPT[kind][member].wrong}),
        await alice.close.post(f"/{kind}/", json=body),
    ):
        refused = refusal_of(answer, 400)
        assert {name.partition("[")[0] for name in refused} == {member}
    assert data_of(await alice.close.get(f"/{kind}/")) == before


@pytest.mark.parametrize(("kind", "member"), [(kind, name) for kind in REFUSED for name in REFUSED[kind]])
async def test_what_cannot_be_chosen_is_refused(alice: Person, bob: Person, kind: str, member: str) -> None:
    around = await surroundings(alice, bob)
    body = {"lead_id": around.lead["id"], member: REFUSED[kind][member]}
    assert refusal_of(await alice.close.post(f"/{kind}/", json=body), 400).keys() == {member}


@kinds
async def test_types_are_those_of_close(alice: Person, bob: Person, kind: str) -> None:
    around = await surroundings(alice, bob)
    types: dict[str, Any] = {
        "array": list, "boolean": bool, "integer": int, "null": type(None), "object": dict, "string": str,
    }  # fmt: skip
    for made in (
        await new_record(
            alice, kind, around, **({"name": "X"} if kind == "lead" else {"emails": [{"email": "a@b.c"}]})
        ),
        await new_record(alice, kind, around, **firsts(kind, around)),
    ):
        for name, allowed in MEMBERS[kind].get("shown", {}).items():
            if name in made:
                assert type(made[name]) in [types[each] for each in allowed], name


async def test_other_dialects_leave_them(alice: Person, bob: Person) -> None:
    """Each of them writes what it can of a record with all members, and changes what it says alone."""
    around = await surroundings(alice, bob)
    made = {kind: await new_record(alice, kind, around, **firsts(kind, around)) for kind in KINDS}
    ids = {
        kind: (await shown(alice, f"/{path}", sort="-id"))[0]["id"]
        for kind, path in (
            ("lead", "accounts"),
            ("contact", "prospects"),
            ("opportunity", "opportunities"),
            ("task", "tasks"),
        )
    }
    await changed(alice, f"/accounts/{ids['lead']}", sent("account", ids["lead"], name="Skynet"))
    await changed(alice, f"/prospects/{ids['contact']}", sent("prospect", ids["contact"], firstName="Sally"))
    await changed(
        alice, f"/opportunities/{ids['opportunity']}", sent("opportunity", ids["opportunity"], name="Wall")
    )
    await changed(alice, f"/tasks/{ids['task']}", sent("task", ids["task"], note="By phone"))
    expected: dict[str, dict[str, Any]] = {
        "lead": {"name": "Skynet"},
        "contact": {"name": "Sally Connor"},
        "opportunity": {"note": "Wall"},
        "task": {},
    }
    [contact] = (await alice.rechat.get("/contacts", params={"q": "Sally"})).json()["data"]
    tags = {"attributes": [{"attribute_type": "tag", "text": "VIP"}]}
    assert (await alice.rechat.patch(f"/contacts/{contact['id']}", json=tags)).status_code == 200
    [task] = (await alice.rechat.get("/crm/tasks")).json()["data"]
    body = {
        "title": "Ring",
        "due_date": task["due_date"],
        "assignees": [],
        "task_type": task["task_type"],
        "status": task["status"],
    }
    assert (await alice.rechat.put(f"/crm/tasks/{task['id']}", json=body)).status_code == 200
    expected["task"] = {"text": "Ring", "assigned_to": None}
    for kind in KINDS:
        wanted = {**firsts(kind, around), **expected[kind]}
        after = data_of(await alice.close.get(f"/{kind}/{made[kind]['id']}/"))
        assert named(after, wanted) == wanted


@pytest.mark.long
async def test_a_backup_has_them(
    alice: Person, bob: Person, database_url: str, shared_dir: Path, settings: Settings, tmp_path: Path
) -> None:
    around = await surroundings(alice, bob)
    made = {kind: await new_record(alice, kind, around, **firsts(kind, around)) for kind in KINDS}
    async with restored(database_url, shared_dir, settings, tmp_path) as address:
        client = close_client(address, alice.key)
        for kind, record in made.items():
            assert data_of(await client.get(f"/{kind}/{record['id']}/")) == record
