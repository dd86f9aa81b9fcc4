"""Every statement that the product sends while tests run, and for which team it was sent."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from tests.counting import count_statement
from touchbook.core.caller import NOBODY, Caller
from touchbook.core.teams.team import Team

_PRODUCT = "touchbook."
_STORE = "touchbook.store.postgres"


@dataclass
class Sent:
    """One statement of one module. `strays`: how its `$1` was not the team it was sent for, if ever."""

    sql: str
    module: str
    strays: set[str] = field(default_factory=set)


class Statements:
    """`tenants` are the tables whose rows belong to a team, as the database itself names them."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, str], Sent] = {}
        self.tenants: frozenset[str] = frozenset()
        self._heard: dict[tuple[str, str], Sent] = {}

    def __iter__(self) -> Iterator[Sent]:
        return iter(list(self._sent.values()))

    def witness(self, sql: str, args: Sequence[Any]) -> None:
        """The store shows each statement here. What tests send themselves is not the product's."""
        count_statement(sql)
        frames = list(_outwards(sys._getframe(1)))
        sender = next(frame for frame in frames if _module(frame) != _STORE)
        if not _module(sender).startswith(_PRODUCT):
            return
        key = (sql, _module(sender))
        sent = self._heard[key] = self._sent.setdefault(key, Sent(*key))
        stray = _stray(args, {team for frame in frames for team in _teams(frame)})
        if stray is not None:
            sent.strays.add(stray)

    @contextmanager
    def hearing(self) -> Iterator[list[Sent]]:
        """Collect the statements that are sent meanwhile, whether or not they were sent before."""
        self._heard = {}
        heard: list[Sent] = []
        yield heard
        heard += self._heard.values()


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    """From the sender to whoever asked for it: through every await, up to the task's first function."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _teams(frame: FrameType) -> Iterator[int]:
    """The teams that a function of the product works for: its `caller`'s, its `team`, its `team_id`."""
    if not _module(frame).startswith(_PRODUCT):
        return
    names = frame.f_locals
    if isinstance(caller := names.get("caller"), Caller) and caller is not NOBODY:
        yield caller.team_id
    if isinstance(team := names.get("team"), Team):
        yield team.id
    if isinstance(team_id := names.get("team_id"), int):
        yield team_id


def _stray(args: Sequence[Any], teams: set[int]) -> str | None:
    if not teams:
        return "no function on the way had a caller or a team"
    if len(teams) > 1:
        return "the functions on the way were for several teams"
    return None if args and args[0] in teams else "$1 was not the caller's team"


STATEMENTS = Statements()
