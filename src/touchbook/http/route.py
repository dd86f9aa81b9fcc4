"""A dialect's route table: its routes, and everything that its document says about them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from touchbook.core.caller import Scope
from touchbook.http.bodies import LARGEST_BODY
from touchbook.http.call import Answer, Call, Request

# For `many`: a write to as many records as there happen to be; one to as many as the client names.
ALL_THAT_MATCH = 0
LONG_REQUEST = 16 * 1024
NO_RULES: Mapping[str, Any] = {}
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def no_limit_headers(_allowance: Any) -> dict[str, str]:
    return {}


class Route(Struct, frozen=True, kw_only=True):
    """`path` as Starlette writes it (`/tasks/{id}`), below the dialect's prefix.

    `query`, `body`, `answer` are the Structs of the document; `errors` are its further error statuses. A route of
    scope `read` is handled outside a transaction. Answers of a route that `shows_secret` are never stored.
    `headers` are further request headers with their meaning; the values of `headers` and `body_rules` are JSON
    schema. `path_type` is the type of the path parameters. A `public` route takes no credential and opens no
    transaction. `reads` are the content types of its body, `body_limit` its size in bytes; `failure`, `media_type`
    and `render_error` override the dialect's. With `or_nothing` it may answer 204. `strict` refuses parameters
    that `query` does not name, as every write to many records does (A-25). `bodiless` makes the body optional.
    `body_listed` makes the body a list of at most that many `body`. With `receives_file` the body is one file,
    stored before the handler runs; with `gives_file` the answer is one, of any type. A request of at least `many`
    bytes (body and query) writes to many records: of these a team has one in progress at a time.
    """

    method: Method
    path: str
    handler: Callable[[Call[Any]], Awaitable[Answer]]
    summary: str
    scope: Scope = "read"
    query: type[Struct] | None = None
    body: type[Struct] | None = None
    answer: Any = None
    status: int = 200
    errors: Sequence[int] = ()
    shows_secret: bool = False
    path_type: Any = str
    headers: Mapping[str, Any] = NO_RULES
    body_rules: Mapping[str, Any] = NO_RULES
    example_request: Any = None
    example_answer: Any = None
    public: bool = False
    reads: Sequence[str] = ()
    body_limit: int = LARGEST_BODY
    failure: type[Struct] | None = None
    media_type: str | None = None
    render_error: Callable[[Exception, Request], Answer] | None = None
    or_nothing: bool = False
    strict: bool = False
    bodiless: bool = False
    body_listed: int = 0
    receives_file: bool = False
    gives_file: bool = False
    many: int | None = None


class Dialect(Struct, frozen=True, kw_only=True):
    """One API that Touchbook speaks.

    `credential` finds the key text in the headers, or None. The paths stand below `prefix`; without a common
    prefix, below its `places`. `unserved` are paths that the API has and Touchbook does not serve yet. `team_of`
    finds the uid of the requested team, where headers can name one. `reads` are the accepted content types; an
    undeclared body is read as the first. With `narrows` a client may ask for some members only, so that none is
    certain to be there. `method_of` returns the intended method, where headers can override it. `about` opens the
    document; `authentication` says how to send the credential. `render_error` gives an error its status and body;
    `limit_headers` returns the rate headers. `check_accepted` refuses a request whose Accept header leaves no
    content type to answer in (NotAcceptable), but none of a public route. `base` is a part of the paths that names
    no resource; `operations` names those whose id does not follow from method and path: `POST /contacts/filter` ->
    `filterContacts`. `answer_rules` are added to the JSON schemas of records in answers.
    """

    name: str
    title: str
    prefix: str
    routes: Sequence[Route]
    credential: Callable[[Any], str | None]
    render_error: Callable[[Exception, Request], Answer]
    failure: type[Struct]
    security: dict[str, Any]
    about: str
    authentication: str
    media_type: str = "application/json"
    narrows: bool = False
    method_of: Callable[[str, Any], str] | None = None
    reads: Sequence[str] = ("application/json",)
    limit_headers: Callable[[Any], dict[str, str]] = no_limit_headers
    check_accepted: Callable[[Any], None] | None = None
    places: Sequence[str] = ()
    unserved: Sequence[str] = ()
    team_of: Callable[[Any], str | None] | None = None
    base: str = ""
    operations: Mapping[str, str] = NO_RULES
    answer_rules: Mapping[type[Struct], Mapping[str, Any]] = NO_RULES  # type: ignore[assignment]

    @property
    def roots(self) -> Sequence[str]:
        return self.places or (self.prefix,)
