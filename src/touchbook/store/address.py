"""Reads the address of a database, TOUCHBOOK_DATABASE_URL, as libpq does, for every program that connects. asyncpg
and libpq's programs parse the same address differently: a `+`, a `#`, a second `@`, a parameter that only one of
them knows. So it is parsed here, and each gets the result in a form that it cannot misread.
"""

import os
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from msgspec import Struct

from touchbook.store.binaries import Tls
from touchbook.store.errors import StoreError

NAME = "TOUCHBOOK_DATABASE_URL"
PORT = 5432
# What each parameter may be; None: anything.
_PARAMETERS: Mapping[str, frozenset[str] | None] = {
    **dict.fromkeys(("host", "port", "dbname", "user", "password", "passfile", "service")),
    **dict.fromkeys(("application_name", "fallback_application_name", "options")),
    **dict.fromkeys(("sslcert", "sslkey", "sslrootcert", "sslcrl", "krbsrvname", "connect_timeout")),
    **dict.fromkeys(("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count")),
    **dict.fromkeys(("tcp_user_timeout", "sslcompression", "sslsni")),
    "sslmode": frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}),
    "sslnegotiation": frozenset({"postgres", "direct"}),
    "sslcertmode": frozenset({"allow"}),
    "ssl_min_protocol_version": frozenset({"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}),
    "ssl_max_protocol_version": frozenset({"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}),
    "gsslib": frozenset({"gssapi"}),
    "gssencmode": frozenset({"disable", "prefer"}),
    "channel_binding": frozenset({"disable", "prefer"}),
    "client_encoding": frozenset({"utf8", "UTF8", "utf-8", "UTF-8"}),
    "load_balance_hosts": frozenset({"disable", "random"}),
    "target_session_attrs": frozenset({"any", "read-write", "read-only", "primary", "standby", "prefer-standby"}),
}
# Besides the password, what libpq knows only since PostgreSQL 16 and what would change nothing.
_NOT_FOR_LIBPQ = frozenset({"password", "load_balance_hosts", "sslcertmode"})
_NUMBERS = {
    "connect_timeout": "a number of seconds",
    "tcp_user_timeout": "a number of milliseconds",
    "keepalives": "0 or 1",
    "keepalives_idle": "a number of seconds",
    "keepalives_interval": "a number of seconds",
    "keepalives_count": "a number of probes",
}
_REMEDIES = {
    "channel_binding": "Touchbook's driver has no channel binding. Leave it out, and say "
    "sslmode=verify-full&sslrootcert=system, which proves the server by its certificate.",
    "sslpassword": "use a key without a password, which its owner alone can read.",
}
_ENCODE = "In a user, a password or a name, write @ as %40, : as %3A, / as %2F, ? as %3F and % as %25."
_ADDRESS = re.compile(
    r"(?P<scheme>[^:/]*)://(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?(?P<hosts>[^/?]*)"
    r"(?:/(?P<dbname>[^?]*))?(?:\?(?P<query>.*))?",
    re.DOTALL,
)
_HOST = re.compile(r"(?:\[([^\]]+)\]|([^:\[\]@]*))(?::([^:]*))?")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Address(Struct, frozen=True):
    """`given` has libpq's parameters by name. Hosts and ports are comma-separated lists, as in libpq."""

    given: Mapping[str, str]

    @property
    def hosts(self) -> Sequence[tuple[str, int]]:
        """Return the hosts in order, or none where the environment or a service file defines them."""
        hosts = self.given["host"].split(",") if "host" in self.given else []
        ports = [int(port or PORT) for port in self.given.get("port", "").split(",")]
        return list(zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=True))

    @property
    def password(self) -> str | None:
        return self.given.get("password")

    @property
    def tls(self) -> Tls:
        """Follow libpq: no TLS over a Unix socket, else `sslmode` or PGSSLMODE."""
        mode = self.given.get("sslmode") or os.environ.get("PGSSLMODE", "prefer")
        if self.given.get("sslrootcert") == "system":
            mode = "verify-full"
        if mode == "disable" or (self.hosts and all(host.startswith("/") for host, _ in self.hosts)):
            return "never"
        return "preferred" if mode in ("allow", "prefer") else "needed"

    @property
    def conninfo(self) -> str:
        """Return the form for libpq without the password, since every user can see the arguments of a program."""
        said = {name: value for name, value in self.given.items() if name not in _NOT_FOR_LIBPQ}
        if said.get("sslnegotiation") == "postgres":
            del said["sslnegotiation"]
        return " ".join(f"{name}='{_escape(value)}'" for name, value in said.items())

    def __str__(self) -> str:
        """Return a form that may be shown: it lacks the password."""
        user = quote(self.given.get("user", ""), safe="")
        person = f"{user}{':***' if self.password is not None else ''}"
        apart = ("host", "port", "dbname", "user", "password")
        rest = "&".join(f"{name}={quote(self.given[name])}" for name in self.given if name not in apart)
        hosts = ",".join(_show_host(host, port) for host, port in self.hosts)
        name = quote(self.given.get("dbname", ""))
        return f"postgresql://{person}{'@' if person else ''}{hosts}/{name}{'?' if rest else ''}{rest}"


def read_address(url: str) -> Address:
    """Errors: StoreError, which never contains what could be a password."""
    parts = _ADDRESS.fullmatch(url.strip())
    if parts is None or parts["scheme"] not in ("postgresql", "postgres"):
        raise _wrong("It begins with postgresql:// or postgres://.")
    given = {name: _decode(parts[name]) for name in ("user", "password", "dbname") if parts[name]}
    given |= _read_hosts(parts["hosts"]) | _read_query(parts["query"])
    given = {name: value for name, value in given.items() if value}
    _check_hosts(given)
    _check_certificates(given)
    for name in _NUMBERS:
        if not given.get(name, "1").isdecimal():
            raise _wrong(f"{name} must be {_NUMBERS[name]}.")
    return Address(given)


def _read_hosts(text: str) -> dict[str, str]:
    if not text:
        return {}
    found = [_HOST.fullmatch(host) for host in text.split(",")]
    if None in found:
        raise _wrong(f"A host in it cannot be read. {_ENCODE}")
    each = [match for match in found if match]
    hosts = ",".join(_decode(match[1] or match[2]) for match in each)
    ports = ",".join(_decode(match[3] or "") for match in each)
    return {"host": hosts, "port": ports if ports.strip(",") else ""}


def _read_query(text: str | None) -> dict[str, str]:
    given = {}
    for pair in filter(None, (text or "").split("&")):
        name, equals, value = pair.partition("=")
        name, value = _decode(name), _decode(value)
        if (name, value) == ("ssl", "true"):
            name, value = "sslmode", "require"
        _check_parameter(name, value, equals)
        given[name] = value
    return given


def _check_parameter(name: str, value: str, equals: str) -> None:
    known = name in _PARAMETERS
    allowed = _PARAMETERS.get(name)
    if known and equals and (not value or allowed is None or value in allowed):
        return
    if name in _REMEDIES:
        raise _wrong(f"{name} cannot be honoured: {_REMEDIES[name]}")
    if known:
        raise _wrong(f"{name} must be {' or '.join(sorted(allowed or ['given a value']))}.")
    shown = name if re.fullmatch(r"\w{1,40}", name) and equals else "One after the ?"
    raise _wrong(
        f"{shown} is no parameter that PostgreSQL's clients and Touchbook's driver both know. A setting of the "
        "server is written options=-c%20name%3Dvalue."
    )


def _check_hosts(given: Mapping[str, str]) -> None:
    hosts = given.get("host", "").split(",")
    ports = given.get("port", "").split(",")
    if len(hosts) > 1 and not all(hosts):
        raise _wrong("One of its hosts is empty.")
    if len(ports) > 1 and len(ports) != len(hosts):
        raise _wrong("It has one port, or one for each host.")
    if not all(not port or (port.isdecimal() and 0 < int(port) < 65536) for port in ports):
        raise _wrong(f"A port is a number from 1 to 65535. {_ENCODE}")


def _check_certificates(given: Mapping[str, str]) -> None:
    if given.get("sslrootcert") == "system" and given.get("sslmode") not in (None, "verify-full"):
        raise _wrong("With sslrootcert=system, sslmode must be verify-full.")


def _decode(text: str) -> str:
    if _NO_ESCAPE.search(text):
        raise _wrong(f"A % in it is not followed by two hexadecimal digits. {_ENCODE}")
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise _wrong("What is encoded with % in it is not UTF-8.") from None
    if "\0" in decoded:
        raise _wrong("It has %00 in it.")
    return decoded


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _show_host(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else quote(host, safe="")
    return shown if port == PORT else f"{shown}:{port}"


def _wrong(why: str) -> StoreError:
    return StoreError(f"{NAME} cannot be used. {why}")
