"""Watches a server: every answer of a dialect, in any test and to any client, is held against its document.

A refusal has to be plain English besides, without words of the decoders; and every answer of a dialect with rate
headers has them, since clients read them without asking.
"""

import re
from typing import Any
from urllib.parse import unquote_plus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.conformance.decoder_words import decoder_words
from tests.conformance.document import Undocumented, document_of
from tests.conformance.outreach.json_api import find_breaches
from touchbook.app import DIALECTS
from touchbook.http.limiting import RateLimit
from touchbook.http.route import Dialect

JSON_API = "application/vnd.api+json"
_REMEMBERED = 1024 * 1024
_RATE = {dialect.name: dialect.limit_headers(RateLimit(None).look(0)).keys() for dialect in DIALECTS}


class Watching:
    """The application, with what was found wrong since it was last asked."""

    findings: list[str] = []  # noqa: RUF012

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: dict[str, Any] = {"body": b""}
        sent = bytearray()

        async def listen() -> Message:
            message = await receive()
            # A large body is a file, or a test of sizes; what a refusal could quote of it stands at its beginning.
            if len(sent) < _REMEMBERED:
                sent.extend(message.get("body", b""))
            return message

        async def watch(message: Message) -> None:
            answer["body"] += message.get("body", b"")
            answer.update({name: message[name] for name in ("status", "headers") if name in message})
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._check(scope, answer, bytes(sent))
            await send(message)

        await self._app(scope, listen, watch if scope["type"] == "http" else send)

    def _check(self, scope: Scope, answer: dict[str, Any], sent: bytes) -> None:
        # What is encoded in a name stays so: a slash there parts no path.
        raw = scope["raw_path"] if b"%2f" in scope["raw_path"].lower() else scope["path"].encode()
        path = re.sub("/{2,}", "/", raw.decode()).rstrip("/")
        for dialect in DIALECTS:
            if any(path == root or path.startswith(root + "/") for root in dialect.roots):
                kinds = dict(answer["headers"])
                kind = kinds.get(b"content-type", b"").decode()
                below = path.removeprefix(dialect.prefix) or "/"
                try:
                    method = _method_of(dialect, scope)
                    document_of(dialect.name).check(method, below, answer["status"], kind, answer["body"])
                except Undocumented as finding:
                    Watching.findings.append(str(finding))
                if lost := _RATE[dialect.name] - {name.decode() for name in kinds}:
                    Watching.findings.append(f"{scope['method']} {path} is answered without {sorted(lost)}")
                if answer["status"] >= 400:
                    where = f"{scope['method']} {path} is refused with decoder's words"
                    words = decoder_words(*_texts(scope, answer, sent))
                    Watching.findings.extend(f"{where}: {word}" for word in words)
                if kind == JSON_API and answer["body"]:
                    where = f"{scope['method']} {path} breaks JSON:API"
                    sparse = "fields[" in unquote_plus(scope["query_string"].decode())
                    breaches = find_breaches(answer["body"], sparse=sparse)
                    Watching.findings.extend(f"{where}: {breach}" for breach in breaches)


def _method_of(dialect: Dialect, scope: Scope) -> str:
    """The method that is meant, as the document has it."""
    method: str = scope["method"]
    if dialect.method_of is not None:
        method = dialect.method_of(method, Headers(scope=scope))
    return "GET" if method == "HEAD" else method


def _texts(scope: Scope, answer: dict[str, Any], sent: bytes) -> tuple[str, str]:
    """The refusal, and all that the client sent, since a refusal may quote that."""
    parts = [scope["path"], unquote_plus(scope["query_string"].decode(errors="replace"))]
    parts += [value.decode(errors="replace") for _, value in scope["headers"]]
    return answer["body"].decode(errors="replace"), "\n".join([*parts, sent.decode(errors="replace")])


def take_findings() -> list[str]:
    found, Watching.findings = Watching.findings, []
    return found
