"""Pages of Touchbook itself: health, metrics, and the reference of its dialects."""

from collections.abc import Awaitable, Callable, Sequence
from hmac import compare_digest
from ipaddress import ip_address

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from touchbook import __version__
from touchbook.http.route import Dialect
from touchbook.operation.backlog import Readable
from touchbook.operation.health import known_backlog, why_not_ready
from touchbook.operation.metrics import CONTENT_TYPE, Metrics
from touchbook.reference import pages
from touchbook.reference.openapi import openapi_document
from touchbook.store.migrating import newest_revision

_SAFE = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def page_routes(
    store: Readable, metrics: Metrics, dialects: Sequence[Dialect], *, metrics_token: str | None = None
) -> list[Route]:
    return [
        Route("/", _to_documents),
        *_health_routes(store),
        Route("/metrics", _measures(store, metrics, metrics_token)),
        Route("/docs", _fixed(pages.render_list(dialects), "text/html")),
        *(route for dialect in dialects for route in _document_routes(dialect)),
    ]


def _health_routes(store: Readable) -> list[Route]:
    newest = newest_revision()

    async def lives(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    async def is_ready(_: Request) -> Response:
        reason = await why_not_ready(store, newest)
        if reason is not None:
            return JSONResponse({"status": "not ready", "reason": reason}, 503)
        return JSONResponse({"status": "ready"})

    return [Route("/healthz", lives), Route("/readyz", is_ready)]


def _measures(store: Readable, metrics: Metrics, token: str | None) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if token is None and not _is_from_here(request):
            return JSONResponse({"error": "Metrics are for this machine alone. Set TOUCHBOOK_METRICS_TOKEN."}, 403)
        if token is not None and not _bears(request, token):
            return JSONResponse({"error": "The token is wrong."}, 401, {"www-authenticate": "Bearer"})
        return Response(metrics.text(await known_backlog(store)), media_type=CONTENT_TYPE)

    return answer


def _is_from_here(request: Request) -> bool:
    """A client behind a proxy has the address that the proxy tells; one at a Unix socket has none."""
    try:
        return request.client is None or ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _bears(request: Request, token: str) -> bool:
    return compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())


def _document_routes(dialect: Dialect) -> list[Route]:
    document = openapi_document(dialect, __version__)
    page = pages.render_document(dialect, document)
    return [
        Route(f"/docs/{dialect.name}", _fixed(page, "text/html")),
        Route(f"/docs/{dialect.name}/openapi.json", _fixed(msgspec.json.encode(document), "application/json")),
    ]


def _fixed(content: str | bytes, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return Response(content, media_type=media_type, headers=_SAFE)

    return answer


async def _to_documents(_: Request) -> Response:
    return RedirectResponse("/docs")


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return
    await JSONResponse({"error": "This page does not exist."}, 404)(scope, receive, send)
