"""Tasks as Outreach's clients make, change and read them."""

from datetime import datetime
from typing import Any

import httpx

from tests.dialects.outreach.asking import changed, content_of, created, sent, shown
from tests.factories import contact_of
from tests.people import Person
from touchbook.store.postgres import Store


async def task_for(store: Store, person: Person, related: Any = None, **attributes: Any) -> Any:
    """With an owner and a prospect unless others are given."""
    given = {"owner": ("user", person.user_id), **(related or {})}
    if not given.keys() & {"subject", "prospect", "account"}:
        given["subject"] = ("prospect", (await contact_of(store, person)).id)
    return await created(person, "/tasks", sent("task", related=given, **attributes))


async def task_now(person: Person, identifier: int) -> Any:
    return await shown(person, f"/tasks/{identifier}")


async def patched(person: Person, identifier: int, related: Any = None, **attributes: Any) -> Any:
    return await changed(person, f"/tasks/{identifier}", sent("task", identifier, related, **attributes))


async def act(person: Person, identifier: int, name: str, **parameters: Any) -> httpx.Response:
    """As clients do: no body, parameters in the query."""
    query = {f"actionParams[{each}]": str(value) for each, value in parameters.items()}
    return await person.outreach.post(f"/tasks/{identifier}/actions/{name}", params=query)


async def acted(person: Person, identifier: int, name: str, **parameters: Any) -> Any:
    """The whole task, as it stands then."""
    data = content_of(await act(person, identifier, name, **parameters))["data"]
    assert data == await task_now(person, identifier)
    return data


def end(task: Any, name: str) -> tuple[str, int] | None:
    """Where a relationship leads."""
    data = task["relationships"][name]["data"]
    return (data["type"], data["id"]) if data else None


def wire(instant: datetime) -> str:
    return f"{instant.isoformat(timespec='milliseconds')[:-6]}Z"


async def event_kinds(store: Store, person: Person, task_id: int) -> list[str]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.kind from events e
            where e.team_id = $1 and e.subject = 'task' and e.subject_id = $2 order by e.at, e.id""",
            person.team.id,
            task_id,
        )
    return [row["kind"] for row in rows]
