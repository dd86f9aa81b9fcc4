"""The primary of a Patroni cluster dies, is lost with its node, or freezes, under writers of two servers: nothing
that was acknowledged is lost or doubled, all that clients see is 200 and 503, and writes go on soon.
"""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Script
from tests.long.patroni import Cluster, missing_programs, running_cluster
from tests.people import ysuite_headers

pytestmark = pytest.mark.long

ROUNDS = 5
WRITERS = 4
# Seconds until a write is acknowledged again.
SOON = {"crash": 10.0, "loss": 25.0, "freeze": 30.0}


@dataclass
class Writes:
    """`acknowledged`: each task's id by its title; `answers`: the instant, the seconds and the status of each."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[float, float, int]] = field(default_factory=list)

    def back_after(self, instant: float) -> float | None:
        """The end of the first request that was sent after the instant and acknowledged."""
        ends = [sent + took for sent, took, status in self.answers if sent > instant and status == 200]
        return min(ends) - instant if ends else None


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    lacking = missing_programs()
    if lacking:
        pytest.skip(f"this machine lacks {', '.join(lacking)}")
    with running_cluster() as cluster:
        asyncio.run(cluster.make_database())
        yield cluster


@pytest.fixture(scope="module")
def demo(cluster: Cluster, ground: Path) -> dict[str, Any]:
    return _script(ground, cluster.by_hosts).demo()


@pytest.mark.parametrize("how", SOON)
@pytest.mark.parametrize("way", ["by_haproxy", "by_hosts"])
async def test_nothing_acknowledged_is_lost(
    way: str, how: str, cluster: Cluster, demo: dict[str, Any], ground: Path
) -> None:
    script, writes, back = _script(ground, getattr(cluster, way)), Writes(), list[float]()
    with ExitStack() as stack:
        urls = []
        for _ in range(2):
            log = stack.enter_context((ground / f"{way}-{how}.log").open("a"))
            running = stack.enter_context(script.running("serve", "--port", "0", log=log))
            urls.append(running.url)
        for round_ in range(ROUNDS):
            back.append(await _round(cluster, how, urls, demo, writes, f"{way} {how} {round_}"))
    await _check(cluster, writes, f"{way} {how}")
    seen = Counter(status for _, _, status in writes.answers)
    slowest = max(took for _, took, _ in writes.answers)
    print(
        f"\n{way} {how}: {len(writes.acknowledged)} acknowledged, 0 lost, 0 doubled; answers {dict(seen)}; "
        f"back after {', '.join(f'{each:.1f}' for each in back)} s (median {statistics.median(back):.1f}); "
        f"slowest answer {slowest:.1f} s; {cluster.copied_anew} nodes copied anew so far"
    )
    assert seen.keys() <= {200, 503}
    assert max(back) <= SOON[how]


async def _round(
    cluster: Cluster, how: str, urls: list[str], demo: dict[str, Any], writes: Writes, name: str
) -> float:
    """Return how many seconds after the strike a write was acknowledged that was sent after it."""
    leader, stop = await cluster.until_whole(), asyncio.Event()
    writers = [
        asyncio.create_task(_write(urls, number, demo, writes, f"{name} writer {number}", stop))
        for number in range(WRITERS * len(urls))
    ]
    await asyncio.sleep(3)
    struck = time.monotonic()
    mend = cluster.strike(leader, how)
    try:
        async with asyncio.timeout(120):
            while (back := writes.back_after(struck)) is None:
                await asyncio.sleep(0.05)
        await asyncio.sleep(3)
    finally:
        stop.set()
        await asyncio.gather(*writers)
        mend()
    return back


async def _write(
    urls: list[str], number: int, demo: dict[str, Any], writes: Writes, name: str, stop: asyncio.Event
) -> None:
    """Each write is sent again under its key, to one server and the other, until it is acknowledged."""
    headers = ysuite_headers(demo["users"][0]["key"])
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        count = 0
        while not stop.is_set():
            title, sent_to, status = f"{name} number {count}", number, 0
            while status != 200 and not stop.is_set():
                sent = time.monotonic()
                answer = await client.post(
                    f"{urls[sent_to % len(urls)]}/v1/tasks",
                    headers={"Idempotency-Key": title},
                    json={"title": title, "start_datetime": "2027-01-15T10:00:00", "cstid": demo["contact"]["id"]},
                )
                status = answer.status_code
                writes.answers.append((sent, time.monotonic() - sent, status))
                if status == 200:
                    writes.acknowledged[title] = answer.json()["data"]["activity_id"]
                else:
                    sent_to += 1
                    await asyncio.sleep(0.25)
            count += 1


async def _check(cluster: Cluster, writes: Writes, name: str) -> None:
    """A write that nobody acknowledged may be there, once."""
    rows = await cluster.fetch(
        "select title, array_agg(id) as ids from tasks where title like $1 group by 1", f"{name}%"
    )
    stored = {row["title"]: row["ids"] for row in rows}
    assert {title: ids for title, ids in stored.items() if len(ids) > 1} == {}
    assert {title: stored.get(title) for title in writes.acknowledged} == {
        title: [id_] for title, id_ in writes.acknowledged.items()
    }


def _script(ground: Path, url: str) -> Script:
    return Script(
        ground / "patroni-data",
        {"TOUCHBOOK_DATABASE_URL": url, "TOUCHBOOK_RATE_LIMIT": "off", "TOUCHBOOK_SECRET_KEY": "k" * 40},
    )
