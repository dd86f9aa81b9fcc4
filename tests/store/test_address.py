"""One reading of TOUCHBOOK_DATABASE_URL, by the pool, by Alembic and by PostgreSQL's programs."""

import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.addresses import FORMS, WRONG, Place
from tests.store.listening import PASSWORD, Listening, listening_twice
from touchbook.core.errors import Unavailable
from touchbook.store.address import read_address
from touchbook.store.backup import Client
from touchbook.store.connecting import arguments, connect
from touchbook.store.errors import StoreError
from touchbook.store.migrating import migrate, newest_revision, revision_of
from touchbook.store.postgres import Store

ABOUT = """select current_database(), current_setting('application_name'), current_setting('statement_timeout'),
    current_setting('transaction_read_only'), (select ssl from pg_stat_ssl where pid = pg_backend_pid())"""


@pytest.fixture(scope="module")
def servers(ground: Path) -> Iterator[tuple[Listening, Listening]]:
    home = ground / "addresses"
    home.mkdir(mode=0o755)
    with listening_twice(home, [f'"form_{name}"' for name in FORMS]) as both:
        yield both


@pytest.fixture
def closed() -> Iterator[int]:
    """A port that is ours, and that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def place_of(form: str, servers: tuple[Listening, Listening], closed: int) -> Place:
    return Place(*servers, closed, f"form_{form}")


@pytest.mark.parametrize("form", FORMS)
async def test_each_form_leads_all_to_the_same_database(
    form: str, servers: tuple[Listening, Listening], closed: int
) -> None:
    url = FORMS[form](place_of(form, servers, closed))
    newest = newest_revision()
    assert await migrate(url) == (None, newest)
    assert await revision_of(url) == newest
    store = await Store.open(url, size=1)
    async with store.reading() as reader:
        row = await reader.fetch_row(ABOUT)
    await store.close()
    assert row is not None
    over_tls = not form.startswith("socket")
    name = "sales+crm x" if form == "application" else "touchbook"
    patience = "59s" if form == "options" else "0"
    assert tuple(row) == (f"form_{form}", name, patience, "off", over_tls)
    client = Client(url, servers[0].bin)
    answer = client.sql(ABOUT).split("|")
    assert (answer[0], answer[2:]) == (f"form_{form}", [patience, "off", "t" if over_tls else "f"])
    assert answer[1] == (name if form == "application" else "psql")


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_one_is_said_without_its_password(wrong: str) -> None:
    with pytest.raises(StoreError) as caught:
        read_address(wrong)
    said = str(caught.value)
    assert WRONG[wrong] in said
    assert "hush" not in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("form", FORMS)
def test_what_is_shown_is_without_the_password(
    form: str, servers: tuple[Listening, Listening], closed: int
) -> None:
    address = read_address(FORMS[form](place_of(form, servers, closed)))
    assert address.password == PASSWORD
    assert "s%2Fs" not in str(address) + address.conninfo
    assert PASSWORD not in str(address) + address.conninfo
    shown = read_address(str(address)).given
    assert {**shown, "password": PASSWORD}.items() >= {("user", "touchbook"), ("dbname", f"form_{form}")}
    assert [host for host, _ in read_address(str(address)).hosts] == [host for host, _ in address.hosts]


async def test_of_read_only_servers_alone_none_will_do(servers: tuple[Listening, Listening]) -> None:
    _, stale = servers
    url = Place(stale, stale, stale.port, "touchbook").url("?target_session_attrs=read-write")
    store = await Store.open(url, size=1)
    with pytest.raises(Unavailable):
        async with store.reading():
            pass
    await store.close()


async def test_a_silent_host_does_not_hide_the_next(servers: tuple[Listening, Listening], closed: int) -> None:
    """It takes the connection and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hosts = f"127.0.0.1:{silent.getsockname()[1]},127.0.0.1:{servers[0].port}"
        url = Place(*servers, closed, "touchbook").url(hosts=hosts)
        connection = await connect(read_address(url), seconds=4)
    assert await connection.fetchval("select current_database()") == "touchbook"
    await connection.close()


async def test_a_certificate_that_is_not_trusted_is_refused(
    servers: tuple[Listening, Listening], closed: int
) -> None:
    place = Place(*servers, closed, "touchbook")
    with pytest.raises(ssl.SSLError):
        await connect(read_address(place.url("?sslmode=verify-full&sslrootcert=system")))


def test_what_the_system_trusts_is_checked_by_name() -> None:
    called = arguments(read_address("postgresql://h/db?sslmode=verify-full&sslrootcert=system"), {})
    assert called["ssl"].verify_mode is ssl.CERT_REQUIRED
    assert called["ssl"].check_hostname
    assert "sslrootcert" not in called["dsn"]


def test_what_the_address_says_goes_before_what_we_wish() -> None:
    address = read_address("postgresql://h/db?application_name=mine&options=-c%20geqo%3Doff")
    requested = {"server_settings": {"application_name": "ours", "jit": "off"}}
    assert arguments(address, requested)["server_settings"] == {
        "application_name": "mine",
        "jit": "off",
        "options": "-c geqo=off",
    }


def test_the_environment_has_the_password_alone(servers: tuple[Listening, Listening], closed: int) -> None:
    client = Client(FORMS["query"](place_of("query", servers, closed)), servers[0].bin)
    assert client._environment["PGPASSWORD"] == PASSWORD
    assert "password" not in client.conninfo
    assert "PGPASSWORD" not in os.environ
