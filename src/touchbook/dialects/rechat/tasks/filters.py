"""Reads the parameters of a list of tasks."""

from typing import Any
from uuid import UUID

from touchbook.core.errors import Invalid
from touchbook.core.tasks.filtering import Bound, TaskFilter
from touchbook.core.tasks.listing import Order
from touchbook.core.tasks.records import find_records
from touchbook.core.tasks.task import CLOSED, OPEN, RecordKind
from touchbook.core.teams.queries import user_id_of
from touchbook.core.transaction import Reader
from touchbook.dialects.rechat import parse
from touchbook.dialects.rechat.tasks.render import KINDS
from touchbook.dialects.rechat.times import read_seconds
from touchbook.http.call import Call

ORDERS: dict[str, Order] = {"due_date": "due", "created_at": "created", "updated_at": "updated"}
_STATUSES = {"PENDING": OPEN, "DONE": CLOSED}
_RECORDS: tuple[RecordKind, ...] = ("contact", "deal", "listing")
# Of something that the team does not have there are no tasks.
_NOTHING = 0


async def read_filter(call: Call[Reader]) -> TaskFilter:
    return TaskFilter(
        zone=call.caller.team_zone,
        as_given=True,
        search=parse.search(call),
        statuses=_one_of(call, "status", _STATUSES),
        kinds=_one_of(call, "task_type", KINDS),
        due=_bounds(call),
        **await _records(call),
    )


def _one_of(call: Call[Reader], name: str, known: Any) -> Any:
    text = call.query.get(name)
    if not text:
        return None
    if text not in known:
        raise Invalid({name: [f"{name} must be one of {', '.join(known)}."]})
    return known[text]


def _bounds(call: Call[Reader]) -> list[Bound]:
    asked = (("gte", call.query.get("due_gte")), ("lte", call.query.get("due_lte")))
    return [Bound(op, read_seconds(f"due_{op}", text)) for op, text in asked if text]  # type: ignore[arg-type]


async def _records(call: Call[Reader]) -> dict[str, Any]:
    asked: dict[Any, UUID] = {
        name: parse.uid(name, call.query[name]) for name in (*_RECORDS, "assignee") if call.query.get(name)
    }
    members: dict[str, Any] = {}
    if "assignee" in asked:
        members["any_assignee"] = await user_id_of(call.tx, call.caller, asked.pop("assignee")) or _NOTHING
    found = await find_records(call.tx, call.caller, list(asked.items()))
    return members | {kind: found.get((kind, uid), _NOTHING) for kind, uid in asked.items()}
