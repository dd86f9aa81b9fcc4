"""Ten bulk tags of one team at once, beside another team that reads: nobody waits for them."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.dialects.rechat.records import a, me
from tests.factories import contact_of
from tests.people import Person, bearer_headers, close_headers
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.store.postgres import Store, TimeLimits

pytestmark = pytest.mark.long

CONTACTS, AT_A_TIME = 6000, 1000
BULK_WRITES, ROUNDS = 10, 3
P99_SECONDS = 1.0


@pytest.fixture
async def url(database_url: str, settings: Settings) -> AsyncIterator[str]:
    """As it is served by default."""
    own = Settings(data_dir=settings.data_dir, rate_limit=None)
    store = await Store.open(
        database_url, size=own.pool_size, limits=TimeLimits(own.statement_timeout, own.lock_timeout)
    )
    async with serving(build_app(own, store)) as url:
        yield url
    await store.close()


async def test_bulk_writes_of_one_team_delay_no_other(
    url: str, store: Store, alice: Person, charlie: Person
) -> None:
    patient = httpx.AsyncClient(base_url=url, timeout=120, verify=False, headers=bearer_headers(alice.key))
    other = httpx.AsyncClient(base_url=f"{url}/api/v1", verify=False, headers=close_headers(charlie.key))
    async with patient as writer, other as reader:
        await _fill(writer, alice)
        await contact_of(store, charlie)
        done = asyncio.Event()
        reading = asyncio.create_task(_read(reader, done))
        statuses: Counter[int] = Counter()
        for round_ in range(ROUNDS):
            answers = await asyncio.gather(*(_tag(writer, f"{round_}-{n}") for n in range(BULK_WRITES)))
            statuses.update(answer.status_code for answer in answers)
            assert all(answer.headers.get("retry-after") for answer in answers if answer.status_code == 503)
        done.set()
        seconds = sorted(await reading)
    p99 = seconds[int(len(seconds) * 0.99)]
    median = seconds[len(seconds) // 2]
    print(f"bulk {dict(statuses)}; {len(seconds)} GETs, median {median:.3f} s, p99 {p99:.3f} s")
    assert set(statuses) <= {204, 503}
    assert statuses[204] >= ROUNDS
    assert p99 < P99_SECONDS


async def _fill(writer: httpx.AsyncClient, person: Person) -> None:
    for start in range(0, CONTACTS, AT_A_TIME):
        contacts = [
            {"user": me(person), "attributes": [a("first_name", f"Ada {number}")]}
            for number in range(start, start + AT_A_TIME)
        ]
        answer = await writer.post("/contacts", json={"contacts": contacts})
        assert answer.is_success, answer.text


async def _tag(writer: httpx.AsyncClient, text: str) -> httpx.Response:
    sent = {"attributes": [a("tag", text)]}
    return await writer.post("/contacts/attributes", json=sent, params={"q": "Ada"})


async def _read(reader: httpx.AsyncClient, done: asyncio.Event) -> list[float]:
    seconds = []
    while not done.is_set():
        began = time.perf_counter()
        answer = await reader.get("/task/")
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.01)
    return seconds
