"""Shapes of requests and answers."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.dialects.kit.tokens import Text, TokenBody

Item = TypeVar("Item")


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The place of the error: a member of the body, or a parameter of the query."""

    pointer: str | UnsetType = UNSET
    parameter: str | UnsetType = UNSET


class Problem(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    detail: str
    source: Source | UnsetType = UNSET


class Failure(Struct, frozen=True, kw_only=True):
    errors: list[Problem]


class Linkage(Struct, frozen=True):
    type: str
    id: int


class ToOne(Struct, frozen=True):
    data: Linkage | None


class ToMany(Struct, frozen=True):
    data: list[Linkage]


class RelatedLink(Struct, frozen=True):
    related: str


class LinkAlone(Struct, frozen=True):
    links: RelatedLink


class SelfLink(Struct, frozen=True):
    self: str


class DataConnection(Struct, frozen=True, rename="camel"):
    """The ids of a record in other systems."""

    source: str
    external_id: str


class ResourceMeta(Struct, frozen=True, kw_only=True, rename="camel"):
    can_write: bool | UnsetType = UNSET
    can_delete: bool | UnsetType = UNSET
    data_connections: list[DataConnection] | UnsetType = UNSET


class Included(Struct, frozen=True, kw_only=True):
    """A resource of some type, with the attributes that its own list shows."""

    type: str
    id: int
    attributes: dict[str, Any]
    links: SelfLink
    relationships: dict[str, Any] | UnsetType = UNSET
    meta: ResourceMeta | UnsetType = UNSET


class PageLinks(Struct, frozen=True, kw_only=True):
    first: str
    prev: str | UnsetType = UNSET
    next: str | UnsetType = UNSET
    last: str | UnsetType = UNSET


class ListMeta(Struct, frozen=True):
    count: int
    count_truncated: bool


class OneDocument(Struct, Generic[Item], frozen=True, kw_only=True):
    data: Item
    included: list[Included] | UnsetType = UNSET


class ListDocument(Struct, Generic[Item], frozen=True, kw_only=True):
    data: list[Item]
    links: PageLinks
    included: list[Included] | UnsetType = UNSET
    meta: ListMeta | UnsetType = UNSET


SentId = Annotated[int, Meta(ge=0, lt=10**18)] | Annotated[str, Meta(max_length=18)]
SentTime = Annotated[str, Meta(max_length=64)]


class SentLinkage(Struct, frozen=True):
    """An id is a number or a text."""

    type: Annotated[str, Meta(max_length=255)]
    id: SentId


class SentToOne(Struct, frozen=True):
    data: SentLinkage | None


class SentToMany(Struct, frozen=True):
    """Only one linkage is stored."""

    data: Annotated[list[SentLinkage], Meta(max_length=1)]


class TokenRequest(TokenBody, frozen=True, kw_only=True):
    """The body is a form or JSON.

    A Touchbook key is accepted in place of a refresh token. The client's id and secret stand in the body, or in
    `Authorization: Basic`.
    """

    redirect_uri: Text | None = None


class TokenAnswer(Struct, frozen=True, kw_only=True):
    """`expires_in` is in seconds; `created_at` in seconds since 1970."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int
    refresh_token: str
    scope: str
    created_at: int


class TokenFailure(Struct, frozen=True, kw_only=True):
    error: str
    error_description: str
