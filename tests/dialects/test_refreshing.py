"""A refresh token that comes again: soon it is a retry or another stream, later it is a theft."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.people import Person
from tests.signing_in import (
    OUTREACH,
    RECHAT,
    Desk,
    desk_of,
    give_password,
    given,
    later,
    new_client,
    refused,
    status,
)
from touchbook.core.teams.granting import RETRY_WINDOW
from touchbook.store.postgres import Store

SECOND = timedelta(seconds=1)
SOON, LATE = RETRY_WINDOW - 15 * SECOND, RETRY_WINDOW + 15 * SECOND
NOW = timedelta(0)


@pytest.fixture
async def desk(store: Store, alice: Person) -> Desk:
    return await desk_of(store, alice)


async def test_the_window_is_a_minute() -> None:
    assert RETRY_WINDOW == 60 * SECOND


@pytest.mark.parametrize("path", [RECHAT, OUTREACH])
@pytest.mark.parametrize("form", [True, False])
async def test_a_retry_gets_a_pair_of_the_same_sign_in(store: Store, desk: Desk, path: str, form: bool) -> None:
    """Both pairs are good, and both go on."""
    token = (await desk.tokens())["refresh_token"]
    first = given(await desk.refresh(token, path=path, form=form))
    async with later(store, SOON) as url:
        second = given(await desk.at(url).refresh(token, path=path, form=form))
    assert len({first["refresh_token"], second["refresh_token"], token}) == 3
    for pair in (first, second):
        assert await status(desk.url, pair["access_token"]) == 200
        given(await desk.refresh(pair["refresh_token"], path=path, form=form))


@pytest.mark.parametrize("path", [RECHAT, OUTREACH])
async def test_later_it_ends_the_sign_in_with_every_pair(store: Store, desk: Desk, path: str) -> None:
    other = await desk.tokens()
    token = (await desk.tokens())["refresh_token"]
    pairs = [given(await desk.refresh(token)), given(await desk.refresh(token, path=OUTREACH, form=True))]
    pairs.append(given(await desk.refresh(pairs[0]["refresh_token"])))
    async with later(store, LATE) as url:
        there = desk.at(url)
        assert refused(await there.refresh(token, path=path, form=True))
        for pair in pairs:
            assert await status(url, pair["access_token"]) == 401
            assert refused(await there.refresh(pair["refresh_token"]))
        assert await status(url, other["access_token"]) == 200
        given(await there.refresh(other["refresh_token"]))
    assert refused(await desk.refresh(token))


async def test_a_retry_does_not_move_the_window(store: Store, desk: Desk) -> None:
    token = (await desk.tokens())["refresh_token"]
    given(await desk.refresh(token))
    for by in (SOON / 2, SOON):
        async with later(store, by) as url:
            pair = given(await desk.at(url).refresh(token))
    async with later(store, LATE) as url:
        assert refused(await desk.at(url).refresh(token))
        assert refused(await desk.at(url).refresh(pair["refresh_token"]))


async def test_parallel_refreshes_all_get_a_pair(store: Store, desk: Desk) -> None:
    """Through two servers and both token calls: each stream goes on with its own."""
    token = (await desk.tokens())["refresh_token"]
    async with later(store, NOW) as url:
        desks = ((desk, RECHAT), (desk.at(url), OUTREACH)) * 4
        pairs = [
            given(answer)
            for answer in await asyncio.gather(*(each.refresh(token, path=path) for each, path in desks))
        ]
        assert len({pair["refresh_token"] for pair in pairs}) == 8
        assert [await status(url, pair["access_token"]) for pair in pairs] == [200] * 8
    again = await asyncio.gather(*(desk.refresh(pair["refresh_token"]) for pair in pairs))
    assert Counter(answer.status_code for answer in again) == {200: 8}


async def test_parallel_late_ones_are_all_refused(store: Store, desk: Desk) -> None:
    """The first of them ends the sign-in, also for the token that was good until then."""
    token = (await desk.tokens())["refresh_token"]
    pair = given(await desk.refresh(token))
    async with later(store, LATE) as url:
        there = desk.at(url)
        answers = await asyncio.gather(*(there.refresh(token) for _ in range(6)))
        assert Counter(answer.status_code for answer in answers) == {401: 6}
        assert refused(await there.refresh(pair["refresh_token"]))


async def test_a_retry_is_for_the_same_client_alone(store: Store, desk: Desk) -> None:
    """Another client's changes nothing, neither soon nor late."""
    token = (await desk.tokens())["refresh_token"]
    pair = given(await desk.refresh(token))
    other = replace(desk, client=await new_client(store))
    assert refused(await other.refresh(token))
    async with later(store, LATE) as url:
        assert refused(await other.at(url).refresh(token))
        given(await desk.at(url).refresh(pair["refresh_token"]))


async def test_a_retry_revives_no_sign_in_that_was_ended(store: Store, desk: Desk, alice: Person) -> None:
    token = (await desk.tokens())["refresh_token"]
    given(await desk.refresh(token))
    await give_password(store, alice)
    assert refused(await desk.refresh(token))


async def test_a_retry_of_a_token_that_expired_meanwhile(store: Store, desk: Desk) -> None:
    token = (await desk.tokens())["refresh_token"]
    async with later(store, timedelta(days=60) - 30 * SECOND) as url:
        given(await desk.at(url).refresh(token))
    async with later(store, timedelta(days=60) + SECOND) as url:
        assert refused(await desk.at(url).refresh(token))
