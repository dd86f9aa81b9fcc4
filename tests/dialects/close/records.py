"""What tests of Close start from, made over HTTP as a client makes it."""

from typing import Any

from tests.dialects.close.wire import data_of
from tests.people import Person

NEVER = "0" * 42 + "1"
NO_IDS = ["x", "0", "-1", "null", "lead_1", NEVER, "%20"]


async def new_lead(person: Person, name: str = "Cyberdyne", **members: Any) -> Any:
    return data_of(await person.close.post("/lead/", json={"name": name, **members}))


async def new_contact(person: Person, lead: Any, name: str = "Sarah Connor", **members: Any) -> Any:
    sent = {"lead_id": lead["id"], "name": name, **members}
    return data_of(await person.close.post("/contact/", json=sent))


async def new_opportunity(person: Person, lead: Any, **members: Any) -> Any:
    return data_of(await person.close.post("/opportunity/", json={"lead_id": lead["id"], **members}))


async def new_task(person: Person, lead: Any, text: str = "Follow up", **members: Any) -> Any:
    sent = {"lead_id": lead["id"], "text": text, **members}
    return data_of(await person.close.post("/task/", json=sent))


async def my_id(person: Person) -> str:
    return str(data_of(await person.close.get("/me/"))["id"])
