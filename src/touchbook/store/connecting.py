"""Opens all connections of the database driver."""

import contextlib
import random
import ssl
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg

from touchbook.store.address import Address

SECONDS = 10.0
_OF_THE_DSN = frozenset(
    {
        *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslnegotiation"),
        *("ssl_min_protocol_version", "ssl_max_protocol_version", "service"),
    }
)
_ARGUMENTS = {
    "user": "user",
    "password": "password",
    "dbname": "database",
    "passfile": "passfile",
    "krbsrvname": "krbsrvname",
    "gsslib": "gsslib",
}
CANNOT_CONNECT = (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# Another host may do better.
_NEXT_HOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
)


async def connect(address: Address, *, seconds: float = SECONDS, **options: Any) -> Any:
    """Connect to the first host that accepts us and is of the requested kind (`target_session_attrs`).

    Each host gets its share of `seconds`, or its `connect_timeout` if that is less, so that a silent host does not
    hide the others.
    """
    ways = _ways(address)
    share = min(seconds / len(ways), float(address.given.get("connect_timeout") or seconds) or seconds)
    called = arguments(address, options) | {"timeout": share}
    for way in ways[:-1]:
        with contextlib.suppress(*_NEXT_HOST):
            return await asyncpg.connect(**called, **way)
    return await asyncpg.connect(**called, **ways[-1])


def arguments(address: Address, options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of asyncpg, without host and kind. The address takes precedence over `options`."""
    given = address.given
    settings = {name: given[name] for name in ("application_name", "options") if name in given}
    if "fallback_application_name" in given:
        settings.setdefault("application_name", given["fallback_application_name"])
    tls = {name: value for name, value in given.items() if name in _OF_THE_DSN}
    called = options | {_ARGUMENTS[name]: value for name, value in given.items() if name in _ARGUMENTS}
    if tls.get("sslrootcert") == "system":
        called["ssl"] = _trust_the_system(tls)
        tls = {name: value for name, value in tls.items() if name in ("sslnegotiation", "service")}
    return called | {
        "dsn": f"postgresql://?{urlencode(tls, quote_via=quote)}",
        "server_settings": {**options.get("server_settings", {}), **settings},
    }


def _ways(address: Address) -> Sequence[dict[str, Any]]:
    """Return the attempts, each a host and a kind; `prefer-standby` tries all hosts twice."""
    requested = address.given.get("target_session_attrs")
    kinds = ("standby", "any") if requested == "prefer-standby" else (requested,)
    hosts = list(address.hosts)
    if address.given.get("load_balance_hosts") == "random":
        random.shuffle(hosts)
    places = [{"host": [host], "port": [port]} for host, port in hosts] or [{}]
    return [place | ({"target_session_attrs": kind} if kind else {}) for kind in kinds for place in places]


def _trust_the_system(tls: dict[str, str]) -> ssl.SSLContext:
    """Return a context that trusts the authorities of this machine and checks the server's name."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["postgresql"])
    if "sslcert" in tls:
        context.load_cert_chain(tls["sslcert"], tls.get("sslkey"))
    return context
