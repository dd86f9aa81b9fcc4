"""The server is killed while it takes writes: whatever it acknowledged is there, whole."""

import asyncio
import random
import signal
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.cli.conftest import Script
from tests.people import ysuite_headers
from touchbook.store.embedded import open_embedded

pytestmark = pytest.mark.long

ROUNDS = 10
WRITES = 2000
AT_ONCE = 16


@pytest.fixture
def script(ground: Path) -> Script:
    """On a database that writes through to the disk, as in earnest."""
    return Script(ground / "killed")


async def test_nothing_acknowledged_is_lost(script: Script) -> None:
    with open_embedded(script.data_dir) as embedded:
        demo = script.demo()
        acknowledged: dict[int, str] = {}
        for round_ in range(ROUNDS):
            acknowledged |= await _write_until_killed(script, demo, round_)
        assert len(acknowledged) >= WRITES
        stored = await _stored(embedded.url)
    assert acknowledged.items() <= stored.items()
    print(f"{len(acknowledged)} acknowledged, {len(stored)} stored, in {ROUNDS} rounds")


async def _write_until_killed(script: Script, demo: dict[str, Any], round_: int) -> dict[int, str]:
    """What was acknowledged before the kill, which comes somewhere among the writes of this round."""
    acknowledged: dict[int, str] = {}
    last = WRITES // ROUNDS + random.Random(round_).randrange(100)
    with script.running("serve", "--port", "0") as running:
        headers = ysuite_headers(demo["users"][0]["key"])
        async with httpx.AsyncClient(base_url=f"{running.url}/v1", headers=headers, verify=False) as client:

            async def write(writer: int) -> None:
                for number in range(WRITES):
                    title = f"round {round_} writer {writer} number {number}"
                    answer = await client.post("/tasks", json=_task(demo, title))
                    acknowledged[answer.json()["data"]["activity_id"]] = title
                    if len(acknowledged) == last:
                        running.process.send_signal(signal.SIGKILL)

            ends = await asyncio.gather(*map(write, range(AT_ONCE)), return_exceptions=True)
        running.process.wait()
    assert all(isinstance(end, httpx.TransportError) for end in ends), ends
    return acknowledged


def _task(demo: dict[str, Any], title: str) -> dict[str, Any]:
    return {
        "title": title,
        "start_datetime": "2027-01-15T10:00:00",
        "cstid": demo["contact"]["id"],
        "assigned_user_id": demo["users"][0]["id"],
        "tags": [demo["tags"][0]["id"]],
    }


async def _stored(url: str) -> dict[int, str]:
    """Every task that is there with its assignee, association, tag, text and event; none is there without."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        """select t.id, t.title,
            (select count(*) from task_assignees a where a.team_id = t.team_id and a.task_id = t.id) = 1
            and (select count(*) from task_associations s where s.team_id = t.team_id and s.task_id = t.id) = 1
            and (select count(*) from task_tags g where g.team_id = t.team_id and g.task_id = t.id) = 1
            and (select count(*) from task_texts x where x.team_id = t.team_id and x.task_id = t.id) = 1
            and (select count(*) from events e where e.team_id = t.team_id and e.kind = 'task.created'
                and e.subject = 'task' and e.subject_id = t.id) = 1 as whole
        from tasks t where t.title like 'round %'"""
    )
    await connection.close()
    assert all(row["whole"] for row in rows)
    return {row["id"]: row["title"] for row in rows}
