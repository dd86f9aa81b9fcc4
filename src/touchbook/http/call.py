"""The input and the output of a handler."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Generic, TypeVar

from msgspec import Struct
from starlette.datastructures import Headers

from touchbook.core.caller import Caller
from touchbook.core.files.filing import Filing
from touchbook.core.files.receiving import Upload
from touchbook.core.teams.signing_in import SignIn
from touchbook.core.transaction import Reader
from touchbook.http.parameters import Parameters

Access = TypeVar("Access", bound=Reader | None, covariant=True)

NO_HEADERS: Mapping[str, str] = {}


class Call(Struct, Generic[Access], frozen=True, kw_only=True):
    """One request; `tx` reads, and for a Call[Transaction] writes.

    A public route has a Call[None] with the caller NOBODY, for `sign_in` and `filing`. `address` is the client's,
    empty if unknown. `origin` is the prefix of links to this server. `upload` is the received file of a route that
    takes one. The first of `secret_keys` signs, each is accepted. `viewer_zone` is the zone of the viewer's day,
    unless the request names one.
    """

    tx: Access
    caller: Caller
    method: str
    path: Mapping[str, str]
    query: Parameters
    headers: Headers
    body: bytes
    viewer_zone: tzinfo
    address: str
    sign_in: SignIn
    filing: Filing
    origin: str
    secret_keys: Callable[[], Sequence[str]]
    upload: Upload | None = None


class Request(Struct, frozen=True):
    """The request that failed, for rendering its error: a page may redirect, an API answers all alike."""

    method: str
    path: str
    headers: Headers


class Answer(Struct, frozen=True):
    """`chunks` replaces the body, and is sent as it is read; its length stands in the headers."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = NO_HEADERS
    chunks: AsyncIterator[bytes] | None = None
