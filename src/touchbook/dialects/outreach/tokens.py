"""Access tokens. Only HTTP Basic is read from the Authorization header: one client sends `Bearer None`."""

import msgspec

from touchbook.dialects.kit.tokens import give_by_refresh_token, read_token_body
from touchbook.dialects.outreach.wire import TokenAnswer, TokenRequest
from touchbook.http.bodies import FORM
from touchbook.http.call import Answer, Call

_PLAIN = {"content-type": "application/json", "cache-control": "no-store"}


async def issue(call: Call[None]) -> Answer:
    body = read_token_body(TokenRequest, call, undeclared=FORM)
    given = await give_by_refresh_token(call, body, "outreach")
    answer = TokenAnswer(
        access_token=given.access_token,
        expires_in=given.expires_in,
        refresh_token=given.refresh_token,
        scope=given.caller.scope,
        created_at=int(given.created_at.timestamp()),
    )
    return Answer(msgspec.json.encode(answer), headers=_PLAIN)
