"""Opens all connections of the database driver."""

import asyncio
import contextlib
import random
import socket
import ssl
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg

from touchbook.store.address import Address

SECONDS = 5.0
_SILENCE = 0.5
_AVOIDED_SECONDS = 60.0
# Milliseconds, a switch, seconds, seconds, a count: about ten seconds in all.
_SOCKET = {
    "tcp_user_timeout": 10_000,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
_OPTIONS = {
    "tcp_user_timeout": "TCP_USER_TIMEOUT",
    "keepalives_idle": "TCP_KEEPIDLE",
    "keepalives_interval": "TCP_KEEPINTVL",
    "keepalives_count": "TCP_KEEPCNT",
}
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


class Connector:
    """Connects to the first host of an address that accepts us and is of the kind that it requests.

    Each gets `seconds`, or its `connect_timeout` if that is less. One that was silent is tried last for a minute:
    whoever asks next shall not wait for it too.
    """

    def __init__(self, address: Address, *, seconds: float = SECONDS) -> None:
        self._address = address
        self._seconds = min(seconds, float(address.given.get("connect_timeout") or seconds) or seconds)
        self._avoided: dict[str, float] = {}

    async def connect(self, **options: Any) -> Any:
        """Errors: those of the last host."""
        called = arguments(self._address, options) | {"timeout": self._seconds}
        *others, last = sorted(_ways(self._address), key=self._is_avoided)
        for way in others:
            with contextlib.suppress(*_NEXT_HOST):
                return await self._try(way, called)
        return await self._try(last, called)

    async def _try(self, way: dict[str, Any], called: dict[str, Any]) -> Any:
        loop = asyncio.get_running_loop()
        began, heard = loop.time(), True
        try:
            connection = await asyncpg.connect(**called, **way)
        except TimeoutError:
            heard = False
            raise
        except asyncio.CancelledError:  # Whoever was waiting has given up before we did.
            heard = loop.time() - began < _SILENCE
            raise
        finally:
            self._note(way, loop.time(), heard=heard)
        tune(connection, self._address)
        return connection

    def _note(self, way: dict[str, Any], now: float, *, heard: bool) -> None:
        if heard:
            self._avoided.pop(_name(way), None)
        else:
            self._avoided[_name(way)] = now + _AVOIDED_SECONDS

    def _is_avoided(self, way: dict[str, Any]) -> bool:
        return self._avoided.get(_name(way), 0.0) > asyncio.get_running_loop().time()


async def connect(address: Address, *, seconds: float = SECONDS, **options: Any) -> Any:
    """Connect once (`Connector`)."""
    return await Connector(address, seconds=seconds).connect(**options)


def takes_standby(address: Address) -> bool:
    """Return whether the address asks for a server that takes no writes."""
    return address.given.get("target_session_attrs") in ("standby", "prefer-standby", "read-only")


def tune(connection: Any, address: Address) -> None:
    """Give up a peer that does not acknowledge what it was sent, or that says nothing while nothing is sent.

    The address may give libpq's parameters for it. A Unix socket has no such peer.
    """
    peer = connection._transport.get_extra_info("socket")
    if peer is None or peer.family not in (socket.AF_INET, socket.AF_INET6):
        return
    given = {name: int(address.given.get(name, default)) for name, default in _SOCKET.items()}
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, given.pop("keepalives"))
    for name, value in given.items():
        option = getattr(socket, _OPTIONS[name], None)
        if option is not None:  # macOS has not all of them.
            peer.setsockopt(socket.IPPROTO_TCP, option, value)


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


def _name(way: dict[str, Any]) -> str:
    """Return what tells the hosts of an address apart."""
    return f"{way.get('host')}:{way.get('port')}"


def _trust_the_system(tls: dict[str, str]) -> ssl.SSLContext:
    """Return a context that trusts the authorities of this machine and checks the server's name."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["postgresql"])
    if "sslcert" in tls:
        context.load_cert_chain(tls["sslcert"], tls.get("sslkey"))
    return context
