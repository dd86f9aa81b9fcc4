"""Outreach's tasks. Where a request names more than the task, a record is a tuple of all, the task first."""

from collections.abc import Callable
from typing import Any

from tests.core.sequences.records import enroll, open_task_of, sequence_of, template_of
from tests.factories import contact_of, task_of
from tests.isolation.rows import Make, Row
from tests.people import Person
from touchbook.core.choices.query_schema import DISPOSITIONS
from touchbook.core.query.pages import fetch_page
from touchbook.core.query.windows import Window
from touchbook.store.postgres import Store

TASKS = "/api/v2/tasks"


async def task(store: Store, person: Person) -> int:
    return (await task_of(store, person)).id


async def step(store: Store, person: Person) -> int:
    """An e-mail of a sequence."""
    sequence = await sequence_of(store, person, "email")
    await template_of(store, person, sequence.steps[0], "Hello", subject="Hello")
    return (await open_task_of(store, person, await enroll(store, person, sequence))).id


async def task_and_user(store: Store, person: Person) -> tuple[int, int]:
    return await task(store, person), person.user_id


async def meeting_and_disposition(store: Store, person: Person) -> tuple[int, int]:
    async with store.reading() as reader:
        page = await fetch_page(reader, person.caller, DISPOSITIONS, [], [], Window(limit=1))
    return (await task_of(store, person, kind="in_person")).id, page.records[0].id


async def user_and_prospect(store: Store, person: Person) -> tuple[int, int]:
    return person.user_id, (await contact_of(store, person)).id


async def prospect(store: Store, person: Person) -> int:
    return (await contact_of(store, person)).id


def _names(record: Any) -> tuple[Any, Any]:
    return record if isinstance(record, tuple) else (record, record)


def _is_it(answer: Any, record: Any) -> bool:
    return bool(answer["data"]["id"] == _names(record)[0])


def _lists_it(answer: Any, record: Any) -> bool:
    return record in [item["id"] for item in answer["data"]]


def _is_about_it(answer: Any, record: Any) -> bool:
    return bool(answer["data"]["relationships"]["subject"]["data"]["id"] == record[1])


def _new(record: Any) -> dict[str, Any]:
    owner, subject = _names(record)
    related = {"owner": {"data": {"type": "user", "id": owner}}, **_about(subject)["relationships"]}
    return {"type": "task", "relationships": related}


def _about(record: Any) -> dict[str, Any]:
    return {"type": "task", "relationships": {"subject": {"data": {"type": "prospect", "id": record}}}}


def _acts(
    name: str, make: Make = task, query: Callable[[Any], dict[str, Any]] | None = None
) -> dict[tuple[str, str], Row]:
    return {("POST", f"{TASKS}/{{id}}/actions/{name}"): Row(make=make, shows=_is_it, query=query)}


def _told(name: str, value: Any = None) -> Callable[[Any], dict[str, Any]]:
    """Without a value it is the second that the record names."""
    return lambda record: {f"actionParams[{name}]": _names(record)[1] if value is None else value}


ROWS: dict[tuple[str, str], Row] = {
    ("GET", TASKS): Row(make=task, shows=_lists_it),
    ("GET", f"{TASKS}/{{id}}"): Row(make=task, shows=_is_it),
    ("POST", TASKS): Row(
        make=user_and_prospect,
        shows=_is_about_it,
        body=lambda record: {"data": _new(record)},
        naming={"data": user_and_prospect},
        wrapping={"data": _new},
    ),
    ("PATCH", f"{TASKS}/{{id}}"): Row(
        make=task,
        shows=_is_it,
        body=lambda record: {"data": {"type": "task", "id": record}},
        naming={"data": prospect},
        wrapping={"data": _about},
    ),
    ("DELETE", f"{TASKS}/{{id}}"): Row(make=task, shows=lambda answer, _: answer is None),
    **_acts("advance", step),
    **_acts("deliver", step),
    **_acts("logMeetInPerson", meeting_and_disposition, _told("taskDispositionId")),
    **_acts("markComplete"),
    **_acts("reassignOwner", task_and_user, _told("ownerId")),
    **_acts("reschedule", query=_told("dueAt", "2031-01-01T00:00:00Z")),
    **_acts("snooze"),
    **_acts("updateNote", query=_told("note", "Ask")),
    **_acts("updateOpportunityAssociation", query=_told("opportunityAssociation", "noop")),
}
