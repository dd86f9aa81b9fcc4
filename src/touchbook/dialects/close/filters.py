"""Reads the filters of a task list."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from msgspec import Struct

from touchbook.core.accounts.queries import account_id_of
from touchbook.core.errors import Invalid
from touchbook.core.query.days import day_of
from touchbook.core.tasks.filtering import Bound, Op, TaskFilter
from touchbook.core.tasks.listing import Order
from touchbook.core.tasks.task import CLOSED, OPEN, Status
from touchbook.core.teams.queries import member_user_id_of, user_id_of
from touchbook.core.transaction import Reader
from touchbook.dialects.close.ids import uid_of
from touchbook.dialects.close.times import read_date, viewer_zone
from touchbook.dialects.close.types import SOURCED, TYPES
from touchbook.dialects.close.wire.tasks import TaskFilters
from touchbook.dialects.kit.times import plus_of_address
from touchbook.http.call import Call
from touchbook.http.errors import BadParameters
from touchbook.http.fields import names_of
from touchbook.http.parameters import Parameters

NOBODY = 0
_ORDERS: dict[str, tuple[Order, bool]] = {
    "date": ("due", False),
    "-date": ("due", True),
    "date_created": ("created", False),
    "-date_created": ("created", True),
}
_TRUTH = {"true": True, "True": True, "false": False, "False": False}
_BOUND = re.compile(r"(date|due_date|date_created|date_updated)__(lt|gt|lte|gte)")
# Inbox and future have bounds of their own in the place of these (5.3.3).
_VIEWS = ("inbox", "future")
_VIEWED = ("date__lt", "date__gte", "due_date__lt", "due_date__gte")


class Asked(Struct, frozen=True):
    """The parameters of a list. `narrowed`: at least one filter or view was given (A-31)."""

    filters: TaskFilter
    order: Order
    descending: bool
    narrowed: bool


async def read_filters(call: Call[Reader], parameters: Parameters) -> Asked:
    _refuse_unknown(parameters)
    given = {name: value for name, value in parameters.items() if name in names_of(TaskFilters)}
    zone = viewer_zone(call.headers.get("x-tz-offset"), call.viewer_zone)
    order, descending = _order(parameters.get("_order_by", "date"))
    members: dict[str, Any] = {"zone": zone, **_types(parameters), **_ids(parameters)}
    if "is_complete" in given:
        members["statuses"] = CLOSED if _truth(given["is_complete"]) else OPEN
    members |= await _people_and_places(call, given)
    bounds = _bounds(given)
    if "view" in given:
        shown = _apply_view(given["view"], bounds, day_of(call.tx.now, zone))
        members["statuses"] = shown & members.get("statuses", shown)
    filters = TaskFilter(**members, **bounds)
    return Asked(filters, order, descending, bool(given))


def _refuse_unknown(given: Parameters) -> None:
    """A list ignores unknown parameters; a bulk update refuses them."""
    for name in given.unknown:
        if "__" in name:
            raise BadParameters({name: ["Unknown filter."]})


def _order(text: str) -> tuple[Order, bool]:
    if text not in _ORDERS:
        raise Invalid({"_order_by": [f"Must be one of {', '.join(_ORDERS)}."]})
    return _ORDERS[text]


def _types(given: Parameters) -> dict[str, Any]:
    """Without a type only lead tasks match (CL-02); a lead task is every one that no activity created."""
    asked = []
    if "_type" in given:
        asked.append(_type_names("_type", given["_type"].split(",")))
    if "_type__in" in given:
        asked.append(_type_names("_type__in", given.listed("_type__in") or []))
    requested = frozenset.intersection(*asked or [frozenset({"lead"})])
    if requested == TYPES:
        return {}
    if "lead" in requested:
        return {"other_than_origins": SOURCED - requested}
    return {"origins": requested}


def _type_names(name: str, texts: list[str]) -> frozenset[str]:
    """An empty list matches no task."""
    names = TYPES if texts == ["all"] else frozenset(texts)
    if unknown := names - TYPES:
        raise Invalid({name: [f"Unknown type {min(unknown)}."]})
    return names


def _ids(given: Parameters) -> dict[str, Any]:
    """An empty list matches no task; `id` and `id__in` must both match."""
    asked: list[set[UUID]] = []
    if "id" in given:
        asked.append({uid_of("task", given["id"])})
    if "id__in" in given:
        asked.append({uid_of("task", text) for text in given.listed("id__in") or ()})
    return {"uids": set.intersection(*asked)} if asked else {}


async def _people_and_places(call: Call[Reader], given: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "lead_id" in given:
        found["account"] = await account_id_of(call.tx, call.caller, uid_of("lead", given["lead_id"])) or NOBODY
    if "assigned_to" in given:
        found["assignee"] = await user_id_of(call.tx, call.caller, uid_of("user", given["assigned_to"])) or NOBODY
    if "membership_id" in given:
        uid = uid_of("memb", given["membership_id"])
        member = await member_user_id_of(call.tx, call.caller, uid) or NOBODY
        found["assignee"] = member if found.get("assignee", member) == member else NOBODY
    if "organization_id" in given and uid_of("orga", given["organization_id"]) != call.caller.team_uid:
        found["assignee"] = NOBODY
    return found


def _truth(text: str) -> bool:
    if text not in _TRUTH:
        raise Invalid({"is_complete": ["Must be true or false."]})
    return _TRUTH[text]


def _bounds(given: Mapping[str, str]) -> dict[str, Any]:
    bounds: dict[str, Any] = {"due": [], "created": [], "updated": []}
    overridden = _VIEWED if given.get("view") in _VIEWS else ()
    places = {"date": "due", "due_date": "due", "date_created": "created", "date_updated": "updated"}
    for name, text in given.items():
        if match := _BOUND.fullmatch(name):
            bound = Bound(cast(Op, match[2]), read_date(name, plus_of_address(text)))
            if name not in overridden:
                bounds[places[match[1]]].append(bound)
        elif name in ("date", "due_date"):
            bounds["due"] += _exactly(read_date(name, plus_of_address(text)))
    return bounds


def _exactly(value: date | datetime) -> list[Bound]:
    return [Bound("gte", value), Bound("lte", value)]


def _apply_view(view: str, bounds: dict[str, Any], today: date) -> frozenset[Status]:
    """Return the statuses of the view, and bound the due time of inbox and future."""
    if view == "archive":
        return CLOSED
    if view not in _VIEWS:
        raise Invalid({"view": ["Must be inbox, future or archive."]})
    tomorrow = today + timedelta(days=1)
    bounds["due"].append(Bound("lt", tomorrow) if view == "inbox" else Bound("gte", tomorrow))
    return OPEN
