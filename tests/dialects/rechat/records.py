"""What tests of Rechat start from, made over HTTP as a client makes it."""

from typing import Any
from uuid import UUID

import httpx

from tests.dialects.rechat.wire import data_of, rows_of
from tests.people import Person

ALL = "contact.attributes,contact.summary"
NEVER = str(UUID(int=1))
NO_UIDS = ["x", "0", "null", NEVER.replace("-", ""), NEVER + "0", "%20"]


def me(person: Person) -> str:
    return str(person.caller.user_uid)


def a(kind: str, value: Any, **more: Any) -> dict[str, Any]:
    """An attribute of a global definition."""
    held = {str: "text", int: "date", float: "date", dict: "address"}[type(value)]
    return {"attribute_type": kind, held: value, **more}


async def create(
    person: Person, *contacts: Any, get: str = "true", associations: str = ALL, **query: Any
) -> httpx.Response:
    return await person.rechat.post(
        "/contacts",
        json={"contacts": list(contacts)},
        params={"get": get, "associations": associations, **query},
    )


async def new_contacts(person: Person, *contacts: Any) -> list[Any]:
    """Each a list of attributes, owned by the person."""
    sent = [{"user": me(person), "attributes": list(attributes)} for attributes in contacts]
    return rows_of(await create(person, *sent), total=0)


async def new_contact(person: Person, *attributes: Any, **members: Any) -> Any:
    sent = {"user": me(person), "attributes": list(attributes or [a("first_name", "Sarah")]), **members}
    return rows_of(await create(person, sent), total=0)[0]


async def shown(person: Person, contact: Any, associations: str = ALL) -> Any:
    return data_of(await person.rechat.get(f"/contacts/{contact['id']}", params={"associations": associations}))


async def everything(person: Person) -> list[Any]:
    return rows_of(await person.rechat.get("/contacts", params={"associations": ALL, "limit": 1000}))


async def new_definition(person: Person, name: str | None = "favorite_drink", **members: Any) -> Any:
    sent = {"name": name, "data_type": "text", **members}
    return data_of(await person.rechat.post("/contacts/attribute_defs", json=sent))


def of(contact: Any, kind: str) -> list[Any]:
    """Its attributes of a kind."""
    return [each for each in contact["attributes"] if each["attribute_type"] == kind]
