"""Tokens beyond one call: rotation, reuse, expiry, keys in their place, how often one may try."""

import asyncio
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from threading import Event

import httpx
import pytest

from tests.conformance.watching import Watching
from tests.jobs.working import ahead
from tests.people import Person, bearer_headers, close_headers, new_key, new_person
from tests.serving import serving
from tests.signing_in import (
    OUTREACH,
    Desk,
    desk_of,
    give_password,
    given,
    later,
    new_client,
    refused,
    status,
)
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.caller import Scope
from touchbook.core.teams.attempting import PER_ACCOUNT, PER_ADDRESS
from touchbook.core.teams.issuing import issue_key, revoke_key
from touchbook.core.teams.key import read_key_text
from touchbook.core.teams.password import _threads
from touchbook.http.credentials import CACHED_SECONDS
from touchbook.jobs.upkeep import keep_house
from touchbook.store.postgres import Store


@pytest.fixture
async def desk(store: Store, alice: Person) -> Desk:
    return await desk_of(store, alice)


async def test_an_access_token_works_wherever_a_key_does(desk: Desk, alice: Person) -> None:
    token = (await desk.tokens())["access_token"]
    number, secret = token.removeprefix("tba_").split("_", 1)
    styles = [
        ("/v1/tasks", bearer_headers(token)),
        ("/v1/tasks", {"x-ysuite-access-key": f"tba_{number}", "x-ysuite-secret-key": secret}),
        ("/api/v1/me/", bearer_headers(token)),
        ("/api/v1/me/", close_headers(token)),
    ]
    async with httpx.AsyncClient(base_url=desk.url, verify=False) as client:
        answers = [await client.get(path, headers=headers) for path, headers in styles]
        assert [answer.status_code for answer in answers] == [200] * 4
        assert answers[2].json()["email"] == desk.name
        for headers in (bearer_headers(token[:-1]), bearer_headers(token + "x"), bearer_headers("tba_1_x")):
            assert (await client.get("/v1/tasks", headers=headers)).status_code == 401


async def test_a_refresh_token_is_no_access_token(desk: Desk) -> None:
    tokens = await desk.tokens()
    assert await status(desk.url, tokens["refresh_token"]) == 401
    assert await status(desk.url, tokens["refresh_token"].replace("tbr", "tba")) == 401
    assert refused(await desk.refresh(tokens["access_token"].replace("tba", "tbr")))


async def test_a_chain_of_refreshes(desk: Desk) -> None:
    token = (await desk.tokens())["refresh_token"]
    for path in ("/oauth2/token", OUTREACH) * 3:
        tokens = given(await desk.refresh(token, path=path))
        assert await status(desk.url, tokens["access_token"]) == 200
        token = tokens["refresh_token"]


async def test_another_clients_refresh_is_refused_and_harms_nothing(store: Store, desk: Desk) -> None:
    tokens = await desk.tokens()
    assert refused(await replace(desk, client=await new_client(store)).refresh(tokens["refresh_token"]))
    given(await desk.refresh(tokens["refresh_token"]))


@pytest.mark.parametrize(("minutes", "expected"), [(119, 200), (121, 401)])
async def test_an_access_token_lives_two_hours(store: Store, desk: Desk, minutes: int, expected: int) -> None:
    tokens = await desk.tokens()
    async with later(store, timedelta(minutes=minutes)) as url:
        assert await status(url, tokens["access_token"]) == expected
        given(await desk.at(url).refresh(tokens["refresh_token"]))


@pytest.mark.parametrize(("days", "expected"), [(59.9, 200), (60.1, 401)])
async def test_a_refresh_token_lives_sixty_days(store: Store, desk: Desk, days: float, expected: int) -> None:
    tokens = await desk.tokens()
    async with later(store, timedelta(days=days)) as url:
        assert (await desk.at(url).refresh(tokens["refresh_token"])).status_code == expected


async def test_a_new_password_ends_every_sign_in_but_those_by_key(store: Store, desk: Desk, alice: Person) -> None:
    tokens, by_key = await desk.tokens(), given(await desk.refresh(alice.key))
    await give_password(store, alice)
    async with later(store, timedelta(0)) as url:
        assert await status(url, tokens["access_token"]) == 401
        assert await status(url, by_key["access_token"]) == 200
    assert refused(await desk.refresh(tokens["refresh_token"]))


class TestKeyInPlaceOfRefreshToken:
    async def test_it_is_given_back_and_good_again(self, desk: Desk, alice: Person) -> None:
        for path in ("/oauth2/token", OUTREACH, "/oauth2/token"):
            tokens = given(await desk.refresh(alice.key, path=path, form=True))
            assert tokens["refresh_token"] == alice.key
            assert await status(desk.url, tokens["access_token"]) == 200

    @pytest.mark.parametrize(("scope", "expected"), [("read", 403), ("write", 422)])
    async def test_never_more_scope(
        self, store: Store, desk: Desk, alice: Person, scope: Scope, expected: int
    ) -> None:
        """Alice herself may do everything; 422 is what an empty task gets."""
        tokens = given(await desk.refresh(await new_key(store, alice, scope)))
        assert await status(desk.url, tokens["access_token"]) == 200
        assert await status(desk.url, tokens["access_token"], method="POST", json={}) == expected

    async def test_never_more_dialects(self, store: Store, desk: Desk, alice: Person) -> None:
        async with store.transaction() as tx:
            names = {"team_id": alice.team.id, "user_id": alice.user_id, "scope": "write"}
            key = await issue_key(tx, **names, dialects=["rechat", "close"])  # type: ignore[arg-type]
        token = given(await desk.refresh(key))["access_token"]
        assert await status(desk.url, token, "/api/v1/me/") == 200
        assert await status(desk.url, token) == 403
        assert refused(await desk.refresh(key, path=OUTREACH))

    async def test_never_more_life(self, store: Store, desk: Desk, alice: Person) -> None:
        key = await new_key(store, alice, "read")
        token = given(await desk.refresh(key))["access_token"]
        assert await status(desk.url, token) == 200
        parts = read_key_text(key)
        assert parts is not None
        async with store.transaction() as tx:
            await revoke_key(tx, key_id=parts.id)
        async with later(store, timedelta(0)) as url:
            assert await status(url, token) == 401
        assert refused(await desk.refresh(key))
        await asyncio.sleep(CACHED_SECONDS)
        assert await status(desk.url, token) == 401


async def test_keys_and_sign_ins_have_rates_of_their_own(store: Store, alice: Person) -> None:
    """What a key has given counts with the key; the token call itself is counted by address."""
    desk = await desk_of(store, alice)
    async with serving(Watching(build_app(Settings(rate_limit=3), store))) as url:
        there = desk.at(url)
        first, second = await there.tokens(), await there.tokens()
        by_key = given(await there.refresh(alice.key))
        limited = await there.sign_in()
        assert limited.status_code == 429
        assert int(limited.headers["retry-after"]) > 0
        for token in (first["access_token"], second["access_token"]):
            assert [await status(url, token) for _ in range(4)] == [200, 200, 200, 429]
        assert [await status(url, by_key["access_token"]) for _ in range(2)] == [200, 200]
        assert [await status(url, alice.key) for _ in range(2)] == [200, 429]


class TestAttempts:
    async def test_for_an_account(self, store: Store, desk: Desk, alice: Person) -> None:
        """From wherever they come, and with the right password too; another account is not concerned."""
        for _ in range(PER_ACCOUNT):
            assert refused(await replace(desk, address="198.51.100.1").sign_in(password="wrong"))
        limited = await desk.sign_in()
        assert (limited.status_code, limited.json()["code"]) == (429, "TooManyRequests")
        assert 0 < int(limited.headers["retry-after"]) <= 15 * 60
        assert (await desk.sign_in(username=desk.name.upper())).status_code == 429
        bob = await new_person(store, desk.url, alice.team, "Bob")
        given(await replace(desk, name=await give_password(store, bob)).sign_in())

    async def test_what_was_given_goes_on(self, desk: Desk) -> None:
        """Whoever knows a name alone cannot sign its owner out."""
        before = await desk.tokens()
        elsewhere = replace(desk, address="198.51.100.1")
        wrong = [await elsewhere.sign_in(password="wrong") for _ in range(PER_ACCOUNT + 2)]
        assert wrong[-1].status_code == 429
        assert await status(desk.url, before["access_token"]) == 200
        for path in ("/oauth2/token", OUTREACH):
            after = given(await desk.refresh(before["refresh_token"], path=path))
            assert await status(desk.url, after["access_token"]) == 200

    async def test_one_address_is_one_account_in_whatever_form(self, store: Store, alice: Person) -> None:
        """What the lock does not count, the account is not found by, and the other way round."""
        desk = await desk_of(store, await new_person(store, alice.url, alice.team, "Zoé I"))
        form, other = unicodedata.normalize("NFD", desk.name).upper(), desk.name.replace("i", "İ", 1)
        given(await desk.sign_in(username=f" {form}"))
        assert refused(await desk.sign_in(username=other))
        for _ in range(PER_ACCOUNT):
            assert refused(await desk.sign_in(username=form, password="wrong"))
        assert (await desk.sign_in()).status_code == 429
        assert refused(await desk.sign_in(username=other))

    async def test_another_server_knows_of_them(self, store: Store, desk: Desk) -> None:
        for _ in range(PER_ACCOUNT):
            await desk.sign_in(password="wrong")
        async with later(store, timedelta(0)) as url:
            assert (await desk.at(url).sign_in()).status_code == 429
        async with later(store, timedelta(minutes=16)) as url:
            given(await desk.at(url).sign_in())

    async def test_an_account_that_is_none_is_counted_alike(self, desk: Desk) -> None:
        nobody = replace(desk, name=f"nobody.{desk.name}")
        answers = [await nobody.sign_in() for _ in range(PER_ACCOUNT + 1)]
        assert [answer.status_code for answer in answers] == [401] * PER_ACCOUNT + [429]

    async def test_the_right_password_begins_anew(self, desk: Desk) -> None:
        for _ in range(2):
            for _ in range(PER_ACCOUNT - 1):
                assert refused(await desk.sign_in(password="wrong"))
            given(await desk.sign_in())

    async def test_for_an_address(self, store: Store, desk: Desk) -> None:
        """Each attempt for another account; who comes from elsewhere is not concerned."""
        answers = await asyncio.gather(
            *(desk.sign_in(username=f"{number}@example.com") for number in range(PER_ADDRESS + 5))
        )
        assert Counter(answer.status_code for answer in answers) == {401: PER_ADDRESS, 429: 5}
        assert (await desk.sign_in()).status_code == 429
        given(await replace(desk, address="192.0.2.77").sign_in())

    async def test_of_ipv6_a_network_is_one_address(self, desk: Desk) -> None:
        host = desk.address.rpartition(".")[2]
        for number in range(PER_ADDRESS):
            there = replace(desk, address=f"2001:db8:{host}:1::{number:x}")
            assert refused(await there.sign_in(username=f"{number}@example.com"))
        assert (await replace(desk, address=f"2001:db8:{host}:1:ffff::").sign_in()).status_code == 429
        given(await replace(desk, address=f"2001:db8:{host}:2::").sign_in())

    async def test_parallel_ones_are_counted_too(self, desk: Desk) -> None:
        answers = await asyncio.gather(*(desk.sign_in(password="wrong") for _ in range(PER_ACCOUNT * 2)))
        assert Counter(answer.status_code for answer in answers) == {401: PER_ACCOUNT, 429: PER_ACCOUNT}

    async def test_other_requests_do_not_wait_for_passwords(self, desk: Desk, alice: Person) -> None:
        """Sixteen sign-ins wait, more than the pool has connections, and hold none; the event loop goes on."""
        gate = Event()
        busy = [_threads.submit(gate.wait, 30) for _ in range(_threads._max_workers)]
        try:
            waiting = [asyncio.create_task(desk.sign_in(username=f"{number}@example.com")) for number in range(16)]
            await asyncio.sleep(0.5)
            async with asyncio.timeout(5):
                assert (await alice.ysuite.get("/tasks")).status_code == 200
            assert not any(task.done() for task in waiting)
        finally:
            gate.set()
        assert all(blocked.result() for blocked in busy)
        assert [(await task).status_code for task in waiting] == [401] * 16


async def test_upkeep_forgets_what_is_dead(store: Store, alice: Person) -> None:
    """Tokens that are out of date, grants without any, attempts of another day; what lives, lives on."""
    desk = await desk_of(store, alice)
    kept, ended = await desk.tokens(), await desk.tokens()
    await desk.refresh(ended["refresh_token"])
    async with later(store, timedelta(minutes=2)) as url:
        assert refused(await desk.at(url).refresh(ended["refresh_token"]))
    given(await desk.refresh(alice.key))
    await desk.sign_in(password="wrong")
    assert await _counts(store, alice) == (3, 7)
    await keep_house(ahead(store, timedelta(minutes=3)), event_days=400)
    assert await _counts(store, alice) == (2, 3)
    await keep_house(ahead(store, timedelta(hours=3)), event_days=400)
    assert await _counts(store, alice) == (1, 1)
    async with store.reading() as reader:
        assert await reader.fetch_value("select count(*) from sign_in_attempts") == 0
    kept = given(await desk.refresh(kept["refresh_token"]))
    await keep_house(ahead(store, timedelta(days=61)), event_days=400)
    assert await _counts(store, alice) == (0, 0)
    assert refused(await desk.refresh(kept["refresh_token"]))


async def _counts(store: Store, person: Person) -> tuple[int, int]:
    """Grants and tokens of a person."""
    async with store.reading() as reader:
        row = await reader.fetch_row(
            """select count(distinct g.id) as grants, count(t.id) as tokens
            from grants g left join tokens t on t.grant_id = g.id where g.user_id = $1""",
            person.user_id,
        )
    assert row is not None
    return row["grants"], row["tokens"]
