"""The filters of a list of tasks."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, tzinfo
from typing import Literal
from uuid import UUID

from msgspec import Struct

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
