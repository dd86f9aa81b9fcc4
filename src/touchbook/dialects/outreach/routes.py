"""What Outreach's API has, and what it says of itself."""

from touchbook.dialects.kit.body import FORM
from touchbook.dialects.kit.limiting import epoch_headers
from touchbook.dialects.kit.route import Dialect, Route
from touchbook.dialects.kit.tokens import LARGEST_TOKEN_BODY
from touchbook.dialects.outreach import tokens
from touchbook.dialects.outreach.auth import credential
from touchbook.dialects.outreach.errors import refuse_token, render_error
from touchbook.dialects.outreach.wire import Failure, TokenAnswer, TokenFailure, TokenRequest

ABOUT = "Access tokens for clients of Outreach's API. What OAuth refuses, it refuses in OAuth's words."
AUTHENTICATION = "Send an access token, or a Touchbook key, as bearer token."
JSON_API = "application/vnd.api+json"
_EXAMPLE = {
    "grant_type": "refresh_token",
    "client_id": "01a201ab-9c08-72a6-acea-ad4a6ef82ba5",
    "client_secret": "SECRET",
    "refresh_token": "tbr_7_SECRET",
}

ROUTES = (
    Route(
        method="POST",
        path="/oauth/token",
        handler=tokens.issue,
        summary="Get an access token",
        public=True,
        shows_secret=True,
        reads=(FORM, "application/json"),
        body_limit=LARGEST_TOKEN_BODY,
        body=TokenRequest,
        answer=TokenAnswer,
        example_request=_EXAMPLE,
        example_answer={
            "access_token": "tba_7_SECRET",
            "token_type": "bearer",
            "expires_in": 7200,
            "refresh_token": "tbr_8_SECRET",
            "scope": "write",
            "created_at": 1793336000,
        },
        errors=(400, 401),
        failure=TokenFailure,
        media_type="application/json",
        render_error=refuse_token,
    ),
)

OUTREACH = Dialect(
    name="outreach",
    title="Outreach",
    prefix="",
    places=("/oauth",),
    routes=ROUTES,
    failure=Failure,
    about=ABOUT,
    authentication=AUTHENTICATION,
    credential=credential,
    render_error=render_error,
    limit_headers=epoch_headers,
    security={"bearer": {"type": "http", "scheme": "bearer"}},
    media_type=JSON_API,
    reads=(JSON_API,),
)
