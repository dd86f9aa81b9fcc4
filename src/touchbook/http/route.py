"""A dialect's route table: what it serves, and all that its document says of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from touchbook.core.caller import Scope
from touchbook.http.bodies import LARGEST_BODY
from touchbook.http.call import Answer, Call, Request

NO_RULES: Mapping[str, Any] = {}
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def no_limit_headers(_allowance: Any) -> dict[str, str]:
    return {}


class Route(Struct, frozen=True, kw_only=True):
    """`path` as Starlette writes it (`/tasks/{id}`), below the dialect's prefix.

    `query`, `body`, `answer` are the Structs of the document; `errors` are statuses it may answer with.
    A route of scope `read` is handled outside a transaction. `shows_secret`: its answers are never stored.
    `headers` are those that it reads beside the usual ones, with what they mean; the members of `headers` and
    `body_rules` are JSON schema. `path_type` is the type of what stands in the path.

    `public`: no credential is asked, and no transaction opened.
    `reads` are the kinds of its body, `body_limit` is its size in bytes; `failure`, `media_type` and
    `render_error` are what it answers, where they are not the dialect's. `or_nothing`: or else it answers 204.
    `strict`: a parameter that `query` does not name is refused; so it is for every write to many records (A-25).
    `bodiless`: it may come without its body. `body_listed`: its body is a list of at most so many
    `body`. `receives_file`: its
    body is one file, which was received and stored when the handler is called; `gives_file`: its answer is one, of
    whatever kind.
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


class Dialect(Struct, frozen=True, kw_only=True):
    """One API that Touchbook speaks. `credential` finds the key text in the headers, or None.

    Its paths stand below `prefix`; of one without a common prefix, below its `places`.
    `unserved` are paths that the API has and Touchbook does not yet: said so, and taken for nothing else.
    `team_of` finds the uid of the team that a request is for, where headers can name one.
    `reads` are the kinds of body that it takes; a body of no declared kind is read as the first.
    `narrows`: a caller may ask for some members of an answer alone, so that none is sure to be there.
    `method_of` says which method is meant, where headers can name another than the request's own.
    `about` opens its document; `authentication` says in words how to send the credential.
    `render_error` gives any error its status and body; `limit_headers` says how much of the rate is left.
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
    places: Sequence[str] = ()
    unserved: Sequence[str] = ()
    team_of: Callable[[Any], str | None] | None = None

    @property
    def roots(self) -> Sequence[str]:
        return self.places or (self.prefix,)
