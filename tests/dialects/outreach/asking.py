"""How an Outreach client asks, and reads what comes back."""

from typing import Any

import httpx

from tests.people import Person

JSON_API = "application/vnd.api+json"


def content_of(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == JSON_API
    return answer.json()


async def listed(person: Person, path: str, **query: Any) -> Any:
    return content_of(await person.outreach.get(path, params=query))


async def ids(person: Person, path: str, **query: Any) -> list[int]:
    return [each["id"] for each in (await listed(person, path, **query))["data"]]


async def shown(person: Person, path: str, **query: Any) -> Any:
    return content_of(await person.outreach.get(path, params=query))["data"]


def problems(answer: httpx.Response, status: int) -> dict[str | None, str]:
    """Where (pointer or parameter) -> what is said."""
    errors = content_of(answer, status)["errors"]
    assert all(error["id"] and error["title"] and error["detail"] for error in errors)
    return {next(iter(error.get("source", {}).values()), None): error["detail"] for error in errors}


async def refused(person: Person, path: str, **query: Any) -> str | None:
    """The parameter that a list is refused for."""
    found = problems(await person.outreach.get(path, params=query), 400)
    assert len(found) == 1
    return next(iter(found))


def sent(kind: str | None, identifier: Any = None, related: Any = None, **attributes: Any) -> Any:
    """`related`, a dict: relationship -> (type, id), None, or a list of such."""
    relationships = {name: {"data": _linkage(value)} for name, value in (related or {}).items()}
    data = {"type": kind, "attributes": attributes, "relationships": relationships}
    return {"data": data | ({} if identifier is None else {"id": identifier})}


def _linkage(value: Any) -> Any:
    if isinstance(value, list):
        return [_linkage(each) for each in value]
    return None if value is None else {"type": value[0], "id": value[1]}


async def created(person: Person, path: str, body: Any) -> Any:
    return content_of(await person.outreach.post(path, json=body), 201)["data"]


async def patched(person: Person, path: str, body: Any) -> httpx.Response:
    """A body without an id is about the resource of the path, and says so."""
    return await person.outreach.patch(path, json={"data": {"id": path.rpartition("/")[2], **body["data"]}})


async def changed(person: Person, path: str, body: Any) -> Any:
    return content_of(await patched(person, path, body))["data"]


async def account_of(person: Person, name: str = "Cyberdyne") -> int:
    found: int = (await created(person, "/accounts", sent("account", name=name)))["id"]
    return found


async def choice_of(person: Person, path: str, position: int = 1) -> int:
    return (await ids(person, path, sort="order"))[position - 1]
