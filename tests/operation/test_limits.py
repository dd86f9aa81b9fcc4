"""So many requests a minute and key; the dialect says how many are left."""

import httpx

from tests.people import Person, ysuite_headers
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.http.limiting import WINDOW, RateLimit
from touchbook.store.postgres import Store


async def test_the_rate_runs_out_for_one_key_alone(store: Store, alice: Person, bob: Person) -> None:
    async with serving(build_app(Settings(rate_limit=2), store)) as url:
        async with httpx.AsyncClient(base_url=f"{url}/v1", headers=ysuite_headers(alice.key)) as client:
            answers = [await client.get("/tasks") for _ in range(3)]
        async with httpx.AsyncClient(base_url=f"{url}/v1", headers=ysuite_headers(bob.key)) as client:
            of_bob = await client.get("/tasks")
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"2"}
    assert 1 <= int(answers[2].headers["retry-after"]) <= WINDOW
    assert answers[2].json() == {"success": False, "message": "Too many requests."}
    assert of_bob.status_code == 200


async def test_off(alice: Person) -> None:
    answer = await alice.ysuite.get("/tasks")
    assert "x-ratelimit-limit" not in answer.headers


def test_a_new_window_is_a_new_rate() -> None:
    now = 1000.0
    limit = RateLimit(1, clock=lambda: now)
    first, second = limit.take(1), limit.take(1)
    assert first is not None
    assert second is not None
    assert (first.exceeded, second.exceeded) == (False, True)
    now += WINDOW
    third = limit.take(1)
    assert third is not None
    assert not third.exceeded
    assert third.reset_at == now + WINDOW
