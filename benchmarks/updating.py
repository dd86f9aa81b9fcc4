"""Requests that change what is there: by turns to one value and to another, so that each of them is a write.

When both turns have been there once, they change rows and make none that the other would look for: the raw server
runs what was noted of each of them again and again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from benchmarks.data import Filled
from benchmarks.sample import Sample
from touchbook.dialects.close.ids import contact_id, lead_id, task_id, user_id

# Of each record: one after the other, and never left after the first.
TURNS = 2
Id = TypeVar("Id", int, UUID)
_DUE = 1_796_000_000


def _close_task(filled: Filled, number: int, turn: int) -> Sample:
    return _put(f"/api/v1/task/{task_id(_one(filled.open, number))}/", {"text": f"Call about offer {turn}"})


def _close_task_of_four(filled: Filled, number: int, turn: int) -> Sample:
    """All that one can change of a task; by turns it is done and open again."""
    members = {
        "text": f"Call about offer {turn}",
        "date": f"2027-02-0{1 + turn}",
        "assigned_to": user_id(filled.members[turn]),
        "is_complete": turn == 0,
    }
    return _put(f"/api/v1/task/{task_id(_one(filled.open, number))}/", members)


def _close_lead(filled: Filled, number: int, turn: int) -> Sample:
    return _put(f"/api/v1/lead/{lead_id(_one(filled.leads, number))}/", {"name": f"Harbour House {turn}"})


def _close_contact(filled: Filled, number: int, turn: int) -> Sample:
    """A whole contact sent back, with another name and title."""
    members = {
        "name": f"Ann Harbour{turn}",
        "title": f"Baker {turn}",
        "emails": [{"email": f"harbour{number}@example.com"}],
        "phones": [{"phone": f"+1312556{number % 10_000:04}"}],
    }
    return _put(f"/api/v1/contact/{contact_id(_one(filled.five, number))}/", members)


def _rechat_task(filled: Filled, number: int, turn: int) -> Sample:
    """A whole task, as Rechat's clients send it."""
    members = {
        "title": f"Show the house, part {turn}",
        "description": f"Asked about the kitchen and {turn} schools nearby.",
        "due_date": _DUE + 3600 * turn,
        "task_type": ("Call", "Todo")[turn],
        "status": "PENDING",
        "assignees": [str(filled.members[turn])],
    }
    return _put(f"/crm/tasks/{_one(filled.open, number)}?associations=crm_task.assignees", members)


def _rechat_contact(filled: Filled, number: int, turn: int) -> Sample:
    """One attribute by its id."""
    first_name = {"id": str(_one(filled.first_names, number)), "text": f"Ann{turn}"}
    return Sample("PATCH", f"/contacts/{_one(filled.five, number)}", json.dumps({"attributes": [first_name]}))


def _outreach_task(filled: Filled, number: int, turn: int) -> Sample:
    found = _one(filled.open_ids, number)
    data = {"type": "task", "id": found, "attributes": {"note": f"Asked for offer {turn}"}}
    return Sample("PATCH", f"/api/v2/tasks/{found}", json.dumps({"data": data}))


def _put(target: str, members: Mapping[str, Any]) -> Sample:
    return Sample("PUT", target, json.dumps(members))


def _one(ids: Sequence[Id], number: int) -> Id:
    """Round and round, and still of its own kind's."""
    return ids[number % (len(ids) - len(ids) % len(UPDATES))]


# Of a record by its number, in one of two turns.
UPDATES: dict[str, Callable[[Filled, int, int], Sample]] = {
    "close-update-1": _close_task,
    "close-update-4": _close_task_of_four,
    "close-lead-update": _close_lead,
    "close-contact-update": _close_contact,
    "rechat-task-update": _rechat_task,
    "rechat-contact-update": _rechat_contact,
    "outreach-task-update": _outreach_task,
}


def update(filled: Filled, kind: str, number: int, turn: int) -> Sample:
    """Each kind has records of its own, as what one does to a record would change what another finds there."""
    return UPDATES[kind](filled, number * len(UPDATES) + list(UPDATES).index(kind), turn)
