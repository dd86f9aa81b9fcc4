"""Shapes that all of Rechat's calls share: envelopes, failures, tokens."""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.dialects.kit.tokens import Text as TokenText
from touchbook.dialects.kit.tokens import TokenBody
from touchbook.dialects.rechat.users import UserItem

NO_NUL = {"pattern": r"^[^\u0000]*$"}
Short = Annotated[str, Meta(max_length=255, extra_json_schema=NO_NUL)]
Text = Annotated[str, Meta(max_length=65_536, extra_json_schema=NO_NUL)]
Uid = Annotated[str, Meta(max_length=255, extra_json_schema={"format": "uuid"})]
Item = TypeVar("Item")
MOST_AT_ONCE = 1000


class One(Struct, Generic[Item], frozen=True, kw_only=True):
    code: Literal["OK"] = "OK"
    data: Item


class Info(Struct, frozen=True, kw_only=True):
    """`count` counts this answer, `total` all matches."""

    count: int
    total: int


class Listed(Struct, Generic[Item], frozen=True, kw_only=True):
    code: Literal["OK"] = "OK"
    data: list[Item]
    info: Info


class IdsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Required, unless the ids are in the query."""

    ids: Annotated[list[Uid], Meta(max_length=MOST_AT_ONCE)] | UnsetType = UNSET


class Failure(Struct, frozen=True, kw_only=True):
    """`attributes` has the problems of invalid input by field."""

    http: int
    code: str
    message: str
    attributes: dict[str, list[str]] | UnsetType = UNSET


class TokenRequest(TokenBody, frozen=True, kw_only=True):
    """The body is JSON or a form.

    By `password`: username (an e-mail address) and password; by `refresh_token`: that. A Touchbook key is accepted
    in place of a refresh token. The client's id and secret stand in the body, or in `Authorization: Basic`.
    """

    username: TokenText | None = None
    password: TokenText | None = None


class TokenAnswer(Struct, frozen=True, kw_only=True):
    """`expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    code: Literal["OK"] = "OK"
    data: UserItem
