"""The prefix of links in answers: the address at which the client reached us, where it may be trusted."""

import re

from starlette.datastructures import Headers
from starlette.types import Scope

_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_LOOPBACK = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?")


def origin_of(scope: Scope, headers: Headers, public_url: str | None) -> str:
    """Return the requested host. With a public address, return that one, except to clients on this machine."""
    host = headers.get("host", "")
    if public_url is not None and not _LOOPBACK.fullmatch(host):
        return public_url.rstrip("/")
    if not _HOST.fullmatch(host):
        address, port = scope.get("server") or ("localhost", None)
        host = f"{address}:{port}" if port else address
    return f"{scope['scheme']}://{host}"
