"""Mounts the route table of a dialect at its paths."""

from itertools import groupby

from starlette.routing import Route as StarletteRoute
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from touchbook.http.errors import NotServed
from touchbook.http.path import path_to_route, written
from touchbook.http.route import Dialect
from touchbook.http.serving import NothingHere, PathServer, Server


def mount(server: Server, dialect: Dialect) -> ASGIApp:
    """Paths work with and without trailing or doubled slashes, without a redirect, which would lose the body."""
    # `groupby` needs routes of one path side by side; the first mention of a path keeps its precedence.
    in_order = {route.path: position for position, route in reversed(list(enumerate(dialect.routes)))}
    by_path = sorted(dialect.routes, key=lambda route: in_order[route.path])
    router = Router(
        [
            *(StarletteRoute(path, NothingHere(server, dialect, NotServed)) for path in dialect.unserved),
            *(
                StarletteRoute(path, PathServer(server, dialect, list(routes)))
                for path, routes in groupby(by_path, key=lambda route: route.path)
            ),
        ],
        redirect_slashes=False,
        default=NothingHere(server, dialect),
    )

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        path = path_to_route(scope)
        scope.setdefault("state", {})["path"] = written(path)
        await router({**scope, "path": path.removeprefix(dialect.prefix) or "/", "root_path": ""}, receive, send)

    return serve
