"""The composition root: the only module that sees every dialect."""

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from touchbook.config import Settings
from touchbook.dialects.kit.credentials import Credentials, OpenStore
from touchbook.dialects.kit.limiting import RateLimit
from touchbook.dialects.kit.mounting import mount
from touchbook.dialects.kit.route import Dialect
from touchbook.dialects.kit.serving import Server
from touchbook.dialects.ysuite.routes import YSUITE

DIALECTS: tuple[Dialect, ...] = (YSUITE,)


def build_app(settings: Settings, store: OpenStore) -> ASGIApp:
    server = Server(store, Credentials(store), RateLimit(settings.rate_limit))
    return Starlette(routes=[Mount(dialect.prefix, mount(server, dialect)) for dialect in DIALECTS])
