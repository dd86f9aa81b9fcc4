"""Reads the query of a request: the shape of the answer, and the filters of a list."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from touchbook.core.query.conditions import Condition
from touchbook.core.query.windows import Order
from touchbook.dialects.outreach.errors import BadParameter
from touchbook.dialects.outreach.jsonapi.filters import read_filters
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import Linked, Resource
from touchbook.http.parameters import Parameters

Given = Mapping[str, Sequence[str]]
Tree = Mapping[str, Any]

_SHOWING = {"include", "fields", "provideAuthorizationMeta", "provideDataConnections"}
_LISTING = _SHOWING | {"filter", "sort", "page", "count", "newFilterSyntax"}
_MOST_SORTS = 5
_DEEPEST = 4


class Shape(Struct, frozen=True):
    """`include`: relationship -> the shape of its records. `fields`: type -> the selected members."""

    include: Tree
    fields: Mapping[str, frozenset[str]]
    authorization: bool
    connections: bool


class Selection(Struct, frozen=True):
    conditions: Sequence[Condition]
    orders: Sequence[Order]
    count: bool


def read_parameters(query: Parameters) -> dict[str, list[str]]:
    """Return each with its one value, however often it was sent; names that end in [] have all values."""
    given: dict[str, list[str]] = {}
    for name, value in query.sent:
        values = given.setdefault(name, [])
        if value not in values:
            values.append(value)
    for name, values in given.items():
        if len(values) > 1 and not name.endswith("[]"):
            raise BadParameter(name, "It was sent with different values.")
    return given


def read_shape(resource: Resource[Any], given: Given, *, listing: bool = False) -> Shape:
    _refuse_unknown(given, _LISTING if listing else _SHOWING)
    return Shape(
        _included(resource, _text(given, "include")),
        {
            name[len("fields[") : -1]: frozenset(values[0].split(","))
            for name, values in given.items()
            if name.startswith("fields[") and name.endswith("]")
        },
        _truth(given, "provideAuthorizationMeta"),
        _truth(given, "provideDataConnections"),
    )


def read_selection(resource: Resource[Any], given: Given) -> Selection:
    new = _truth(given, "newFilterSyntax")
    return Selection(
        read_filters(resource, given, new=new), _orders(resource, _text(given, "sort")), _truth(given, "count")
    )


def _refuse_unknown(given: Given, known: set[str]) -> None:
    """Names of small letters alone are reserved by JSON:API: an unknown one is refused.

    Other names belong to clients.
    """
    for name in given:
        base = name.partition("[")[0]
        reserved = (base.isascii() and base.isalpha() and base.islower()) or base in _LISTING
        if reserved and base not in known:
            raise BadParameter(name, "This parameter is not supported here.")
        if base == "fields" and not (name.startswith("fields[") and name.endswith("]")):
            raise BadParameter(name, "Fields must be written as fields[type]=a,b.")


def _text(given: Given, name: str) -> str:
    return given[name][0] if name in given else ""


def _truth(given: Given, name: str) -> bool:
    text = _text(given, name)
    if text not in ("", "true", "false"):
        raise BadParameter(name, "Must be true or false.")
    return text == "true"


def _orders(resource: Resource[Any], text: str) -> list[Order]:
    orders: list[Order] = []
    for name in text.split(",") if text else ():
        column = resource.sorts.get(name.removeprefix("-"))
        if column is None:
            raise BadParameter("sort", f'A {resource.kind} cannot be sorted by "{name}".')
        if column not in [order.column for order in orders]:
            orders.append(Order(column, name.startswith("-")))
    if len(orders) > _MOST_SORTS:
        raise BadParameter("sort", f"A list can be sorted by at most {_MOST_SORTS} of its attributes.")
    return orders


def _included(resource: Resource[Any], text: str) -> Tree:
    tree: dict[str, Any] = {}
    for path in text.split(",") if text else ():
        names = path.split(".")
        if len(names) > _DEEPEST or not _leads_on(resource, names):
            raise BadParameter("include", f'A {resource.kind} cannot include "{path}".')
        branch = tree
        for name in names:
            branch = branch.setdefault(name, {})
    return tree


def _leads_on(resource: Resource[Any], names: Sequence[str]) -> bool:
    relationship = resource.relationships.get(names[0])
    if relationship is None or isinstance(relationship, Linked):
        return False
    return len(names) == 1 or any(_leads_on(RESOURCES[kind], names[1:]) for kind in relationship.types)
