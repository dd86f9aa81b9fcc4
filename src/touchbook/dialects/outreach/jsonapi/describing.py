"""The Structs of a resource's document, in answers and in requests."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.dialects.outreach.jsonapi.filters import parameter_names
from touchbook.dialects.outreach.jsonapi.paging import FARTHEST_OFFSET, LARGEST_PAGE
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import Linked, Many, One, Relationship, Resource
from touchbook.dialects.outreach.parameters import parameter_of
from touchbook.dialects.outreach.wire import (
    LinkAlone,
    ListDocument,
    OneDocument,
    ResourceMeta,
    SelfLink,
    SentId,
    SentToMany,
    SentToOne,
    ToMany,
    ToOne,
)

_SENT: Mapping[type, Any] = {One: SentToOne, Many: SentToMany}
_Truth = Literal["true", "false"]
# About as much as fits into an address. A cursor holds the values that its list is sorted by.
_Values = Annotated[str, Meta(max_length=50_000)]
_Cursor = _Values
_Page = Annotated[int, Meta(ge=1, le=LARGEST_PAGE)]
_Offset = Annotated[int, Meta(ge=0, le=FARTHEST_OFFSET)]


def one_of(resource: Resource[Any]) -> Any:
    return OneDocument[_item(resource)]  # type: ignore[misc]


def many_of(resource: Resource[Any]) -> Any:
    return ListDocument[_item(resource)]  # type: ignore[misc]


@cache
def show_query(resource: Resource[Any]) -> type[Struct]:
    return _struct(f"{_title(resource)}ShowQuery", _shaping(resource))


@cache
def list_query(resource: Resource[Any]) -> type[Struct]:
    members = [
        *_shaping(resource),
        ("sort", str),
        ("count", _Truth),
        ("newFilterSyntax", _Truth),
        ("page[size]", _Page),
        ("page[after]", _Cursor),
        ("page[before]", _Cursor),
        ("page[limit]", _Page),
        ("page[offset]", _Offset),
        *((name, _Values) for name in parameter_names(resource)),
    ]
    return _struct(f"{_title(resource)}Query", members)


@cache
def action_query(resource: Resource[Any], parameters: type[Struct]) -> type[Struct]:
    """The parameters of an action, and those that shape its answer."""
    fields = msgspec.structs.fields(parameters)
    required = [field for field in fields if field.required]
    members = [(field, msgspec.field(name=parameter_of(field.encode_name))) for field in required]
    own = [(field.name, field.type, name) for field, name in members]
    optional = [(parameter_of(each.encode_name), each.type) for each in fields if not each.required]
    shaping = _struct(f"{_title(resource)}Shape", [*optional, *_shaping(resource)])
    return msgspec.defstruct(f"{parameters.__name__}Query", own, bases=(shaping,), kw_only=True)


def sent_document(
    resource: Resource[Any], attributes: type[Struct], relationships: Sequence[str], *, update: bool = False
) -> type[Struct]:
    """The body of create, or of `update`, which names its resource: the writable attributes and relationships."""
    name = attributes.__name__ + ("Update" if update else "")
    related = _optional(
        f"{name}Relationships",
        [(each, _SENT[type(resource.relationships[each])]) for each in relationships],
    )
    identity: list[Any] = [("type", Literal[resource.kind])]
    identity.append(("id", SentId) if update else ("id", SentId | UnsetType | None, UNSET))
    members = (("attributes", attributes), ("relationships", related))
    data = msgspec.defstruct(
        f"{name}Data",
        [*identity, *((each, kind | UnsetType, UNSET) for each, kind in members)],
        kw_only=True,
    )
    return msgspec.defstruct(f"{name}Document", [("data", data)])


@cache
def _item(resource: Resource[Any]) -> type[Struct]:
    """Clients may select fields, so that no member is certain to be there."""
    title = _title(resource)
    fields = msgspec.structs.fields(resource.attributes)
    attributes = _optional(f"{title}Attributes", [(field.encode_name, field.type) for field in fields])
    members: list[Any] = [("type", Literal[resource.kind]), ("id", int), ("attributes", attributes)]
    if resource.relationships:
        related = [(name, _linkage(each)) for name, each in resource.relationships.items()]
        members.append(("relationships", _optional(f"{title}Relationships", related)))
    members += [("links", SelfLink), ("meta", ResourceMeta | UnsetType, UNSET)]
    return msgspec.defstruct(title, members, kw_only=True)


def _linkage(relationship: Relationship) -> Any:
    if isinstance(relationship, Linked):
        return LinkAlone
    return ToOne if isinstance(relationship, One) else ToMany


def _title(resource: Resource[Any]) -> str:
    return resource.kind[0].upper() + resource.kind[1:]


def _shaping(resource: Resource[Any]) -> list[tuple[str, Any]]:
    return [
        ("include", str),
        *((f"fields[{kind}]", _Values) for kind in _reached(resource)),
        ("provideAuthorizationMeta", _Truth),
        ("provideDataConnections", _Truth),
    ]


def _reached(resource: Resource[Any]) -> list[str]:
    """Return the types that an answer may contain, itself first."""
    reached = [resource.kind]
    for kind in reached:
        for relationship in RESOURCES[kind].relationships.values():
            if not isinstance(relationship, Linked):
                reached += [each for each in relationship.types if each not in reached]
    return reached


def _optional(name: str, members: Sequence[tuple[str, Any]]) -> type[Struct]:
    return msgspec.defstruct(name, [(each, kind | UnsetType, UNSET) for each, kind in members])


def _struct(name: str, members: Sequence[tuple[str, Any]]) -> type[Struct]:
    """Build a Struct with members that are no names in Python."""
    fields = [
        (f"member{number}", kind | UnsetType, msgspec.field(default=UNSET, name=each))
        for number, (each, kind) in enumerate(members)
    ]
    return msgspec.defstruct(name, fields, kw_only=True)
