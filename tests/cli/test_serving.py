import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.cli.conftest import Script, remove_cluster
from touchbook.store.embedded import open_embedded


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    """A data directory that nobody else holds open."""
    script = Script(tmp_path_factory.mktemp("own") / "data")
    yield script
    remove_cluster(script.data_dir)


async def _server_processes(data_dir: Path) -> set[int]:
    """Those of the database, while somebody else keeps it up."""
    with open_embedded(data_dir) as embedded:
        connection = await asyncpg.connect(embedded.url)
        try:
            rows = await connection.fetch("select pid from pg_stat_activity where datname is null")
        finally:
            await connection.close()
    return {row["pid"] for row in rows}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _eventually(holds: Callable[[], bool], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)
    return holds()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_answers_then_stops_and_leaves_no_process(own: Script, number: signal.Signals) -> None:
    with own.running("serve", "--demo", "--port", "0", lines=7) as server:
        key = server.lines[2].split()[2]
        assert "The credentials are in" in server.lines[6]
        assert stat.S_IMODE((own.data_dir / "demo.json").stat().st_mode) == 0o600
        with httpx.Client(headers={"authorization": f"Bearer {key}"}) as client:
            assert client.get(f"{server.url}/v1/tasks").json()["data"]["total_records"] == 63
            assert client.get(f"{server.url}/readyz").status_code == 200
            processes = await _server_processes(own.data_dir)
            assert len(processes) > 2
            assert server.stop(number) < 10
        assert server.process.returncode == 0
        assert _eventually(lambda: not any(map(_lives, processes)))
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url)


@pytest.mark.long
def test_a_second_start_takes_less_than_five_seconds(own: Script) -> None:
    own.demo()
    begun = time.monotonic()
    with own.running("serve", "--demo", "--port", "0") as server:
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert time.monotonic() - begun < 5


def test_a_port_in_use_is_said_in_a_line(touchbook: Script) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in touchbook.fail("serve", "--port", port)


def test_a_host_that_is_none(touchbook: Script) -> None:
    assert "nowhere.invalid" in touchbook.fail("serve", "--port", "0", "--host", "nowhere.invalid")


def test_says_nothing_of_a_demonstration_without_one(touchbook: Script) -> None:
    with touchbook.running("serve", "--port", "0", "--no-worker") as server:
        assert server.lines == [f"Touchbook serves {server.url}"]
        server.process.terminate()
        rest, _ = server.process.communicate(timeout=20)
        assert rest == ""
