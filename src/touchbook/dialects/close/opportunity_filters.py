"""Reads the filters of a list of opportunities. `x` and `x__in` take several values; all filters must match."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.query.conditions import Condition, Range
from touchbook.core.teams.queries import list_users
from touchbook.core.transaction import Reader
from touchbook.dialects.close.filters import NOBODY
from touchbook.dialects.close.ids import uid_of
from touchbook.dialects.close.statuses import OPPORTUNITY, opportunity_status_id
from touchbook.dialects.close.times import read_date
from touchbook.dialects.kit.times import plus_of_address
from touchbook.http.call import Call
from touchbook.http.parameters import Parameters

_NONE = ""
_PERIODS = {name: name for name in ("one_time", "monthly", "annual")}
_BOUNDS = {
    "date_won__gte": "first",
    "date_won__lte": "last",
    "date_won__gt": "above",
    "date_won__lt": "below",
}


async def read_conditions(call: Call[Reader], given: Parameters) -> list[Condition]:
    """A value that no opportunity has finds none; Invalid for what cannot be one."""
    found = [
        Condition(column=column, values=[named.get(text.casefold(), _NONE) for text in texts] or [_NONE])
        for name, (column, named) in _named(call.caller).items()
        for texts in _asked(given, name)
    ]
    owners = list(_asked(given, "user_id"))
    if owners:
        users = {user.uid: user.id for user in await list_users(call.tx, call.caller.team_id)}
        ids = [[users.get(uid_of("user", text), NOBODY) for text in texts] for texts in owners]
        found += (Condition(column="owner.id", values=some or [NOBODY]) for some in ids)
    bounds = {name: _day(asked, given[asked]) for asked, name in _BOUNDS.items() if given.get(asked)}
    return [*found, Condition(column="closes_on", ranges=[Range(**bounds)])] if bounds else found


def _named(caller: Caller) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Return by filter the column, and its values by what is sent."""
    return {
        "status_id": ("status", {opportunity_status_id(caller, name).casefold(): name for name in OPPORTUNITY}),
        "status_label": ("status", {label.casefold(): name for name, label in OPPORTUNITY.items()}),
        "status_type": ("status", {name: name for name in OPPORTUNITY}),
        "value_period": ("value_period", _PERIODS),
    }


def _asked(given: Parameters, name: str) -> Iterator[list[str]]:
    for each in (name, f"{name}__in"):
        if each in given:
            yield given.listed(each) or []


def _day(name: str, text: str) -> Any:
    value = read_date(name, plus_of_address(text))
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value
