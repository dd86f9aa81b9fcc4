"""The composition root: the only module that sees every dialect."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

# The store imports it at the first event, where a command pays for it; a server has it before the first request.
import touchbook.core.reactions  # noqa: F401
from touchbook.config import Settings
from touchbook.core.caller import NOBODY
from touchbook.core.files.filing import Filing
from touchbook.core.files.linking import Links
from touchbook.core.transaction import OpenStore
from touchbook.dialects.close.routes import CLOSE
from touchbook.dialects.outreach.routes import OUTREACH
from touchbook.dialects.rechat.routes import RECHAT
from touchbook.dialects.touchbook.routes import TOUCHBOOK
from touchbook.dialects.ysuite.routes import YSUITE
from touchbook.http.admission import CHECKS, Admission, AdmittedStore
from touchbook.http.credentials import Credentials, note_uses_each_minute
from touchbook.http.limiting import RateLimit
from touchbook.http.mounting import mount
from touchbook.http.route import Dialect
from touchbook.http.serving import Server
from touchbook.operation.metrics import Metrics
from touchbook.operation.observing import Observing
from touchbook.operation.pages import nothing_here, page_routes
from touchbook.store.files import open_storage
from touchbook.store.postgres import Store
from touchbook.store.secrets import secret_keys

DIALECTS: tuple[Dialect, ...] = (CLOSE, OUTREACH, RECHAT, TOUCHBOOK, YSUITE)
_SLASHES = re.compile(r"/{2,}")


def build_app(settings: Settings, store: Store) -> ASGIApp:
    """With ASGI's lifespan on, record once a minute which keys were used."""
    keys = cache(partial(secret_keys, settings))
    admission = Admission(settings.pool_size, patience=settings.wait_timeout)
    checks, own = AdmittedStore(store, admission, CHECKS), AdmittedStore(store, admission, NOBODY.team_id)
    server = Server(
        store,
        Credentials(checks),
        RateLimit(settings.rate_limit),
        Filing(own, open_storage(settings), Links(keys), settings.file_limit, settings.file_quota),
        admission,
        public_url=settings.public_url,
        personal_zone=settings.viewer_zone == "person",
        password_grant=settings.password_grant,
        secret_keys=keys,
    )
    metrics = Metrics(store.pool, admission)
    return Observing(
        _Surfaces(server, DIALECTS, _pages(settings, checks, own, metrics, server.credentials)), metrics
    )


def _pages(
    settings: Settings, checks: OpenStore, own: OpenStore, metrics: Metrics, credentials: Credentials
) -> Router:
    @asynccontextmanager
    async def noting(_app: object) -> AsyncIterator[None]:
        stop = asyncio.Event()
        noter = asyncio.create_task(note_uses_each_minute(credentials, own, stop))
        yield
        stop.set()
        await noter

    routes = page_routes(checks, metrics, DIALECTS, metrics_token=settings.metrics_token)
    return Router(routes, default=nothing_here, redirect_slashes=False, lifespan=noting)


class _Surfaces:
    """Routes a request to the dialect of its path, doubled slashes or not; everything else is a page."""

    def __init__(self, server: Server, dialects: Sequence[Dialect], pages: ASGIApp) -> None:
        mounted = [(dialect.roots, mount(server, dialect)) for dialect in dialects]
        self._mounted = [(root, app) for roots, app in mounted for root in roots]
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._pages
        if scope["type"] == "http":
            path = _SLASHES.sub("/", scope["path"])
            scope["path"] = path
            app = next((app for root, app in self._mounted if _is_below(root, path)), self._pages)
        await app(scope, receive, send)


def _is_below(root: str, path: str) -> bool:
    return path == root or path.startswith(root + "/")
