"""The server, the worker or the database is killed at random while tasks come in: none is lost or there twice."""

import asyncio
import os
import random
import signal
import socket
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import asyncpg
import httpx
import pytest

from tests.cli.conftest import Running, Script
from tests.people import ysuite_headers
from touchbook.store.embedded import open_embedded

pytestmark = pytest.mark.long

ROUNDS = 50
WRITES = 2000
WRITERS = 16
SOON = 5.0

Struck = Literal["server", "worker", "database"]
STRUCK: list[Struck] = ["server", "worker", "database"]


@dataclass
class Site:
    """A server and a worker on a database that writes through to the disk; whichever is killed is started again.

    `acknowledged` is each task's id by its title, `ends` when each request was sent and when acknowledged.
    """

    script: Script
    demo: dict[str, Any]
    running: ExitStack
    processes: dict[str, Running] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    ends: list[tuple[float, float]] = field(default_factory=list)
    port: int = field(default_factory=lambda: _free_port())

    def start(self, name: str) -> None:
        words = ["serve", "--port", str(self.port), "--no-worker"] if name == "server" else ["worker"]
        log = self.running.enter_context(self.script.data_dir.with_name(f"{name}.log").open("a"))
        self.processes[name] = self.running.enter_context(self.script.running(*words, log=log))

    def strike(self, struck: Struck) -> None:
        if struck == "database":
            place = self.script.data_dir / "postgres" / "data" / "postmaster.pid"
            os.kill(int(place.read_text().split()[0]), signal.SIGKILL)
        else:
            self.processes[struck].process.kill()
            self.processes[struck].process.wait()

    async def write(self, client: httpx.AsyncClient, title: str) -> None:
        """Send it under its key until it is acknowledged; an answer may only be 200 or 503."""
        while True:
            sent = time.monotonic()
            try:
                answer = await client.post("/v1/tasks", headers={"Idempotency-Key": title}, json=self._task(title))
            except httpx.TransportError:
                await asyncio.sleep(0.02)
                continue
            if answer.status_code == 200:
                self.acknowledged[title] = answer.json()["data"]["activity_id"]
                self.ends.append((sent, time.monotonic()))
                return
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.02)

    def _task(self, title: str) -> dict[str, Any]:
        return {
            "title": title,
            "start_datetime": "2027-01-15T10:00:00",
            "cstid": self.demo["contact"]["id"],
            "assigned_user_id": self.demo["users"][0]["id"],
        }


async def test_nothing_acknowledged_is_lost_or_doubled(ground: Path) -> None:
    chance, back = random.Random(50), defaultdict[str, list[float]](list)
    async with _site(Script(ground / "killed-at-random", {"TOUCHBOOK_RATE_LIMIT": "off"})) as site:
        for number in range(ROUNDS):
            struck = chance.choice(STRUCK)
            back[struck].append(
                await _round(site, number, struck, chance.randrange(WRITES // 10, WRITES * 9 // 10))
            )
        stored = await _stored(site.script)
    assert len(site.acknowledged) == ROUNDS * WRITES
    assert stored == sorted((title, number) for title, number in site.acknowledged.items())
    for name, seconds in back.items():
        print(
            f"{name}: killed {len(seconds)} times, back after {statistics.median(seconds):.1f} s (median), "
            f"{max(seconds):.1f} s (longest)"
        )
    print(f"{len(stored)} acknowledged, 0 lost, 0 doubled; load {os.getloadavg()[0]:.1f}")
    assert max(map(max, back.values())) <= SOON


@asynccontextmanager
async def _site(script: Script) -> AsyncIterator[Site]:
    with ExitStack() as running:
        site = Site(script, script.demo(), running)
        site.start("server")
        site.start("worker")
        yield site


async def _round(site: Site, number: int, struck: Struck, after: int) -> float:
    """Return the seconds from the strike until a write was acknowledged that was sent after it."""
    titles = iter([f"round {number} task {each}" for each in range(WRITES)])
    enough = number * WRITES + after

    async def write_all() -> None:
        headers = ysuite_headers(site.demo["users"][0]["key"])
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{site.port}", headers=headers, timeout=60
        ) as client:
            for title in titles:
                await site.write(client, title)

    writers = asyncio.gather(*(write_all() for _ in range(WRITERS)))
    while len(site.acknowledged) < enough:
        await asyncio.sleep(0.005)
    struck_at = time.monotonic()
    site.strike(struck)
    if struck != "database":
        await asyncio.to_thread(site.start, struck)
    await writers
    return min(end for sent, end in site.ends[enough - WRITERS :] if sent > struck_at) - struck_at


async def _stored(script: Script) -> list[tuple[str, int]]:
    with open_embedded(script.data_dir, report=lambda _: None) as embedded:
        connection = await asyncpg.connect(embedded.url)
        rows = await connection.fetch("select title, id from tasks where title like 'round %'")
        await connection.close()
    return sorted((row["title"], row["id"]) for row in rows)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
