"""Several processes that answer at one address."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.cli.conftest import Running, Script
from touchbook.store.embedded import Embedded

COUNT = 2
_COUNTED = re.compile(r'^touchbook_requests_total\{.*route="/healthz".*\} (\S+)$', re.MULTILINE)


@pytest.fixture
def server(touchbook: Script, tmp_path: Path) -> Iterator[Running]:
    with (tmp_path / "log").open("w") as log:
        words = ("serve", "--port", "0", "--processes", str(COUNT))
        with touchbook.running(*words, log=log) as running:
            yield running


def children(process: int) -> set[int]:
    """The processes that answer; ended ones that nobody waited for are none."""
    found = set()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (entry / "cmdline").read_bytes()
                if int(parent) == process and state != "Z" and b"touchbook.cli.process" in command:
                    found.add(int(entry.name))
    return found


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)
    return holds()


def ask(server: Running) -> None:
    """On a connection of its own, so that any process may take it."""
    assert httpx.get(f"{server.url}/healthz", timeout=30).status_code == 200


def counted(server: Running) -> float:
    return sum(map(float, _COUNTED.findall(httpx.get(f"{server.url}/metrics", timeout=30).text)))


def test_one_address_and_one_set_of_metrics(server: Running, tmp_path: Path) -> None:
    assert len(children(server.process.pid)) == COUNT
    for _ in range(40):
        ask(server)
    assert eventually(lambda: counted(server) == 40)
    assert {counted(server) for _ in range(10)} == {40}
    text = httpx.get(f"{server.url}/metrics").text
    assert f"touchbook_database_connections_max {10.0 * COUNT}" in text
    named = set(re.findall(r'"process":(\d+)', (tmp_path / "log").read_text()))
    assert {int(each) for each in named} <= children(server.process.pid)
    assert len(named) == COUNT
    assert server.stop() < 20
    assert server.process.returncode == 0


def test_a_process_that_dies_is_started_again(server: Running) -> None:
    before = children(server.process.pid)
    ask(server)
    assert eventually(lambda: counted(server) == 1)
    dying = min(before)
    os.kill(dying, signal.SIGKILL)
    assert eventually(lambda: len(children(server.process.pid) - {dying}) == COUNT)
    for _ in range(20):
        ask(server)
    assert eventually(lambda: counted(server) == 21)
    new = children(server.process.pid)
    assert len(new & before) == COUNT - 1
    for each in new:
        os.kill(each, signal.SIGKILL)
    ask(server)  # The connection waits for the next one that listens.
    assert server.stop() < 20
    assert server.process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_with_the_one_that_is_told_to(server: Running, number: signal.Signals) -> None:
    answering = children(server.process.pid)
    for each in answering if number is signal.SIGINT else ():
        os.kill(each, number)  # As a terminal does.
    assert server.stop(number) < 20
    assert server.process.returncode == 0
    assert not any(map(lives, answering))


def test_none_is_left_when_the_first_one_is_killed(server: Running) -> None:
    answering = children(server.process.pid)
    server.process.kill()
    server.process.wait()
    assert eventually(lambda: not any(map(lives, answering)))
    with pytest.raises(httpx.ConnectError):
        ask(server)


def test_an_answer_is_finished_before_the_end(server: Running) -> None:
    """A request that has begun is read and answered."""
    address = httpx.URL(server.url)
    body = b'{"name": "x"}'
    with socket.create_connection((address.host, address.port or 80)) as open_connection:
        head = f"POST /api/v1/lead/ HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
        open_connection.sendall(head.encode())
        time.sleep(0.3)
        server.process.terminate()
        time.sleep(0.3)
        open_connection.sendall(body)
        assert open_connection.recv(100).startswith(b"HTTP/1.1 401")
    server.process.wait(20)


async def test_jobs_are_run_once(server: Running, embedded: Embedded) -> None:
    """By the one that starts the others, which the queue wakes."""
    connection = await asyncpg.connect(embedded.url)
    try:
        listening = "select count(*) from pg_stat_activity where query ilike 'listen%'"
        before = await connection.fetchval(listening)
        assert server.stop() < 20
        assert before - await connection.fetchval(listening) == 1
    finally:
        await connection.close()
