"""The token call of OAuth, as far as two dialects share it."""

from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from touchbook.core.errors import GrantRefused, Invalid
from touchbook.core.teams.client import ClientText
from touchbook.core.teams.token import Given
from touchbook.dialects.kit.body import FORM, decode_form, decode_object, media_type_of
from touchbook.dialects.kit.call import Call
from touchbook.dialects.kit.fields import REQUIRED, Wrong, read_fields, sentence_of

LARGEST_TOKEN_BODY = 16 * 1024

Text = Annotated[str, Meta(max_length=4096, extra_json_schema={"pattern": r"^[^\u0000]*$"})]


class TokenBody(Struct, frozen=True, kw_only=True):
    grant_type: Text
    client_id: Text
    client_secret: Text
    refresh_token: Text | None = None


Body = TypeVar("Body", bound=TokenBody)


def read_token_body(kind: type[Body], call: Call[None], *, undeclared: str) -> Body:
    """From a form or from JSON; `undeclared` is what a body of no declared kind is. Errors: Malformed, Invalid."""
    decode = decode_form if (media_type_of(call.headers) or undeclared) == FORM else decode_object
    try:
        return read_fields(kind, decode(call.body))
    except Wrong as wrong:
        raise Invalid({name: [sentence_of(name, problem)] for name, problem in wrong.problems.items()}) from wrong


def client_of(body: TokenBody) -> ClientText:
    return ClientText(body.client_id, body.client_secret)


async def give_by_refresh_token(call: Call[None], body: TokenBody, surface: str) -> Given:
    """Errors: GrantRefused, Invalid."""
    if body.grant_type != "refresh_token":
        raise GrantRefused("unsupported_grant_type", "This grant_type is not served here.")
    token = required("refresh_token", body.refresh_token)
    return await call.sign_in.by_refresh_token(client_of(body), token=token, surface=surface)


def required(name: str, value: str | None) -> str:
    if not value:
        raise Invalid({name: [sentence_of(name, REQUIRED)]})
    return value
