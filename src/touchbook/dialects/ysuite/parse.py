"""Converts requests to calls of the core."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid, Malformed
from touchbook.core.query.days import DATE_RANGE, is_in_range
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.filtering import Bound, TaskFilter
from touchbook.core.tasks.listing import Order
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.task import DEFAULT_PRIORITY, Status
from touchbook.dialects.kit.reading import read_integer, read_members, read_query
from touchbook.dialects.ysuite.wire import Page, TaskBody, TaskQuery
from touchbook.http.bodies import decode_object
from touchbook.http.fields import REQUIRED
from touchbook.http.parameters import Parameters

# 0 shows what is scheduled too, 3 what was skipped (section 7.3); the first of each is what a write means.
STATUSES: tuple[tuple[Status, ...], ...] = (
    ("open", "scheduled"),
    ("in_progress",),
    ("completed",),
    ("cancelled", "skipped"),
    ("no_show",),
)
_ORDERS: dict[str, Order] = {
    "start_datetime": "due",
    "end_datetime": "end",
    "title": "title",
    "status": "status",
    "priority": "priority",
    "created_at": "created",
}

Query = TypeVar("Query", bound=Page)


def record_id(text: str) -> int:
    """Read an id of a path (V1-23)."""
    number = read_integer(text, least=1, most=2**63 - 1)
    if number is None:
        raise Malformed("The id must be a positive integer.")
    return number


def page(kind: type[Query], query: Parameters) -> Query:
    sent = dict(query)
    if "sortOrder" in sent:
        sent["sortOrder"] = sent["sortOrder"].lower()
    return read_query(kind, sent, _sentence)


def task_filter(query: TaskQuery, caller: Caller) -> TaskFilter:
    _check_days(due_date_from=query.due_date_from, due_date_to=query.due_date_to)
    return TaskFilter(
        zone=caller.team_zone,
        statuses=None if query.status is None else STATUSES[query.status],
        priority=query.priority,
        assignee=query.assigned_user_id,
        due=[
            *([Bound("gte", query.due_date_from)] if query.due_date_from else []),
            *([Bound("lte", query.due_date_to)] if query.due_date_to else []),
        ],
        title=query.search,
    )


def task_order(query: TaskQuery) -> tuple[Order, bool]:
    return _ORDERS[query.sort_by], query.sort_order == "desc"


def new_task(body: bytes, caller: Caller) -> NewTask:
    sent = read_members(TaskBody, decode_object(body), _sentence)
    _check_together(sent, caller.team_zone)
    links = [
        *([NewAssociation("contact", sent.cstid)] if sent.cstid else []),
        *([NewAssociation("deal", sent.deal_id)] if sent.deal_id else []),
    ]
    return NewTask(
        title=sent.title,
        description=sent.description,
        status=STATUSES[sent.status or 0][0],
        priority=DEFAULT_PRIORITY if sent.priority is None else sent.priority,
        due_at=_instant(sent.start_datetime, caller.team_zone),
        end_at=_instant(sent.end_datetime, caller.team_zone) if sent.end_datetime else None,
        assignees=[sent.assigned_user_id] if sent.assigned_user_id else [],
        associations=links,
        tags=sent.tags or [],
    )


def _check_together(sent: TaskBody, zone: ZoneInfo) -> None:
    """Check rules between members: V1-29, V1-34."""
    if sent.cstid is None and sent.deal_id is None:
        sentence = "The {} field is required when {} is not present."
        named = {"cstid": ("cstid", "deal id"), "deal_id": ("deal id", "cstid")}
        raise Invalid({name: [sentence.format(*names)] for name, names in named.items()})
    times = {"start_datetime": sent.start_datetime, "end_datetime": sent.end_datetime}
    _check_days(**times)
    _check_shown(zone, times)
    if sent.end_datetime is not None and sent.end_datetime < sent.start_datetime:
        raise Invalid({"end_datetime": ["The end datetime must be a date after or equal to start datetime."]})


def _check_days(**days: date | datetime | None) -> None:
    for name, day in days.items():
        if day is not None and not is_in_range(day.date() if isinstance(day, datetime) else day):
            raise Invalid({name: [f"The {_spoken(name)} must be a date {DATE_RANGE}."]})


def _check_shown(zone: ZoneInfo, times: Mapping[str, datetime | None]) -> None:
    """Clocks that go forward skip times, which therefore name no instant."""
    for name, naive in times.items():
        if (
            naive is not None
            and _instant(naive, zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive
        ):
            sentence = f"The {_spoken(name)} is skipped by the clocks of the team's time zone, {zone.key}."
            raise Invalid({name: [sentence]})


def _instant(naive: datetime, zone: ZoneInfo) -> datetime:
    return naive.replace(tzinfo=zone)


def _sentence(name: str, problem: str) -> str:
    if problem == REQUIRED or (name in ("title", "start_datetime") and problem.endswith("not null")):
        return f"The {_spoken(name)} field is required."
    if name == "title" and "at most" in problem:
        return "The title field must not be greater than 150 characters."
    if name == "title" and ("at least" in problem or "wrong form" in problem):
        return "The title field is required."
    return f"The {_spoken(name)} field{problem}."


def _spoken(name: str) -> str:
    return name.replace("_", " ")
