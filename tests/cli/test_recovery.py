"""The database that comes along is killed, and comes back without a hand."""

import asyncio
from pathlib import Path

import pytest

from tests.cli.conftest import Script
from tests.cli.killing import site_of


@pytest.fixture
def script(ground: Path) -> Script:
    """On a database that writes through to the disk, as in earnest."""
    return Script(ground / "recovering", {"TOUCHBOOK_RATE_LIMIT": "off"})


async def test_servers_and_workers_outlive_their_database(script: Script) -> None:
    """Killed, then away with its directory for a while: meanwhile they live and are not ready."""
    async with site_of(script) as site:
        async with site.written():
            site.kill_database()
            await site.until_ready(200)
            site.kill_database(away := site.home.with_name("away"))
            await site.until_ready(503)
            await asyncio.sleep(1)
            assert set(await site.ready()) == {503}
            away.rename(site.home)
            await site.until_ready(200)
        await site.until_opened()
