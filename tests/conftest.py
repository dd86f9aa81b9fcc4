"""One PostgreSQL for the run, one database and one server for each worker process; nothing is cleaned up."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from argon2 import PasswordHasher

from tests.columns_of_tasks import tasks_with_other_columns
from tests.conformance.watching import Watching, take_findings
from tests.isolation.catalogue import tenant_tables
from tests.isolation.statements import STATEMENTS
from tests.people import Person, close_clients, new_person, new_team
from tests.serving import serving
from tests.totals import other_totals
from tests.witness.witness import WITNESS
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.errors import Deadlocked
from touchbook.core.teams import password
from touchbook.core.teams.team import Team
from touchbook.store import outages
from touchbook.store.embedded import open_embedded
from touchbook.store.migrating import migrate
from touchbook.store.postgres import Store

# The other profile is Hypothesis's own "ci", which tries the same examples in each run.
hypothesis.settings.register_profile("long", max_examples=500, deadline=None)

pytest_plugins = ["tests.requirements", "tests.isolation.plugin"]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """argon2 takes its time on purpose; hundreds of sign-ins need not. test_passwords has it at its own cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(password, "_NOBODYS", password._unfit_hash())
        yield


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """For data directories: pytest's own place is one that root's PostgreSQL user cannot enter."""
    directory = Path(tempfile.mkdtemp(prefix="touchbook-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Like `ground`, and the same for all worker processes of a run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    directory = Path(tempfile.gettempdir(), f"touchbook-run-{run}")
    directory.mkdir(exist_ok=True)
    directory.chmod(0o755)
    return directory


@pytest.fixture(scope="session")
def database_url(shared_dir: Path) -> Iterator[str]:
    """A database of this worker's own, empty; of TOUCHBOOK_TEST_DATABASE_URL's server if that is set."""
    if "TOUCHBOOK_TEST_DATABASE_URL" in os.environ:
        yield os.environ["TOUCHBOOK_TEST_DATABASE_URL"]
        return

    embedded = open_embedded(shared_dir / "postgres", fsync=False)
    try:
        yield embedded.create_database(f"worker_{uuid4().hex[:12]}")
    finally:
        embedded.close()
        if not list(shared_dir.glob("postgres/postgres/data/postmaster.pid")):
            shutil.rmtree(shared_dir, ignore_errors=True)


@pytest.fixture(scope="session")
async def store(database_url: str) -> AsyncIterator[Store]:
    await migrate(database_url)
    store = await Store.open(database_url, witness=STATEMENTS.witness)
    STATEMENTS.tenants |= await tenant_tables(store)
    await WITNESS.watch(store)
    yield store
    WITNESS.rest()
    assert await tasks_with_other_columns(store) == []
    assert await other_totals(store) == []
    await store.close()


@pytest.fixture(scope="session")
def settings(shared_dir: Path) -> Settings:
    """A busy machine may be slow: what is served here waits for long before it is refused."""
    return Settings(data_dir=shared_dir, rate_limit=None, wait_timeout=60)


@pytest.fixture(scope="session")
async def server(settings: Settings, store: Store) -> AsyncIterator[str]:
    """The address of a server of this worker's own."""
    async with serving(Watching(build_app(settings, store))) as url:
        yield url
        await close_clients()


@pytest.fixture
async def team(store: Store) -> Team:
    return await new_team(store)


@pytest.fixture
async def alice(store: Store, server: str, team: Team) -> Person:
    return await new_person(store, server, team, "Alice", role="admin", scope="admin")


@pytest.fixture
async def bob(store: Store, server: str, team: Team) -> Person:
    return await new_person(store, server, team, "Bob")


@pytest.fixture
async def charlie(store: Store, server: str) -> Person:
    return await new_person(store, server, await new_team(store), "Charlie", role="admin", scope="admin")


@pytest.fixture(autouse=True)
async def documented() -> AsyncIterator[None]:
    """Whatever a server answered during a test is in its dialect's document; its clients do not pile up."""
    yield
    await close_clients()
    assert take_findings() == []


@pytest.fixture(autouse=True)
async def told() -> AsyncIterator[None]:
    """Whatever the product changed during a test, an event tells (tests/witness)."""
    yield
    silent = await WITNESS.take()
    assert silent == [], "\n".join(map(str, silent))


@pytest.fixture(autouse=True)
def no_deadlock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All hold in one order. A request that lost a deadlock is tried again, and nobody would see it."""
    lost: list[Deadlocked] = []

    def note(message: str) -> Deadlocked:
        lost.append(Deadlocked(message))
        return lost[-1]

    monkeypatch.setattr(outages, "Deadlocked", note)
    yield
    assert lost == []
