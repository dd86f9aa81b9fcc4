"""The forms that services and people write a database's address in, each of the same database."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from msgspec import Struct

from tests.store.listening import PASSWORD, Listening

_ENCODED = quote(PASSWORD, safe="")


class Place(Struct, frozen=True):
    """`main` takes connections by TLS alone, `stale` is read-only, `closed` is a port where nobody is."""

    main: Listening
    stale: Listening
    closed: int
    database: str

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.main.port}"

    def url(self, query: str = "", *, hosts: str | None = None, scheme: str = "postgresql") -> str:
        return f"{scheme}://touchbook:{_ENCODED}@{hosts or self.host}/{self.database}{query}"


FORMS: Mapping[str, Callable[[Place], str]] = {
    "bare": lambda place: place.url(),
    "postgres": lambda place: place.url(scheme="postgres"),
    "require": lambda place: place.url("?sslmode=require"),
    "application": lambda place: place.url("?sslmode=require&application_name=sales+crm%20x"),
    "verified": lambda place: place.url(f"?sslmode=verify-full&sslrootcert={quote(str(place.main.certificate))}"),
    "ssl": lambda place: place.url("?ssl=true"),
    "options": lambda place: place.url("?options=-c%20statement_timeout%3D59s&connect_timeout=9"),
    "libpq": lambda place: place.url("?channel_binding=prefer&gssencmode=disable&keepalives=1&sslsni=1"),
    "hosts": lambda place: place.url(
        "?sslmode=require&target_session_attrs=read-write",
        hosts=f"127.0.0.1:{place.closed},127.0.0.1:{place.stale.port},127.0.0.1:{place.main.port}",
    ),
    "standby": lambda place: place.url(
        "?target_session_attrs=prefer-standby&load_balance_hosts=random",
        hosts=f"127.0.0.1:{place.closed},{place.host}",
    ),
    "query": lambda place: (
        f"postgresql:///?host=127.0.0.1&port={place.main.port}&user=touchbook&password={_ENCODED}"
        f"&dbname={place.database}&sslmode=require"
    ),
    "socket": lambda place: (
        f"postgresql://touchbook:{_ENCODED}@/{place.database}?host={place.main.home}&port={place.main.port}"
    ),
    "socket-in-host": lambda place: place.url(
        f"?port={place.main.port}", hosts=quote(str(place.main.home), safe="")
    ),
    "newline": lambda place: f"{place.url()}\n",
}
WRONG = {
    "mysql://touchbook:hush-hush@h/db": "postgresql://",
    "hush-hush": "postgresql://",
    "postgresql+asyncpg://touchbook:hush-hush@h/db": "postgresql://",
    "postgresql://touchbook:hush@hush-hush@h/db": "%40",
    "postgresql://touchbook:hush-hush/x@h/db": "%2F",
    "postgresql://touchbook:hush-hush%zz@h/db": "%25",
    "postgresql://touchbook:hush-hush%ff@h/db": "UTF-8",
    "postgresql://touchbook:hush-hush%00@h/db": "%00",
    "postgresql://touchbook:hush-hush@[::1/db": "host",
    "postgresql://touchbook:hush-hush@h:65536/db": "port",
    "postgresql://touchbook:hush-hush@h:x/db": "port",
    "postgresql://touchbook:hush-hush@h,,i/db": "empty",
    "postgresql://touchbook:hush-hush@h:1,i:2,j/db?port=1,2": "port",
    "postgresql://touchbook:hush-hush@h/db?sslmode=requires": "sslmode",
    "postgresql://touchbook:hush-hush@h/db?target_session_attrs=master": "target_session_attrs",
    "postgresql://touchbook:hush-hush@h/db?connect_timeout=soon": "connect_timeout",
    "postgresql://touchbook:hush-hush@h/db?pgbouncer=true": "pgbouncer",
    "postgresql://touchbook:hush-hush@h/db?sslmode": "sslmode",
    "postgresql://touchbook:hush-hush@h/db?channel_binding=require": "sslmode=verify-full",
    "postgresql://h/db?sslpassword=hush-hush": "sslpassword",
    "postgresql://touchbook:hush-hush@h/db?hush-hush": "?",
    "postgresql://touchbook:hush-hush@h/db?sslmode=require&sslrootcert=system": "verify-full",
}
