"""Puts a dialect's route table where its paths stand."""

import re
from itertools import groupby
from urllib.parse import unquote

from starlette.routing import Route as StarletteRoute
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from touchbook.dialects.kit.route import Dialect
from touchbook.dialects.kit.serving import SLASH_IN_NAME, NothingHere, PathServer, Server

_SLASHES = re.compile(r"/{2,}")


def mount(server: Server, dialect: Dialect) -> ASGIApp:
    """Paths answer with and without a trailing or doubled slash, directly: a redirect loses the body."""
    in_order = {route.path: position for position, route in reversed(list(enumerate(dialect.routes)))}
    by_path = sorted(dialect.routes, key=lambda route: in_order[route.path])
    router = Router(
        [
            StarletteRoute(path, PathServer(server, dialect, list(routes)))
            for path, routes in groupby(by_path, key=lambda route: route.path)
        ],
        redirect_slashes=False,
        default=NothingHere(dialect),
    )

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        path = _SLASHES.sub("/", _path_of(scope).removeprefix(dialect.prefix)).rstrip("/")
        await router({**scope, "path": path or "/", "root_path": ""}, receive, send)

    return serve


def _path_of(scope: Scope) -> str:
    """A slash that came encoded is part of a name and parts no path."""
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" not in raw.lower():
        path: str = scope["path"]
        return path
    return "/".join(unquote(part).replace("/", SLASH_IN_NAME) for part in raw.decode("ascii").split("/"))
