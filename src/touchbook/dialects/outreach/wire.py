"""The shapes of the wire: what is asked, what is sent, what comes back."""

from typing import Literal

from msgspec import Struct

from touchbook.dialects.kit.tokens import Text, TokenBody


class Problem(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    detail: str


class Failure(Struct, frozen=True, kw_only=True):
    errors: list[Problem]


class TokenRequest(TokenBody, frozen=True, kw_only=True):
    """As a form or as JSON. A Touchbook key may stand in place of a refresh token."""

    redirect_uri: Text | None = None


class TokenAnswer(Struct, frozen=True, kw_only=True):
    """`expires_in` seconds; `created_at` seconds since 1970."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int
    refresh_token: str
    scope: str
    created_at: int


class TokenFailure(Struct, frozen=True, kw_only=True):
    error: str
    error_description: str
