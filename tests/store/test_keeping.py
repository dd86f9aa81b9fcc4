"""Servers that are killed under those who use them."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from tests.store.conftest import Start
from tests.store.test_embedded import begin_use, fetch, hear, open_quietly, pid_file, postmaster, say
from touchbook.store import cluster
from touchbook.store.embedded import Embedded, open_embedded
from touchbook.store.processes import Server, lives, state_of

KEPT = """
import sys
from pathlib import Path
import structlog
from touchbook.store.embedded import open_embedded
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
embedded = open_embedded(Path({data_dir!r}), report=lambda words: None, fsync=False)
embedded.keep()
print(embedded.url, flush=True)
sys.stdin.readline()
embedded.close()
print("closed", flush=True)
"""
ENDLESS = "select sum(a::numeric * b) from generate_series(1, 100000) a, generate_series(1, 100000) b"


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


async def answer(url: str) -> int:
    """What it says once it answers."""
    until = time.monotonic() + 40
    while True:
        try:
            value: int = await fetch(url, "select 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return value


def kill(data_dir: Path) -> int:
    pid = postmaster(data_dir)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not lives(pid))
    return pid


async def test_a_killed_server_is_started_again_and_reaped(data_dir: Path) -> None:
    with open_quietly(data_dir) as embedded:
        embedded.keep()
        for _ in range(2):
            pid = kill(data_dir)
            assert await answer(embedded.url) == 1
            assert postmaster(data_dir) != pid
            assert state_of(pid) is None
    assert not pid_file(data_dir).exists()


async def test_whoever_is_left_starts_it_again(data_dir: Path, start: Start) -> None:
    starter = begin_use(start, data_dir)
    url = hear(starter)
    with open_quietly(data_dir) as embedded:
        embedded.keep()
        starter.kill()
        starter.wait()
        kill(data_dir)
        assert await answer(url) == 1
        kill(data_dir)
        assert await answer(url) == 1


async def test_three_who_keep_it_start_it_once_and_go_on(data_dir: Path, start: Start) -> None:
    keepers = [start(KEPT.format(data_dir=str(data_dir))) for _ in range(3)]
    (url,) = {hear(keeper) for keeper in keepers}
    for _ in range(2):
        kill(data_dir)
        assert await answer(url) == 1
    pid = postmaster(data_dir)
    for keeper in keepers:
        assert postmaster(data_dir) == pid
        assert await answer(url) == 1
        say(keeper, "\n")
        assert hear(keeper) == "closed"
    assert not pid_file(data_dir).exists()


async def test_a_zombie_is_no_server(data_dir: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 5.0)
    careless_parent = begin_use(start, data_dir)
    hear(careless_parent)
    pid = kill(data_dir)
    assert state_of(pid) == "Z"
    with open_quietly(data_dir) as embedded:
        assert state_of(pid) == "Z"
        assert await fetch(embedded.url, "select 1") == 1


@pytest.mark.parametrize("number", [signal.SIGCONT, signal.SIGSTOP])
async def test_what_a_killed_server_leaves_busy_or_stopped_is_ended(
    number: signal.Signals, data_dir: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody else's: the server of all other tests runs on."""
    monkeypatch.setattr(cluster, "ORPHANS_SECONDS", 1.0)
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 10.0)
    with open_quietly(data_dir) as embedded:
        busy = await asyncpg.connect(embedded.url)
        backend = busy.get_server_pid()
        query = asyncio.create_task(busy.fetchval(ENDLESS))
        await wait_until_active(embedded, backend)
        os.kill(backend, number)
        kill(data_dir)
        assert lives(backend)
        with open_quietly(data_dir) as again:
            assert await fetch(again.url, "select 1") == 1
            assert not lives(backend)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)):
            await query
        assert await fetch(database_url, "select 1") == 1


async def wait_until_active(embedded: Embedded, backend: int) -> None:
    statement = f"select count(*) from pg_stat_activity where pid = {backend} and state = 'active'"
    until = time.monotonic() + 20
    while not await fetch(embedded.url, statement):
        assert time.monotonic() < until


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_killed_or_stopped_as_it_starts_again(
    number: signal.Signals, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 2.0)
    spawn, wounded = cluster.Cluster._spawn, list[int]()

    def spawn_and_wound(self: cluster.Cluster, fsync: bool) -> subprocess.Popen[bytes]:
        process = spawn(self, fsync)
        if len(wounded) < 2:
            wounded.append(process.pid)
            time.sleep(0.05 * len(wounded))
            process.send_signal(number)
        return process

    with open_quietly(data_dir) as embedded:
        embedded.keep()
        monkeypatch.setattr(cluster.Cluster, "_spawn", spawn_and_wound)
        kill(data_dir)
        eventually(lambda: len(wounded) == 2)
        assert await answer(embedded.url) == 1
        eventually(lambda: all(state_of(pid) is None for pid in wounded))


async def test_a_stopped_server_is_not_taken_for_dead(data_dir: Path) -> None:
    with open_quietly(data_dir) as embedded:
        embedded.keep()
        pid = postmaster(data_dir)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(1)
        os.kill(pid, signal.SIGCONT)
        assert await answer(embedded.url) == 1
        assert postmaster(data_dir) == pid


async def test_a_removed_directory_is_not_begun_anew(data_dir: Path) -> None:
    home, away = data_dir / "postgres", data_dir / "away"
    with open_embedded(data_dir, report=lambda _: None) as embedded:
        await fetch(embedded.url, "create table if not exists kept_elsewhere as select 7 as value")
        embedded.keep()
        pid = postmaster(data_dir)
        home.rename(away)
        home.mkdir()
        os.kill(pid, signal.SIGKILL)
        time.sleep(2)
        assert not list(home.iterdir())
        home.rmdir()
        away.rename(home)
        assert await answer(embedded.url) == 1
        assert await fetch(embedded.url, "select value from kept_elsewhere") == 7


async def test_who_closes_waits_for_no_start(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that would take for ever leaves no process and no lock behind."""
    spawn, stopped = cluster.Cluster._spawn, list[int]()

    def spawn_stopped(self: cluster.Cluster, fsync: bool) -> subprocess.Popen[bytes]:
        process = spawn(self, fsync)
        process.send_signal(signal.SIGSTOP)
        stopped.append(process.pid)
        return process

    with open_quietly(data_dir) as embedded:
        embedded.keep()
        monkeypatch.setattr(cluster.Cluster, "_spawn", spawn_stopped)
        kill(data_dir)
        eventually(lambda: bool(stopped))
    assert state_of(stopped[0]) is None
    monkeypatch.setattr(cluster.Cluster, "_spawn", spawn)
    with open_quietly(data_dir) as embedded:
        assert await fetch(embedded.url, "select 1") == 1


def test_a_server_of_another_container_is_known_by_its_socket(data_dir: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with open_quietly(data_dir):
        assert Server(gone.pid, data_dir / "postgres" / "run" / ".s.PGSQL.5432", None).runs()
    assert not Server(gone.pid, data_dir / "postgres" / "run" / ".s.PGSQL.5432", None).runs()
