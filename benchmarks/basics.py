"""The plainest requests, alike in each dialect: one person's list, a task, a new task, a search of contacts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from benchmarks.data import Filled
from benchmarks.sample import Sample
from touchbook.dialects.close.ids import lead_id, task_id, user_id

_TEXT = "Asked about the kitchen, the schools nearby and a visit on Saturday."
FIRST = ("Sarah", "James", "Maria", "Aisha", "Ingrid")
LAST = ("Connor", "Garcia", "Miller", "Tanaka", "Patel", "Haddad", "Nelson")


def _list(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/v1/tasks?assigned_user_id={filled.user(number)}&pageSize=50")


def _close_list(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/api/v1/task/?assigned_to={user_id(filled.member(number))}&_limit=50")


def _rechat_list(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/crm/tasks/search?assignee={filled.member(number)}&limit=50")


def _outreach_list(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/api/v2/tasks?filter[owner][id]={filled.user(number)}&page[size]=50")


def _get(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/v1/tasks/{filled.task(number)}")


def _close_get(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/api/v1/task/{task_id(filled.many[number % len(filled.many)])}/")


def _rechat_get(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/crm/tasks/{filled.many[number % len(filled.many)]}")


def _outreach_get(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/api/v2/tasks/{filled.task(number)}")


def _create(filled: Filled, number: int) -> Sample:
    body = {
        "title": f"Call number {number}",
        "start_datetime": f"{_day(number)}T10:30:00",
        "end_datetime": f"{_day(number)}T11:00:00",
        "cstid": filled.contact(number),
        "assigned_user_id": filled.user(number),
        "description": _TEXT,
        "priority": number % 5,
    }
    return _post("/v1/tasks", body)


def _close_create(filled: Filled, number: int) -> Sample:
    body = {
        "_type": "lead",
        "lead_id": lead_id(filled.leads[number % len(filled.leads)]),
        "assigned_to": user_id(filled.member(number)),
        "text": f"Call number {number}. {_TEXT}",
        "date": _day(number),
        "is_complete": False,
    }
    return _post("/api/v1/task/", body)


def _rechat_create(filled: Filled, number: int) -> Sample:
    body = {
        "title": f"Call number {number}",
        "description": _TEXT,
        "due_date": datetime(2026, 7, 1 + number % 28, 15, 30, tzinfo=UTC).timestamp(),
        "task_type": "Call",
        "status": "PENDING",
        "assignees": [str(filled.member(number))],
        "associations": [{"association_type": "contact", "contact": str(filled.five[number % len(filled.five)])}],
    }
    return _post("/crm/tasks", body)


def _outreach_create(filled: Filled, number: int) -> Sample:
    ends = {"owner": ("user", filled.user(number)), "subject": ("prospect", filled.contact(number))}
    data = {
        "type": "task",
        "attributes": {"action": "call", "note": _TEXT, "dueAt": f"{_day(number)}T15:30:00.000Z"},
        "relationships": {name: {"data": {"type": kind, "id": end}} for name, (kind, end) in ends.items()},
    }
    return _post("/api/v2/tasks", {"data": data})


def _search(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/v1/contacts?search={name_to_find(number)}&pageSize=50")


def name_to_find(number: int) -> str:
    """Return a surname alone, which a thirtieth have, or the whole name."""
    first, last = FIRST[number % 5], LAST[number % 7]
    return last if number % 2 else f"{first}+{last}"


def _day(number: int) -> str:
    return f"2026-07-{1 + number % 28:02}"


def _post(target: str, body: dict[str, Any]) -> Sample:
    return Sample("POST", target, json.dumps(body))


BASIC_READS: dict[str, Callable[[Filled, int], Sample]] = {
    "list-50": _list,
    "close-list-50": _close_list,
    "rechat-tasks-list-50": _rechat_list,
    "outreach-list-50": _outreach_list,
    "get": _get,
    "close-get": _close_get,
    "rechat-task-get": _rechat_get,
    "outreach-get": _outreach_get,
    "search": _search,
}
BASIC_CREATES: dict[str, Callable[[Filled, int], Sample]] = {
    "create": _create,
    "close-create": _close_create,
    "rechat-task-create": _rechat_create,
    "outreach-create": _outreach_create,
}

Operation = Literal["list", "get", "search", "create", "load", "update", "bulk"]
# What the limit does for a kind of request, and the share of its speed that Touchbook is to have.
LIMITED: dict[str, tuple[Operation, float | None]] = {
    **{kind: ("list", 0.7) for kind in BASIC_READS if "list" in kind},
    **{kind: ("get", 0.75) for kind in BASIC_READS if "get" in kind},
    "search": ("search", 0.9),
    "rechat-q-name": ("search", 0.9),
    **dict.fromkeys(BASIC_CREATES, ("create", 0.5)),
    "rechat-create-100": ("load", 0.5),
    "close-update-1": ("update", None),
    "rechat-task-update": ("update", None),
    "outreach-task-update": ("update", None),
    "close-bulk": ("bulk", None),
}
