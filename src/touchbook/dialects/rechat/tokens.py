"""Sign-in: an access token for a password, a refresh token or a key."""

import msgspec

from touchbook.core.teams.token import Given
from touchbook.dialects.kit.tokens import client_of, give_by_refresh_token, read_token_body, required
from touchbook.dialects.rechat.users import user_item
from touchbook.dialects.rechat.wire import TokenAnswer, TokenRequest
from touchbook.http.call import Answer, Call

_SURFACE = "rechat"
_UNSTORED = {"cache-control": "no-store"}


async def issue(call: Call[None]) -> Answer:
    body = read_token_body(TokenRequest, call, undeclared="application/json")
    if body.grant_type == "password":
        given = await _give_by_password(call, body)
    else:
        given = await give_by_refresh_token(call, body, _SURFACE)
    answer = TokenAnswer(
        access_token=given.access_token,
        refresh_token=given.refresh_token,
        expires_in=given.expires_in,
        data=user_item(given.user, given.caller, given.created_at),
    )
    return Answer(msgspec.json.encode(answer), headers=_UNSTORED)


async def _give_by_password(call: Call[None], body: TokenRequest) -> Given:
    return await call.sign_in.by_password(
        client_of(body),
        username=required("username", body.username),
        password=required("password", body.password),
        address=call.address,
        surface=_SURFACE,
    )
