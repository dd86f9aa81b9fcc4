"""What a handler is given and what it gives back."""

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

    Of a public route it is a Call[None], and the caller is NOBODY; it is for `sign_in` and `filing`.
    `address` is the client's; empty if it is not known.
    `origin` is what links to this server begin with. `upload` is the file that came, of a route that receives one.
    `secret_keys`: the first signs, each is believed.
    `viewer_zone` is where the viewer's day begins and ends, unless the request says otherwise.
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
    """What an error is rendered for: a page may lead elsewhere by it, an API answers all alike."""

    method: str
    path: str
    headers: Headers


class Answer(Struct, frozen=True):
    """`chunks`: what comes in place of a body, sent as it is read; its length stands in the headers."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = NO_HEADERS
    chunks: AsyncIterator[bytes] | None = None
