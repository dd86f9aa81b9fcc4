"""The token request of OAuth, as far as two dialects share it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote_plus

from msgspec import Meta, Struct
from starlette.datastructures import Headers

from touchbook.core.errors import GrantRefused, Invalid
from touchbook.core.teams.client import ClientText
from touchbook.core.teams.token import Given
from touchbook.http.bodies import FORM, decode_form, decode_object, media_type_of
from touchbook.http.call import Call
from touchbook.http.credentials import read_basic
from touchbook.http.fields import REQUIRED, Wrong, read_fields, sentence_of

LARGEST_TOKEN_BODY = 16 * 1024

Text = Annotated[str, Meta(max_length=4096, extra_json_schema={"pattern": r"^[^\u0000]*$"})]


_CLIENT = ("client_id", "client_secret")


class TokenBody(Struct, frozen=True, kw_only=True):
    """Both members of the client are set once it is read: they may have come by `Authorization: Basic`."""

    grant_type: Text
    client_id: Text | None = None
    client_secret: Text | None = None
    refresh_token: Text | None = None


Body = TypeVar("Body", bound=TokenBody)


def read_token_body(kind: type[Body], call: Call[None], *, undeclared: str) -> Body:
    """Read a form or JSON, with the client of the headers; `undeclared` is the type of an undeclared body.

    Errors: Malformed, Invalid, GrantRefused.
    """
    decode = decode_form if (media_type_of(call.headers) or undeclared) == FORM else decode_object
    members = _with_basic_client(decode(call.body), call.headers)
    missing = {name: REQUIRED for name in _CLIENT if members.get(name) is None}
    try:
        body = read_fields(kind, members)
    except Wrong as wrong:
        raise _invalid(missing | wrong.problems) from wrong
    if missing:
        raise _invalid(missing)
    return body


def _with_basic_client(members: Mapping[str, Any], headers: Headers) -> Mapping[str, Any]:
    """Only HTTP Basic names a client; other schemes of Authorization are ignored."""
    sent = read_basic(headers)
    if sent is None:
        return members
    if members.get("client_secret"):
        raise Invalid({"client_secret": ["client_secret may not be sent both in the body and by HTTP Basic."]})
    client = _read_client(sent)
    if members.get("client_id") not in (None, "", client.uid):
        raise Invalid({"client_id": ["client_id in the body is not the one sent by HTTP Basic."]})
    return {**members, **dict(zip(_CLIENT, client, strict=True))}


def _read_client(sent: str) -> ClientText:
    """Read `id:secret`, each form-encoded (RFC 6749, 2.3.1)."""
    uid, colon, secret = sent.partition(":")
    with suppress(UnicodeDecodeError):
        if colon:
            return ClientText(unquote_plus(uid, errors="strict"), unquote_plus(secret, errors="strict"))
    raise GrantRefused("invalid_client", "The Authorization header is not valid HTTP Basic.")


def _invalid(problems: Mapping[str, str]) -> Invalid:
    return Invalid({name: [sentence_of(name, problem)] for name, problem in problems.items()})


def client_of(body: TokenBody) -> ClientText:
    assert body.client_id is not None
    assert body.client_secret is not None
    return ClientText(body.client_id, body.client_secret)


async def give_by_refresh_token(call: Call[None], body: TokenBody, surface: str) -> Given:
    """Errors: GrantRefused, Invalid."""
    if body.grant_type != "refresh_token":
        raise GrantRefused("unsupported_grant_type", "This grant_type is not supported.")
    token = required("refresh_token", body.refresh_token)
    return await call.sign_in.by_refresh_token(client_of(body), token=token, surface=surface)


def required(name: str, value: str | None) -> str:
    if not value:
        raise Invalid({name: [sentence_of(name, REQUIRED)]})
    return value
