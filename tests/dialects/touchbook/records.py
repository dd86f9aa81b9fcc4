"""What tests of our own dialect start from, made over HTTP as a client makes it."""

from typing import Any
from uuid import UUID

from tests.dialects.rechat.records import a, me, new_contact
from tests.dialects.touchbook.wire import data_of, ids_of, rows_of
from tests.people import Person

NEVER = str(UUID(int=1))
NO_UIDS = ["x", "0", "null", NEVER.replace("-", ""), NEVER + "0", "%20"]

__all__ = ["a", "me", "new_contact"]


async def person_named(person: Person, name: str, *more: Any) -> str:
    """A contact of theirs, by its uid."""
    return str((await new_contact(person, a("first_name", name), *more))["id"])


async def new_list(person: Person, name: str = "Friends", **members: Any) -> Any:
    return data_of(await person.touchbook.post("/lists", json={"name": name, **members}), 201)


async def live_list(person: Person, name: str = "Hot", **rule: Any) -> Any:
    requested = rule or {"attributes": [{"attribute": "tag", "values": ["Hot"]}]}
    return await new_list(person, name, rule=requested)


async def all_lists(person: Person) -> list[Any]:
    return rows_of(await person.touchbook.get("/lists", params={"limit": 1000}))


async def on_list(person: Person, kept: Any, **query: Any) -> list[str]:
    return ids_of(await person.touchbook.get(f"/lists/{kept['id']}/contacts", params=query))


async def record(person: Person, *contacts: str, kind: str = "email", **members: Any) -> list[Any]:
    sent = {"contacts": contacts, "kind": kind, **members}
    rows: list[Any] = data_of(await person.touchbook.post("/activities", json=sent), 201)["data"]
    return rows


async def activities_of(person: Person, contact: str) -> list[Any]:
    return rows_of(await person.touchbook.get(f"/contacts/{contact}/activities"))


async def timeline_of(person: Person, contact: str) -> list[Any]:
    return rows_of(await person.touchbook.get(f"/contacts/{contact}/timeline"))
