"""Handles one request, from the socket to the committed answer; the same steps for every dialect."""

import contextlib
import hashlib
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC
from typing import NamedTuple

import structlog
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from touchbook.core.caller import NOBODY, Caller
from touchbook.core.errors import Invalid, RolledBack, TouchbookError, Unauthenticated, Unavailable
from touchbook.core.files.filing import Filing
from touchbook.core.files.receiving import Upload
from touchbook.core.teams.attempting import network_of
from touchbook.core.teams.signing_in import SignIn
from touchbook.core.transaction import OpenStore, Reader, Transaction
from touchbook.http.admission import Admission, AdmittedStore
from touchbook.http.bodies import check_media_type, check_text, read_body
from touchbook.http.buffers import Buffers
from touchbook.http.call import Answer, Call, Request
from touchbook.http.credentials import Credentials
from touchbook.http.disconnects import Disconnected, Disconnects, Work
from touchbook.http.encodings import unpack
from touchbook.http.errors import Broken, MethodNotAllowed, NoSuchPath, NotServed, RateLimited
from touchbook.http.idempotency import Once, claim_once, remember_answer
from touchbook.http.limiting import RateLimit
from touchbook.http.multipart import read_file_part
from touchbook.http.origin import origin_of
from touchbook.http.parameters import read_query
from touchbook.http.path import names_in
from touchbook.http.route import Dialect, Route

_log = structlog.get_logger()
_REPLAYED = {"idempotent-replayed": "true"}
_LONGEST_KEY = 255
# Of two who wait for each other one is given up, and a statement may be older than a migration: it begins anew.
_TRIES = 3
_BODILESS = ("GET", "HEAD")
# A longer path is known by its hash: an index holds no key of any length.
_LONGEST_PATH = 300


class Server:
    """State that all dialects share: the store, who may use it when, the callers, the rates.

    With `personal_zone` a request that names no zone uses the person's own, else UTC. `password_grant` allows
    users to sign in by password. `public_url` is the public address of this server. The first of `secret_keys`
    signs tokens that clients send back, each is accepted.
    """

    def __init__(
        self,
        store: OpenStore,
        credentials: Credentials,
        rate_limit: RateLimit,
        filing: Filing,
        admission: Admission,
        *,
        public_url: str | None = None,
        personal_zone: bool = False,
        password_grant: bool = True,
        secret_keys: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.secret_keys = secret_keys
        self.store = store
        self.credentials = credentials
        self.rate_limit = rate_limit
        self.filing = filing
        self.public_url = public_url
        self.personal_zone = personal_zone
        self.admission = admission
        self.disconnects = Disconnects()
        self.sign_in = SignIn(AdmittedStore(store, admission, NOBODY.team_id), by_password_too=password_grant)
        self.buffers = Buffers()


class Received(NamedTuple):
    """A request of `caller` with its body, or with the file of a route that receives one."""

    route: Route
    caller: Caller
    scope: Scope
    headers: Headers
    body: bytes = b""
    upload: Upload | None = None

    @property
    def once(self) -> Once | None:
        if self.route.shows_secret:
            return None
        return _once(self.scope, self.headers, self.upload.fingerprint if self.upload else self.body)

    @property
    def writes_many(self) -> bool:
        sent = len(self.scope["query_string"]) + len(self.body)
        return self.route.many is not None and sent >= self.route.many


class PathServer:
    """All methods of one path of one dialect, as an ASGI application."""

    def __init__(self, server: Server, dialect: Dialect, routes: list[Route]) -> None:
        self._server = server
        self._dialect = dialect
        self._routes: dict[str, Route] = {route.method: route for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits: dict[str, str] = {}
        refuse = self._dialect.render_error
        seen = scope["state"]
        seen["dialect"] = self._dialect.name
        headers = Headers(scope=scope)
        request = Request(scope["method"], seen["path"], headers)
        try:
            route = self._route(scope["method"], headers)
            seen["route"] = self._dialect.prefix + route.path
            if route.body is not None or route.receives_file or route.method != scope["method"]:
                receive = unpack(receive, headers)
            refuse = route.render_error or refuse
            if route.public:
                network = network_of(_address(scope))
                limits = self._count(network)
                with self._server.buffers.bound(receive, headers, network) as bounded:
                    answer = await self._serve_anybody(route, scope, headers, bounded)
            else:
                seen["caller"] = caller = await self._authenticate(scope, headers)
                limits = self._count(caller.credential)
                with self._server.buffers.bound(receive, headers, caller.credential) as bounded:
                    answer = await self._handle(route, caller, scope, headers, bounded)
        except TouchbookError as error:
            answer = refuse(error, request)
        except Disconnected:
            return
        except Exception:
            _log.exception("request failed", dialect=self._dialect.name, method=scope["method"])
            answer = refuse(Broken("Something went wrong on our side."), request)
        limits = limits or rest_of_rate(self._server, self._dialect, scope)
        await send_answer(send, answer, self._dialect.media_type, limits, only_head=scope["method"] == "HEAD")

    def _route(self, method: str, headers: Headers) -> Route:
        if self._dialect.method_of is not None:
            method = self._dialect.method_of(method, headers)
        route = self._routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise MethodNotAllowed(method, list(self._routes))
        return route

    async def _authenticate(self, scope: Scope, headers: Headers) -> Caller:
        """A credential that is not known counts against its address, before the database is asked for it."""
        key = self._dialect.credential(headers)
        team = self._dialect.team_of(headers) if self._dialect.team_of is not None else None
        credentials, surface = self._server.credentials, self._dialect.name
        if key is not None and credentials.knows(key, surface, team):
            return await credentials.caller_of(key, surface, team)
        # Apart from what the address asks of public routes: neither uses up the other.
        unknown = _unknown(scope)
        self._count(unknown)
        if key is None:
            raise Unauthenticated
        try:
            caller = await credentials.caller_of(key, surface, team)
        except Unavailable:
            self._server.rate_limit.give_back(unknown)
            raise
        self._server.rate_limit.give_back(unknown)
        return caller

    def _count(self, whom: Hashable) -> dict[str, str]:
        allowance = self._server.rate_limit.take(whom)
        if allowance.exceeded:
            raise RateLimited(allowance)
        return self._dialect.limit_headers(allowance)

    async def _handle(
        self, route: Route, caller: Caller, scope: Scope, headers: Headers, receive: Receive
    ) -> Answer:
        caller.require(route.scope)
        if self._dialect.check_accepted is not None:
            self._dialect.check_accepted(headers)
        if route.receives_file:
            name, chunks = await read_file_part(receive, headers, limit=self._server.filing.limit)
            async with self._server.filing.receive(caller, name, chunks) as upload:
                with self._server.disconnects.watch(receive) as work:
                    return await self._write(Received(route, caller, scope, headers, upload=upload), work)
        received = Received(route, caller, scope, headers, await self._read(route, scope, headers, receive))
        with self._server.disconnects.watch(receive) as work:
            if route.scope != "read":
                return await self._write(received, work)
            async with self._server.admission.slot(caller.team_id), self._server.store.reading() as reader:
                return await route.handler(self._call(received, reader))

    async def _serve_anybody(self, route: Route, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        body = await self._read(route, scope, headers, receive)
        return await route.handler(self._call(Received(route, NOBODY, scope, headers, body), None))

    async def _read(self, route: Route, scope: Scope, headers: Headers, receive: Receive) -> bytes:
        body = b"" if scope["method"] in _BODILESS else await read_body(receive, headers, limit=route.body_limit)
        if body and route.body is not None:
            check_media_type(headers, route.reads or self._dialect.reads)
        return body

    async def _write(self, received: Received, work: Work) -> Answer:
        caller, once = received.caller, received.once
        repeats = once and (caller.team_id, caller.user_id, once.path, once.key)
        async with self._server.admission.slot(caller.team_id, many=received.writes_many, once=repeats):
            for _ in range(_TRIES - 1):
                with contextlib.suppress(RolledBack):
                    return await self._write_once(received, once, work)
            return await self._write_once(received, once, work)

    async def _write_once(self, received: Received, once: Once | None, work: Work) -> Answer:
        caller = received.caller
        async with self._server.store.transaction(unhurried=received.writes_many) as tx:
            given = await claim_once(tx, caller, once) if once else None
            if given is not None:
                return Answer(given.body, given.status, {**given.headers, **_REPLAYED})
            answer = await received.route.handler(self._call(received, tx))
            if once:
                await remember_answer(
                    tx, caller, once, status=answer.status, headers=answer.headers, body=answer.body
                )
            # What is being committed is not interrupted: nobody could say how it ended.
            work.finish()
            return answer

    def _call(self, received: Received, tx: Reader | Transaction | None) -> Call[Reader | None]:
        route, caller, scope, headers, body, upload = received
        return Call(
            tx=tx,
            caller=caller,
            method=scope["method"],
            path=names_in(scope),
            query=read_query(scope["query_string"], route.query, strict=route.strict),
            headers=headers,
            body=body,
            upload=upload,
            viewer_zone=caller.zone if self._server.personal_zone else UTC,
            address=_address(scope),
            sign_in=self._server.sign_in,
            filing=self._server.filing,
            origin=origin_of(scope, headers, self._server.public_url),
            secret_keys=self._server.secret_keys,
        )


class NothingHere:
    """Answers for every path that a dialect does not have, for any method and caller."""

    def __init__(self, server: Server, dialect: Dialect, error: type[NoSuchPath | NotServed] = NoSuchPath) -> None:
        self._server = server
        self._dialect = dialect
        self._error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["dialect"] = self._dialect.name
        path = scope["state"]["path"]
        request = Request(scope["method"], path, Headers(scope=scope))
        answer = self._dialect.render_error(self._error(path), request)
        limits = rest_of_rate(self._server, self._dialect, scope)
        await send_answer(send, answer, self._dialect.media_type, limits)


def rest_of_rate(server: Server, dialect: Dialect, scope: Scope) -> dict[str, str]:
    """Return the rate headers of an answer that counted against no key."""
    return dialect.limit_headers(server.rate_limit.look(_unknown(scope)))


async def send_answer(
    send: Send, answer: Answer, media_type: str, headers: dict[str, str], *, only_head: bool = False
) -> None:
    fields = {
        "content-type": media_type,
        "content-length": str(len(answer.body)),
        **headers,
        **answer.headers,
    }
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if answer.chunks is not None and not only_head:
        async for chunk in answer.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": answer.body})


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _unknown(scope: Scope) -> Hashable:
    return "unknown", network_of(_address(scope))


def _once(scope: Scope, headers: Headers, content: bytes) -> Once | None:
    key = headers.get("idempotency-key")
    if not key or scope["method"] != "POST":
        return None
    path: str = scope["state"]["path"]
    for text in (key, path):
        check_text(text)
    if len(key) > _LONGEST_KEY:
        raise Invalid({"Idempotency-Key": [f"An Idempotency-Key has at most {_LONGEST_KEY} characters."]})
    if len(path) > _LONGEST_PATH:
        path = hashlib.sha256(path.encode()).hexdigest()
    fingerprint = hashlib.sha256(scope["query_string"] + b"\n" + content).digest()
    return Once("POST", path, key, fingerprint)
