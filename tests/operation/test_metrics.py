"""What whoever watches is told, and to whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.clock import utc_now
from tests.people import Person
from tests.serving import serving
from touchbook import __version__
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.operation.backlog import MOST_COUNTED, read_backlog
from touchbook.store.postgres import Store

TOKEN = "a token of sixteen or more"


def values(text: str) -> dict[str, float]:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: sample.value for sample in samples if not sample.labels}


@asynccontextmanager
async def asking(settings: Settings, store: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(build_app(settings, store)) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def test_what_waits_is_told(settings: Settings, store: Store, alice: Person) -> None:
    """Another test of this database may leave more behind, and none takes what is due away."""
    late = utc_now() - timedelta(hours=300)
    async with asking(settings, store) as client:
        before = values((await client.get("/metrics")).text)
        async with store.transaction() as tx:
            await tx.execute(
                """insert into due (team_id, kind, ref, at)
                select $1, kind, ref, $2 from (values ('task.remind', 1), ('task.open', 2)) as v (kind, ref)""",
                alice.team.id,
                late,
            )
        text = (await client.get("/metrics")).text
        async with store.transaction() as tx:
            await tx.execute("delete from due where team_id = $1", alice.team.id)
    after = values(text)
    assert after["touchbook_jobs_due"] == before["touchbook_jobs_due"] + 2
    assert after["touchbook_jobs_oldest_due_seconds"] >= 300 * 3600
    assert after["touchbook_reminders_late_seconds"] >= 300 * 3600
    assert after["touchbook_database_up"] == 1
    assert f'touchbook_build_info{{version="{__version__}"}} 1.0' in text


async def test_a_held_job_is_not_due(store: Store, alice: Person) -> None:
    before = await read_backlog(store)
    key = f"task.remind:{alice.team.id}:7"
    async with store.transaction() as tx:
        await tx.execute(
            "insert into due (team_id, kind, ref, at) values ($1, 'task.remind', 7, $2)",
            alice.team.id,
            utc_now() - timedelta(hours=1),
        )
    assert (await read_backlog(store)).due == before.due + 1
    async with store.connection() as connection:
        await connection.execute(
            """insert into pgqueuer (priority, status, entrypoint, payload, dedupe_key)
            values (0, 'failed', 'task.remind', '', $1)""",
            key,
        )
    held = await read_backlog(store)
    async with store.connection() as connection:
        await connection.execute("delete from pgqueuer where dedupe_key = $1", key)
        await connection.execute("delete from due where team_id = $1", alice.team.id)
    assert (held.due, held.held) == (before.due, before.held + 1)


async def test_a_scrape_counts_so_far_and_no_farther(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        await tx.execute(
            """insert into due (team_id, kind, ref, at)
            select $1, 'task.open', n, $2 from generate_series(1, $3::int) as n""",
            alice.team.id,
            utc_now() - timedelta(hours=1),
            MOST_COUNTED + 10,
        )
    counted = (await read_backlog(store)).due
    async with store.transaction() as tx:
        await tx.execute("delete from due where team_id = $1", alice.team.id)
    assert counted == MOST_COUNTED


async def test_without_its_database_the_rest_is_told(settings: Settings) -> None:
    unreachable = await Store.open("postgresql://nobody@127.0.0.1:1/nothing")
    async with asking(settings, unreachable) as client:
        answer = await client.get("/metrics")
    await unreachable.close()
    assert answer.status_code == 200
    assert values(answer.text)["touchbook_database_up"] == 0
    assert "touchbook_jobs_due" not in answer.text


@pytest.mark.parametrize(
    ("authorization", "status"), [(f"Bearer {TOKEN}", 200), ("Bearer other", 401), (TOKEN, 401), ("", 401)]
)
async def test_behind_a_token(settings: Settings, store: Store, authorization: str, status: int) -> None:
    guarded = msgspec.structs.replace(settings, metrics_token=TOKEN)
    async with asking(guarded, store) as client:
        answer = await client.get("/metrics", headers={"authorization": authorization})
    assert answer.status_code == status
    assert ("touchbook_build_info" in answer.text) == (status == 200)


async def test_without_a_token_for_this_machine_alone(settings: Settings, store: Store) -> None:
    """A proxy on this machine says who asked."""
    async with asking(settings, store) as client:
        here = await client.get("/metrics")
        through = await client.get("/metrics", headers={"x-forwarded-for": "203.0.113.7"})
    assert here.status_code == 200
    assert through.status_code == 403
    assert "TOUCHBOOK_METRICS_TOKEN" in through.json()["error"]
