"""What links in answers begin with: where the client has reached us, if that is so."""

import re

from starlette.datastructures import Headers
from starlette.types import Scope

_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_LOOPBACK = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?")


def origin_of(scope: Scope, headers: Headers, public_url: str | None) -> str:
    """The host that was asked; where there is a public address, that of no other host but this machine's own."""
    host = headers.get("host", "")
    if public_url is not None and not _LOOPBACK.fullmatch(host):
        return public_url.rstrip("/")
    if not _HOST.fullmatch(host):
        address, port = scope.get("server") or ("localhost", None)
        host = f"{address}:{port}" if port else address
    return f"{scope['scheme']}://{host}"
