"""Filters of contacts."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Value
from touchbook.core.contacts.definition import Definition
from touchbook.core.contacts.matching import matched_value
from touchbook.core.contacts.valuing import WrongValue
from touchbook.core.folding import fold, same
from touchbook.core.query.searching import add_search
from touchbook.core.query.where import Where, escape_like

Operator = Literal["eq", "lte", "gte", "between", "any", "all"]
MOST_VALUES = 50
_COLUMNS: dict[str, str] = {"text": "matched", "date": "date", "number": "number"}
_TYPES: dict[str, str] = {"text": "text", "date": "date", "number": "numeric"}
_APART = 4


class AttributeFilter(Struct, frozen=True):
    """Matches contacts with an attribute of that definition and value; inverted, contacts without one (RC-085).

    `eq`, `lte` and `gte` take one value, `between` two, `any` and `all` several. Tags and addresses compare
    without case, other texts without accents too, phone numbers as E.164.
    """

    definition: Definition
    values: Sequence[str | date | Decimal]
    operator: Operator = "eq"
    invert: bool = False


def check_count(filters: Sequence[AttributeFilter]) -> None:
    """Raise WrongValue for too many values in total: each costs the database work before any contact is found."""
    if sum(len(each.values) for each in filters) > MOST_VALUES:
        raise WrongValue(f"All filters together have at most {MOST_VALUES} values.")


class Span(Struct, frozen=True):
    """An interval between two instants, both included."""

    first: datetime | None = None
    last: datetime | None = None


class ContactFilter(Struct, frozen=True, kw_only=True):
    """All given conditions must match.

    `search` looks through words, parts of names, addresses, numbers and searchable texts; `letter` is the first
    letter of the sort field; `lists` and `sequences` match membership in one of them, in a sequence active or
    paused. `found` or `ids` stand in place of a search that was done already; `ids` are the results of a
    misspelled search, the nearest first.
    """

    search: str | None = None
    letter: str | None = None
    account: int | None = None
    owners: Collection[int] | None = None
    authors: Collection[int] | None = None
    editors: Collection[int] | None = None
    tasks: Collection[UUID] | None = None
    uids: Collection[UUID] | None = None
    excludes: Collection[UUID] = ()
    created: Span = Span()
    updated: Span = Span()
    last_touch: Span = Span()
    next_touch: Span = Span()
    attributes: Sequence[AttributeFilter] = ()
    lists: "Collection[ListMembers] | None" = None
    sequences: Collection[UUID] | None = None
    found: Sequence[int] | None = None
    ids: Sequence[int] | None = None


class ListMembers(Struct, frozen=True):
    """The members of a list: the contacts that match its filter, or the chosen ones."""

    list_id: int
    filter: ContactFilter | None


EVERYONE = ContactFilter()


def texts_matching(caller: Caller, search: str) -> Where:
    """Return a query of texts `x` of the contacts that the caller sees."""
    where = add_search(Where(caller.team_id, "x.team_id = $1"), search, "x.folded", region=caller.region)
    return add_owner(where, caller)


def add_owner(where: Where, caller: Caller) -> Where:
    if caller.own_contacts_only:
        where.add(_OWN, caller.user_id)
    return where


_OWN = "x.contact_id in (select c.id from contacts c where c.team_id = $1 and c.owner_id = {})"


def add_filter(where: Where, filters: ContactFilter, region: str) -> Where:
    """Add the filter to a statement on contacts `c`."""
    if filters.search:
        texts = add_search(where.branch(), filters.search, "x.folded", region=region).sql
        where.add(f"c.id in (select x.contact_id from contact_texts x where x.team_id = $1 and {texts})")
    if filters.letter:
        where.add("c.sort_key like {}", f"{escape_like(fold(filters.letter))}%")
    if filters.tasks is not None:
        where.add(_OF_TASKS, list(filters.tasks))
    if filters.sequences is not None:
        where.add(_IN_SEQUENCES, list(filters.sequences))
    _add_members(where, filters)
    for column, span in _spans(filters).items():
        _add_span(where, column, span)
    _add_attributes(where, filters.attributes, region)
    if filters.lists is not None:
        where.add_any([matching_list(where.branch(), each, region) for each in filters.lists])
    return where


_OF_TASKS = """c.id in (select s.contact_id from task_associations s
    join tasks t on t.team_id = s.team_id and t.id = s.task_id and t.deleted_at is null
    where s.team_id = $1 and s.deleted_at is null and s.kind = 'contact' and t.uid = any({}::uuid[]))"""


_IN_SEQUENCES = """c.id in (select s.contact_id from sequence_states s
    join sequences q on q.team_id = s.team_id and q.id = s.sequence_id and q.deleted_at is null
    where s.team_id = $1 and s.deleted_at is null and s.state <> 'finished' and q.uid = any({}::uuid[]))"""


def _add_members(where: Where, filters: ContactFilter) -> None:
    if filters.account is not None:
        where.add("c.account_id = {}", filters.account)
    for column, users in (
        ("owner", filters.owners),
        ("created_by", filters.authors),
        ("updated_by", filters.editors),
    ):
        if users is not None:
            where.add(f"c.{'owner_id' if column == 'owner' else column} = any({{}}::bigint[])", list(users))
    if filters.uids is not None:
        where.add("c.uid = any({}::uuid[])", list(filters.uids))
    if filters.excludes:
        where.add("c.uid <> all({}::uuid[])", list(filters.excludes))
    for ids in (filters.found, filters.ids):
        if ids is not None:
            where.add("c.id = any({}::bigint[])", list(ids))


def _spans(filters: ContactFilter) -> dict[str, Span]:
    return {
        "created_at": filters.created,
        "updated_at": filters.updated,
        "last_touch_at": filters.last_touch,
        "next_touch_at": filters.next_touch,
    }


def _add_span(where: Where, column: str, span: Span) -> None:
    """A contact without that instant matches no interval (RC-081)."""
    if span.first is not None:
        where.add(f"c.{column} >= {{}}", span.first)
    if span.last is not None:
        where.add(f"c.{column} <= {{}}", span.last)


def _add_attributes(where: Where, filters: Sequence[AttributeFilter], region: str) -> None:
    """Tags are columns of the contact; every other attribute is a join.

    Joins take long to plan in numbers, so those after the first few are combined into one.
    """
    for each in filters:
        if each.definition.name == "tag":
            contains = f"c.tag_keys {'&&' if each.operator == 'any' else '@>'} {{}}::text[]"
            where.add(f"not ({contains})" if each.invert else contains, [same(str(tag)) for tag in each.values])
    for invert in (False, True):
        requested = [each for each in filters if each.definition.name != "tag" and each.invert is invert]
        for some in (*([each] for each in requested[:_APART]), requested[_APART:]):
            if some:
                where.add(f"{'not ' if invert else ''}exists ({_having(where, some, region)})")


def _having(where: Where, requested: Sequence[AttributeFilter], region: str) -> str:
    """Return SQL that matches contacts with all requested attributes, or, for inverted filters, with any."""
    asked = [_Asked(where, each, region) for each in requested]
    held = "from contact_attributes a where a.team_id = $1 and a.deleted_at is null"
    if len(asked) == 1 and asked[0].least == 1:
        return f"select {held} and a.contact_id = c.id and {asked[0].fits}"
    fits = " or ".join(f"({each.fits})" for each in asked)
    enough = (" or " if requested[0].invert else " and ").join(each.enough(where) for each in asked)
    return f"""select from (select a.contact_id {held} and ({fits}) group by a.contact_id having {enough}) h
        where h.contact_id = c.id"""


class _Asked:
    """The attributes that match a filter, and the `least` number of different values among them."""

    def __init__(self, where: Where, requested: AttributeFilter, region: str) -> None:
        kind = requested.definition.data_type
        self._column = f"a.{_COLUMNS[kind]}"
        values = [_compared(requested.definition, value, region) for value in requested.values]
        self.least = len(set(values)) if requested.operator == "all" else 1
        if requested.operator in ("lte", "gte", "between"):
            term = _bounded(where, self._column, requested.operator, values)
        else:
            term = f"{self._column} = any({where.value(values)}::{_TYPES[kind]}[])"
        self.fits = f"a.type = {where.value(requested.definition.name)} and {term}"

    def enough(self, where: Where) -> str:
        if self.least == 1:
            return f"bool_or({self.fits})"
        return f"count(distinct {self._column}) filter (where {self.fits}) >= {where.value(self.least)}"


def _bounded(where: Where, column: str, operator: Operator, values: Sequence[Any]) -> str:
    if operator == "between":
        return f"{column} between {where.value(values[0])} and {where.value(values[1])}"
    return f"{column} {'<=' if operator == 'lte' else '>='} {where.value(values[0])}"


def _compared(definition: Definition, value: str | date | Decimal, region: str) -> Any:
    if isinstance(value, str):
        return matched_value(definition, Value(text=value), region)
    return value


def matching_list(where: Where, members: ListMembers, region: str) -> Where:
    if members.filter is not None:
        return add_filter(where, members.filter, region)
    return where.add(
        """exists (select from contact_list_members m
        where m.team_id = $1 and m.list_id = {} and m.contact_id = c.id)""",
        members.list_id,
    )
