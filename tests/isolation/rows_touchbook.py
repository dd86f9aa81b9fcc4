from typing import Any
from uuid import UUID, uuid4

from tests.factories import contact_of, notification_of
from tests.isolation import refusals
from tests.isolation.rows import Row, Table
from tests.people import Person, bearer_headers
from touchbook.core.activities.recording import record_activity
from touchbook.core.lists.keeping import choose_contacts, make_list
from touchbook.store.postgres import Store


async def contact(store: Store, person: Person) -> str:
    return str((await contact_of(store, person)).uid)


async def list_and_contact(store: Store, person: Person) -> tuple[str, str]:
    """A list, and a contact on it."""
    on_it = await contact_of(store, person)
    async with store.transaction() as tx:
        kept = await make_list(tx, person.caller, name=f"List {uuid4()}")
        await choose_contacts(tx, person.caller, kept, contact_ids=[on_it.id])
    return str(kept.uid), str(on_it.uid)


async def contact_list(store: Store, person: Person) -> str:
    return (await list_and_contact(store, person))[0]


async def activity(store: Store, person: Person) -> str:
    of = await contact_of(store, person)
    async with store.transaction() as tx:
        [recorded] = await record_activity(tx, person.caller, contact_ids=[of.id], kind="call")
    return str(recorded.uid)


async def contact_and_activity(store: Store, person: Person) -> tuple[str, str]:
    of = await contact_of(store, person)
    async with store.transaction() as tx:
        [recorded] = await record_activity(tx, person.caller, contact_ids=[of.id], kind="call")
    return str(of.uid), str(recorded.uid)


async def notification(store: Store, person: Person) -> str:
    return str((await notification_of(store, person)).uid)


async def team(_store: Store, person: Person) -> str:
    return str(person.team.uid)


def is_it(answer: Any, record: Any) -> bool:
    return bool(answer["id"] == record)


def is_done(answer: Any, _record: Any) -> bool:
    return answer is None


def chosen(record: Any) -> dict[str, Any]:
    return {"contacts": [record if isinstance(record, str) else record[1]]}


def alone(uid: Any) -> list[Any]:
    return [uid]


LISTS = {
    ("GET", "/lists"): Row(
        make=contact_list, shows=lambda answer, record: record in [each["id"] for each in answer["data"]]
    ),
    ("POST", "/lists"): Row(
        make=contact,
        shows=lambda answer, _: UUID(answer["id"]).version == 7,
        body=lambda record: {"name": f"List {uuid4()}", "contacts": [record]},
        naming={"contacts": contact},
        wrapping={"contacts": alone},
        plain=frozenset({"name", "rule"}),
    ),
    ("GET", "/lists/{id}"): Row(make=contact_list, shows=is_it),
    ("PATCH", "/lists/{id}"): Row(
        make=contact_list,
        shows=is_it,
        body=lambda _: {"name": f"List {uuid4()}"},
        plain=frozenset({"name", "rule"}),
    ),
    ("DELETE", "/lists/{id}"): Row(make=contact_list, shows=is_done),
    ("GET", "/lists/{id}/contacts"): Row(
        make=list_and_contact, shows=lambda answer, record: [each["id"] for each in answer["data"]] == [record[1]]
    ),
    ("POST", "/lists/{id}/contacts"): Row(
        make=list_and_contact,
        shows=lambda answer, _: answer == {"added": 0},
        body=chosen,
        naming={"contacts": contact},
        wrapping={"contacts": alone},
    ),
    ("DELETE", "/lists/{id}/contacts"): Row(
        make=list_and_contact,
        shows=is_done,
        body=chosen,
        naming={"contacts": contact},
        wrapping={"contacts": alone},
    ),
}

REST = {
    ("POST", "/activities"): Row(
        make=contact,
        shows=lambda answer, record: [each["contact"] for each in answer["data"]] == [record],
        body=lambda record: {"contacts": [record], "kind": "call"},
        naming={"contacts": contact},
        wrapping={"contacts": alone},
        plain=frozenset({"kind", "at", "outgoing", "subject", "body"}),
    ),
    ("GET", "/activities/{id}"): Row(make=activity, shows=is_it),
    ("DELETE", "/activities/{id}"): Row(make=activity, shows=is_done),
    ("GET", "/contacts/{id}/activities"): Row(
        make=contact_and_activity,
        shows=lambda answer, record: [each["id"] for each in answer["data"]] == [record[1]],
    ),
    ("GET", "/contacts/{id}/timeline"): Row(
        make=contact_and_activity,
        shows=lambda answer, record: record[1] in [each["record"]["id"] for each in answer["data"]],
    ),
    ("GET", "/notifications"): Row(
        make=notification,
        shows=lambda answer, record: record in [each["id"] for each in answer["data"]],
        personal=True,
    ),
    ("GET", "/notifications/count"): Row(
        make=notification, shows=lambda answer, _: answer["unread"] > 0, personal=True
    ),
    ("POST", "/notifications/read"): Row(
        make=notification,
        shows=lambda answer, _: answer == {"read": 1},
        body=lambda record: {"notifications": [record]},
        naming={"notifications": notification},
        wrapping={"notifications": alone},
        plain=frozenset({"all"}),
        personal=True,
    ),
    ("GET", "/team"): Row(make=team, shows=is_it),
    ("PATCH", "/team"): Row(
        make=team,
        shows=is_it,
        body=lambda _: {"touch_spread_days": 7, "touch_tasks": True},
        plain=frozenset({"zone", "region", "contacts_visible", "touch_tasks", "touch_spread_days"}),
        own=True,
    ),
}

TABLE = Table(headers=bearer_headers, refusals=refusals.TOUCHBOOK, never=str(UUID(int=1)), rows=LISTS | REST)
