"""Two servers and two workers, of which one's clock is two hours ahead: each of 500 reminders once, none early."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.cli.conftest import Script
from tests.jobs.test_wrong_clocks import worker_with_wrong_clock
from touchbook.store.embedded import open_embedded

pytestmark = pytest.mark.long

REMINDERS = 500
_REMINDED = """select n.reminder_id as id, n.created_at, r.at from notifications n
    join reminders r on r.team_id = n.team_id and r.id = n.reminder_id
    join tasks t on t.team_id = n.team_id and t.id = n.task_id where t.title like 'remind %'"""
# All come within this time, from that instant on.
_SPREAD, _AHEAD = timedelta(seconds=20), timedelta(seconds=15)


@pytest.mark.parametrize("hours", [2, -2])
async def test_each_reminder_comes_once_and_none_early(hours: float, ground: Path) -> None:
    with open_embedded(ground / "clocks") as embedded:
        url = embedded.create_database("ahead" if hours > 0 else "behind")
        script = Script(ground / "clocks-data", {"TOUCHBOOK_RATE_LIMIT": "off"}).with_database(url)
        script.say("migrate")
        demo = script.demo()
        connection = await asyncpg.connect(url)
        async with AsyncExitStack() as stack:
            servers = []
            for words in (("--no-worker",), ()):
                log = stack.enter_context((ground / "clocks.log").open("a"))
                servers.append(stack.enter_context(script.running("serve", "--port", "0", *words, log=log)).url)
            await stack.enter_async_context(worker_with_wrong_clock(url, hours))
            await _remind(servers, demo, await connection.fetchval("select clock_timestamp()") + _AHEAD)
            async with asyncio.timeout(180):
                while len(await connection.fetch(_REMINDED)) < REMINDERS:
                    await asyncio.sleep(0.2)
            await asyncio.sleep(2)  # One that came twice would come now.
        rows = await connection.fetch(_REMINDED)
        await connection.close()
    assert len({row["id"] for row in rows}) == len(rows) == REMINDERS
    assert [row for row in rows if row["created_at"] < row["at"]] == []
    late = sorted((row["created_at"] - row["at"]).total_seconds() for row in rows)
    median, longest = late[len(late) // 2], late[-1]
    print(f"\n{REMINDERS} reminders, a clock {hours:+} h: {median:.1f} s late (median), {longest:.1f} s (longest)")


async def _remind(servers: list[str], demo: dict[str, Any], first: datetime) -> None:
    """Half of the tasks through each server, each with one reminder."""
    user = demo["users"][0]
    headers = {"Authorization": f"Bearer {user['key']}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:

        async def create(number: int) -> None:
            at = (first + _SPREAD * number / REMINDERS).timestamp()
            task = {
                "title": f"remind {number}",
                "due_date": at + 86400,
                "task_type": "Call",
                "status": "PENDING",
                "reminders": [{"is_relative": False, "timestamp": at}],
            }
            answer = await client.post(f"{servers[number % len(servers)]}/crm/tasks", json=task)
            assert answer.status_code == 200, answer.text

        for begin in range(0, REMINDERS, 20):
            await asyncio.gather(*map(create, range(begin, begin + 20)))
