"""The database that comes along is killed over and over under servers and a worker: nothing is lost, all go on."""

import asyncio
import os
import random
import signal
import statistics
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import Script
from tests.cli.killing import Site, site_of
from touchbook.store.processes import find_programs

pytestmark = pytest.mark.long

ROUNDS = 24


@pytest.fixture
def script(ground: Path) -> Script:
    """On a database that writes through to the disk, as in earnest."""
    return Script(ground / "killed-database", {"TOUCHBOOK_RATE_LIMIT": "off"})


async def kill(site: Site, chance: random.Random) -> None:
    site.kill_database()


async def kill_as_it_starts_again(site: Site, chance: random.Random) -> None:
    site.kill_database()
    await asyncio.sleep(chance.uniform(0.2, 2.0))
    with suppress(OSError, IndexError):
        site.kill_database()


async def stop_and_kill(site: Site, chance: random.Random) -> None:
    pid = site.postmaster()
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(chance.uniform(0.0, 1.0))
    os.kill(pid, signal.SIGKILL)


async def kill_a_backend(site: Site, chance: random.Random) -> None:
    """Then PostgreSQL ends them all, and recovers by itself."""
    with suppress(ProcessLookupError):
        os.kill(chance.choice(_children(site.postmaster())), signal.SIGKILL)


async def kill_all(site: Site, chance: random.Random) -> None:
    pid = site.postmaster()
    for each in [pid, *_children(pid)]:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


DEEDS: list[Callable[[Site, random.Random], Awaitable[None]]] = [
    kill,
    kill_as_it_starts_again,
    stop_and_kill,
    kill_a_backend,
    kill_all,
]


async def test_nothing_acknowledged_is_lost_with_the_database(script: Script) -> None:
    chance, seconds = random.Random(11), list[float]()
    async with site_of(script) as site:
        for number in range(ROUNDS):
            async with site.written():
                await asyncio.sleep(chance.uniform(0, 1))
                await DEEDS[number % len(DEEDS)](site, chance)
                seconds.append(await site.until_ready(200))
        await site.until_opened()
    print(
        f"{len(site.acknowledged)} acknowledged, none lost, in {ROUNDS} rounds; back after "
        f"{statistics.median(seconds):.1f} s (median), {max(seconds):.1f} s (longest)"
    )


def _children(pid: int) -> list[int]:
    return [each for each in find_programs("postgres") if _parent(each) == pid]


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
