"""So many requests a minute and key; the dialect says how many are left."""

from typing import Any

import httpx
import pytest

from tests.people import Person, ysuite_headers
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.caller import Caller
from touchbook.core.errors import Unauthenticated
from touchbook.core.teams import authenticating
from touchbook.core.transaction import Reader
from touchbook.http import credentials, limiting
from touchbook.http.limiting import NO_LIMIT, WINDOW, RateLimit
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


async def test_off_is_a_limit_that_is_never_reached(alice: Person) -> None:
    for _ in range(2):
        answer = await alice.ysuite.get("/tasks")
        limit, remaining = (int(answer.headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining"))
        assert limit == remaining == NO_LIMIT
        assert int(answer.headers["x-ratelimit-reset"]) > 0


def test_a_new_window_is_a_new_rate() -> None:
    now = 1000.0
    limit = RateLimit(1, clock=lambda: now)
    first, second = limit.take(1), limit.take(1)
    assert (first.exceeded, second.exceeded) == (False, True)
    now += WINDOW
    third = limit.take(1)
    assert not third.exceeded
    assert third.reset_at == now + WINDOW


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The credentials for which the database was asked."""
    asked: list[str] = []

    async def authenticate(reader: Reader, text: str, **rest: Any) -> Caller:
        asked.append(text)
        return await authenticating.authenticate(reader, text, **rest)

    monkeypatch.setattr(credentials, "authenticate", authenticate)
    return asked


async def test_wrong_keys_count_against_their_address(store: Store, alice: Person, asked: list[str]) -> None:
    """Those that are known go on meanwhile, others may be new from elsewhere."""
    async with (
        serving(build_app(Settings(rate_limit=3), store)) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        known = await client.get("/v1/tasks", headers=ysuite_headers(alice.key))
        wrong = [f"tb_{number}_secret" for number in range(4)]
        refused = [await client.get("/v1/tasks", headers=ysuite_headers(key)) for key in wrong]
        bare = await client.get("/api/v1/task/")
        again = await client.get("/v1/tasks", headers=ysuite_headers(alice.key))
    assert (known.status_code, again.status_code) == (200, 200)
    assert [answer.status_code for answer in refused] == [401, 401, 401, 429]
    assert bare.status_code == 429
    assert asked == [alice.key, *wrong[:3]]


async def test_a_known_key_is_looked_up_again(
    store: Store, alice: Person, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong keys from the same address do not keep it out when it has to be."""
    monkeypatch.setattr(credentials, "CACHED_SECONDS", -1.0)
    async with (
        serving(build_app(Settings(rate_limit=2), store)) as url,
        httpx.AsyncClient(base_url=f"{url}/v1") as client,
    ):
        await client.get("/tasks", headers=ysuite_headers(alice.key))
        wrong = [await client.get("/tasks", headers=ysuite_headers("tb_1_secret")) for _ in range(3)]
        again = await client.get("/tasks", headers=ysuite_headers(alice.key))
    assert [answer.status_code for answer in wrong] == [401, 401, 429]
    assert again.status_code == 200
    assert asked.count(alice.key) == 2


async def test_new_keys_do_not_use_up_their_address(store: Store, alice: Person, bob: Person) -> None:
    async with (
        serving(build_app(Settings(rate_limit=1), store)) as url,
        httpx.AsyncClient(base_url=f"{url}/v1") as client,
    ):
        answers = [await client.get("/tasks", headers=ysuite_headers(each.key)) for each in (alice, bob)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_windows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "MOST_WINDOWS", 10)
    limit = RateLimit(1)
    for address in range(1000):
        limit.take(address)
    assert len(limit._windows) == 10
    latest = limit.take(999)
    assert latest.exceeded


def test_windows_that_have_ended_are_dropped() -> None:
    now = 1000.0
    limit = RateLimit(1, clock=lambda: now)
    for address in range(1000):
        limit.take(address)
    now += WINDOW
    limit.take("another")
    assert list(limit._windows) == ["another"]


async def test_the_known_credentials_are_bounded(
    store: Store, alice: Person, bob: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "CACHED_KEYS", 2)
    known = credentials.Credentials(store)
    for person in (alice, bob, charlie):
        for surface in ("close", "ysuite"):
            await known.caller_of(person.key, surface)
            assert len(known._known) <= 2
    with pytest.raises(Unauthenticated):
        await known.caller_of("tb_1_secret", "close")
    assert not known.knows("tb_1_secret", "close")
