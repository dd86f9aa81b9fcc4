"""Servers and a worker on one database that comes along, which is killed under them while they write."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from tests.cli.conftest import Running, Script
from touchbook.store.embedded import open_embedded

WRITERS = 4
_PATIENCE = 120.0


@dataclass
class Site:
    """`acknowledged`: each task's note by its id."""

    script: Script
    demo: dict[str, Any]
    servers: list[httpx.AsyncClient]
    acknowledged: dict[int, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.script.data_dir / "postgres"

    def postmaster(self) -> int:
        return int((self.home / "data" / "postmaster.pid").read_text().split()[0])

    def kill_database(self, away: Path | None = None) -> None:
        """With its directory moved `away` first, if requested."""
        pid = self.postmaster()
        if away:
            self.home.rename(away)
        os.kill(pid, signal.SIGKILL)

    async def ready(self) -> list[int]:
        """What each server says; each lives."""
        assert set(await self._ask("/healthz")) == {200}
        return await self._ask("/readyz")

    async def _ask(self, path: str) -> list[int]:
        once = {"connection": "close"}
        return [(await server.get(path, headers=once)).status_code for server in self.servers]

    async def until_ready(self, status: int) -> float:
        """How many seconds it took until all said so."""
        begun = time.monotonic()
        async with asyncio.timeout(_PATIENCE):
            while set(await self.ready()) != {status}:
                await asyncio.sleep(0.02)
        return time.monotonic() - begun

    @asynccontextmanager
    async def written(self) -> AsyncIterator[None]:
        """Tasks that are to open two seconds later come in all the while, and go on to at the end."""
        stop = asyncio.Event()
        writers = [
            asyncio.create_task(self._write(server, f"writer {number} of {id(stop)}", stop))
            for server in self.servers
            for number in range(WRITERS)
        ]
        try:
            await self.until_written(20)
            yield
            await self.until_written(20)
        finally:
            stop.set()
            await asyncio.gather(*writers)

    async def until_written(self, more: int) -> None:
        enough = len(self.acknowledged) + more
        async with asyncio.timeout(_PATIENCE):
            while len(self.acknowledged) < enough:
                await asyncio.sleep(0.02)

    async def until_opened(self) -> None:
        """Every task that was acknowledged is there, and all are open, each opened at most once.

        Of one that came in after its time there was nothing to open.
        """
        async with asyncio.timeout(_PATIENCE):
            while not all(row["status"] == "open" for row in (await self._stored()).values()):
                await asyncio.sleep(0.5)
        stored = await self._stored()
        assert self.acknowledged.items() <= {number: row["description"] for number, row in stored.items()}.items()
        ways = (["task.created"], ["task.created", "task.opened"])
        assert all(row["events"] in ways for row in stored.values())

    async def _stored(self) -> dict[int, Any]:
        with open_embedded(self.script.data_dir, report=lambda _: None) as embedded:
            connection = await asyncpg.connect(embedded.url)
        rows = await connection.fetch(
            """select t.id, t.description, t.status, array(
                select e.kind from events e
                where e.team_id = t.team_id and e.subject = 'task' and e.subject_id = t.id order by e.at, e.id
            ) as events from tasks t where t.description like 'writer %'"""
        )
        await connection.close()
        return {row["id"]: row for row in rows}

    async def _write(self, server: httpx.AsyncClient, writer: str, stop: asyncio.Event) -> None:
        """A connection that has been idle for five seconds is closed, perhaps just as it is used again."""
        number = 0
        while not stop.is_set():
            number += 1
            note = f"{writer} number {number}"
            try:
                answer = await server.post("/api/v2/tasks", json=self._task(note))
            except httpx.ReadError:
                continue
            if answer.status_code == 201:
                self.acknowledged[answer.json()["data"]["id"]] = note
            else:
                assert answer.status_code == 503, answer.text
                assert answer.headers["retry-after"]
            await asyncio.sleep(0.02)

    def _task(self, note: str) -> dict[str, Any]:
        at = datetime.now(UTC) + timedelta(seconds=2)
        owner = {"type": "user", "id": self.demo["users"][0]["id"]}
        prospect = {"type": "prospect", "id": self.demo["contact"]["id"]}
        return {
            "data": {
                "type": "task",
                "attributes": {"note": note, "scheduledAt": at.isoformat()},
                "relationships": {"owner": {"data": owner}, "prospect": {"data": prospect}},
            }
        }


@asynccontextmanager
async def site_of(script: Script) -> AsyncIterator[Site]:
    """Two servers, one of which works off what is due, and a worker; a writer is not limited."""
    demo = script.demo()
    headers = {"authorization": f"Bearer {demo['users'][0]['key']}", "content-type": "application/vnd.api+json"}
    with ExitStack() as running:

        def run(*words: str) -> Running:
            log = running.enter_context(script.data_dir.with_name("recovery.log").open("a", encoding="utf-8"))
            return running.enter_context(script.running(*words, log=log))

        servers = [run("serve", "--port", "0", *words) for words in ((), ("--no-worker",))]
        run("worker")
        clients = [httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) for server in servers]
        yield Site(script, demo, clients)
        for client in clients:
            await client.aclose()
