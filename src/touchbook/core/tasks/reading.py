"""How tasks are read: as a Struct of the members that are shown, so that no others are fetched and built."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.tasks.names import Names, names_of_task, names_on_page, read_names
from touchbook.core.tasks.seeing import Seen, read_seen, seen_of_task, seen_records
from touchbook.core.tasks.task import Task, TaskMembers
from touchbook.core.transaction import Row

Shown = TypeVar("Shown", bound=TaskMembers)
Found = TypeVar("Found")
_LINKS = Seen.__struct_fields__


class Named(NamedTuple, Generic[Shown]):
    """A task, and the names of whom and what it shows."""

    task: Shown
    names: Names


class Reading(Struct, Generic[Found], frozen=True):
    """The columns of a task `t`, what is looked up for a page of them or for one, and what is made of both.

    `page_look_up` is a select over `shown`, `row_look_up` an expression; each takes the `$n` of
    `Caller.only_owner`. `record` is that of a query schema.
    """

    columns: str
    page_look_up: Callable[[str], str] | None
    row_look_up: Callable[[str], str] | None
    read_look_up: Callable[[str], Any]
    record: Callable[..., Found]


@cache
def reading_of(kind: type[Shown]) -> Reading[Shown]:
    """`kind` is a Struct of members of Task; records that the caller does not see are left out of its links."""
    members = kind.__struct_fields__
    has_links = any(name in members for name in (*_LINKS, "account_id"))
    return Reading(
        columns=columns_of(kind),
        page_look_up=(lambda owner: seen_records("shown", owner, members)) if has_links else None,
        row_look_up=(lambda owner: seen_of_task(owner, members)) if has_links else None,
        read_look_up=read_seen,
        record=maker_of(kind),
    )


@cache
def naming_reading_of(kind: type[Shown]) -> Reading[Named[Shown]]:
    """`kind` has the members of Task that name somebody (names.py), and no other links."""
    make = maker_of(kind)
    return Reading(
        columns=columns_of(kind),
        page_look_up=names_on_page,
        row_look_up=names_of_task,
        read_look_up=read_names,
        record=lambda values, caller, names: Named(make(values, caller, names), names),
    )


def columns_of(kind: type[Shown]) -> str:
    return ", ".join(f"t.{name}" for name in kind.__struct_fields__)


def maker_of(kind: type[Shown]) -> Callable[..., Shown]:
    """Return what makes a `kind` of a row of `columns_of`, whose columns of ids are NULL for none, and of what is
    seen of its links.
    """
    places = {name: place for place, name in enumerate(kind.__struct_fields__)}
    links = [(places[name], name) for name in _LINKS if name in places]
    lists = [places[name] for name in ("assignees", "tags") if name in places]
    account = places.get("account_id")

    def make(values: Sequence[Any], _caller: Caller | None, seen: Any = None) -> Shown:
        members = list(values)
        for place in lists:
            members[place] = members[place] or []
        for place, name in links:
            ids = members[place]
            if ids:
                visible = getattr(seen, name)
                members[place] = [each for each in ids if each in visible]
            else:
                members[place] = []
        if account is not None and members[account] not in seen.accounts:
            members[account] = None
        return kind(*members)

    return make


WHOLE: Reading[Task] = reading_of(Task)


def read_created(row: Row) -> Task:
    """Make a task of a row of its columns; all that it is linked to has been taken, and so is seen."""
    linked = {name: frozenset(row[name] or ()) for name in _LINKS}
    linked["accounts"] |= {row["account_id"]}
    return WHOLE.record(row[:], None, Seen(**linked))
