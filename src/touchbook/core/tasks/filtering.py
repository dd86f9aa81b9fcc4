"""The filters of a list of tasks."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from touchbook.core.query.conditions import Condition, Range
from touchbook.core.tasks.task import Kind, Status

Op = Literal["lt", "lte", "gt", "gte"]


class Bound(Struct, frozen=True):
    """An instant or a day; a day is a span: before it, up to its end, after it, from its start on (5.3.7)."""

    op: Op
    value: date | datetime


class TaskFilter(Struct, frozen=True, kw_only=True):
    """Every condition that is set must hold. Days are those of `zone`.

    `assignee` is the first assignee, `any_assignee` whichever (A-44); `contact`, `deal` and `listing` are linked
    to it. `due` are bounds of the due time, where a date-only task counts from the start of its day, or,
    `as_given`, from the instant that it was given with. `title` is part of the shown title; each word
    of `search` stands in it or in the description.
    """

    zone: tzinfo
    uids: Collection[UUID] | None = None
    statuses: Collection[Status] | None = None
    priority: int | None = None
    kinds: Collection[Kind] | None = None
    assignee: int | None = None
    any_assignee: int | None = None
    contact: int | None = None
    deal: int | None = None
    listing: int | None = None
    account: int | None = None
    origins: Collection[str] | None = None
    other_than_origins: Collection[str] | None = None
    due: Sequence[Bound] = ()
    created: Sequence[Bound] = ()
    updated: Sequence[Bound] = ()
    title: str | None = None
    search: str | None = None
    as_given: bool = False

    @property
    def due_column(self) -> str:
        return "given" if self.as_given else "due"


_SPANS: dict[Op, Any] = {
    "lt": lambda value: Range(below=value), "lte": lambda value: Range(last=value),
    "gt": lambda value: Range(above=value), "gte": lambda value: Range(first=value),
}  # fmt: skip


def conditions_of(filters: TaskFilter) -> list[Condition]:
    """The filters as conditions on the query schema of tasks."""
    collections: dict[str, Collection[Any] | None] = {
        "uid": filters.uids, "status": filters.statuses, "kind": filters.kinds, "origin": filters.origins,
    }  # fmt: skip
    values: dict[str, Any] = {
        "owner.id": filters.assignee, "assignees.id": filters.any_assignee, "contacts.id": filters.contact,
        "deals.id": filters.deal, "listings.id": filters.listing, "account.id": filters.account,
        "priority": filters.priority, "title": filters.title or None, "search": filters.search or None,
    }  # fmt: skip
    bounds = {filters.due_column: filters.due, "created_at": filters.created, "updated_at": filters.updated}
    return [
        *(Condition(column=name, values=[value]) for name, value in values.items() if value is not None),
        *(Condition(column=name, values=[*asked]) for name, asked in collections.items() if asked is not None),
        *_excluded(filters.other_than_origins),
        *(_bounded(name, bound) for name, asked in bounds.items() for bound in asked),
    ]


def _excluded(origins: Collection[str] | None) -> Iterator[Condition]:
    if origins is not None:
        yield Condition(column="origin", values=sorted(origins), negated=True)


def _bounded(column: str, bound: Bound) -> Condition:
    return Condition(column=column, ranges=[_SPANS[bound.op](bound.value)])
