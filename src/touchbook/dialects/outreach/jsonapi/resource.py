"""Describes a kind of resource: its query schema, its attributes, its filters."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic

from msgspec import Struct, field

from touchbook.core.caller import Caller
from touchbook.core.query.schema import QuerySchema, Record
from touchbook.core.transaction import Reader
from touchbook.dialects.outreach.jsonapi.members import Members

BASE = "/api/v2"
_NOTHING: Mapping[str, Any] = {"data": None}


class Ref(Struct, frozen=True, order=True):
    """A resource by its type on the wire and its id; serialized, it is JSON:API's linkage."""

    kind: str = field(name="type")
    id: int


class One(Struct, frozen=True):
    """A to-one relationship to one of the `types`; `of` finds its target in a record."""

    types: Sequence[str]
    of: Callable[[Any], Ref | None]

    def refs(self, record: Any) -> Sequence[Ref]:
        ref = self.of(record)
        return [ref] if ref else []

    def show(self, _place: str, _ref: Ref, record: Any) -> Mapping[str, Any]:
        ref = self.of(record)
        return _NOTHING if ref is None else {"data": ref}


class Many(Struct, frozen=True):
    """A to-many relationship that is shown with its data."""

    types: Sequence[str]
    refs: Callable[[Any], Sequence[Ref]]

    def show(self, _place: str, _ref: Ref, record: Any) -> dict[str, Any]:
        return {"data": self.refs(record)}


class Linked(Struct, frozen=True):
    """A to-many relationship that is only a link: to the list at `path`, filtered by this resource."""

    path: str
    filter: str

    def show(self, place: str, ref: Ref, _record: Any) -> dict[str, Any]:
        return {"links": {"related": f"{place}{self.path}?filter[{self.filter}][id]={ref.id}"}}


Relationship = One | Many | Linked


def to_one(kind: str, member: str) -> One:
    """`member` of the record, dotted or not, holds the id."""
    find = attrgetter(member)

    def of(record: Any) -> Ref | None:
        found = find(record)
        return None if found is None else Ref(kind, found)

    return One((kind,), of)


def _any_record(_record: Any) -> bool:
    return True


Furnish = Callable[[Reader, Caller, Sequence[Any]], Awaitable[Sequence[Any]]]


class Resource(Struct, Generic[Record], frozen=True, kw_only=True, eq=False):
    """`kind` is its type on the wire; `attributes` is the Struct that `show` makes of a record of `schema`.

    `filters` and `sorts` map names on the wire to columns of the schema; `owner.email` is the column of
    `filter[owner][email]`. `words` maps columns to value names, on the wire -> in the core. `kept` are attributes
    that are only kept, `unkept` relationships that are refused, and may be written elsewhere. `furnishes` is
    an attribute that no schema has, and the function that loads it for many records at once. `alias` is the noun
    by which records are known in other systems. A `writable` resource is created, updated and deleted here. A
    `choosable` one can be the target of a relationship.
    """

    kind: str
    path: str
    schema: QuerySchema[Record]
    attributes: type[Struct]
    show: Callable[[Record], Struct]
    relationships: Mapping[str, Relationship] = {}
    filters: Mapping[str, str]
    sorts: Mapping[str, str]
    alias: str | None = None
    kept: Members = {}
    unkept: frozenset[str] = frozenset()
    writable: bool = False
    choosable: Callable[[Any], bool] = _any_record
    words: Mapping[str, Mapping[str, str]] = {}
    furnishes: tuple[str, Furnish] | None = None


def below(relationship: str, columns: Mapping[str, str], through: str | None = None) -> dict[str, str]:
    """Return filters by columns of a related resource; `through` is the schema's own name for it."""
    return {f"{relationship}.{name}": f"{through or relationship}.{column}" for name, column in columns.items()}


OF_USER: Mapping[str, str] = {"id": "id", "email": "email", "firstName": "first_name"}
TIMES: Mapping[str, str] = {"createdAt": "created_at", "updatedAt": "updated_at"}
