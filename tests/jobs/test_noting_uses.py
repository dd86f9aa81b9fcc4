import asyncio
from datetime import datetime

from tests.jobs.working import until
from tests.people import Person
from tests.signing_in import desk_of
from touchbook.http.credentials import Credentials, note_uses_each_minute
from touchbook.store.postgres import Store


async def last_use(store: Store, person: Person) -> datetime | None:
    async with store.reading() as reader:
        at: datetime | None = await reader.fetch_value(
            "select k.last_used_at from keys k where k.team_id = $1 and k.id = $2",
            person.team.id,
            person.caller.key_id,
        )
    return at


async def test_the_use_of_a_key_is_noted(store: Store, alice: Person) -> None:
    credentials, stop = Credentials(store), asyncio.Event()
    noting = asyncio.create_task(note_uses_each_minute(credentials, store, stop, seconds=0.05))
    await credentials.caller_of(alice.key, "test")
    used = credentials.uses[alice.caller.key_id or 0]

    async def noted() -> bool:
        return await last_use(store, alice) == used

    await until(noted)
    stop.set()
    await noting


async def test_a_token_that_a_key_gave_uses_the_key(store: Store, alice: Person) -> None:
    desk = await desk_of(store, alice)
    own, by_key = await desk.tokens(), (await desk.refresh(alice.key)).json()
    credentials = Credentials(store)
    assert (await credentials.caller_of(own["access_token"], "test")).key_id is None
    assert credentials.take_uses() == {}
    await credentials.caller_of(by_key["access_token"], "test")
    assert set(credentials.take_uses()) == {alice.caller.key_id}


async def test_what_was_used_last_is_noted_at_the_end(store: Store, alice: Person) -> None:
    credentials, stop = Credentials(store), asyncio.Event()
    noting = asyncio.create_task(note_uses_each_minute(credentials, store, stop, seconds=3600))
    await credentials.caller_of(alice.key, "test")
    stop.set()
    await noting
    assert await last_use(store, alice) is not None


async def test_a_use_that_cannot_be_noted_now_is_noted_later(
    store: Store, database_url: str, alice: Person
) -> None:
    gone = await Store.open(database_url)
    await gone.close()
    credentials, stop = Credentials(store), asyncio.Event()
    await credentials.caller_of(alice.key, "test")
    stop.set()
    await note_uses_each_minute(credentials, gone, stop)
    assert await last_use(store, alice) is None
    await note_uses_each_minute(credentials, store, stop)
    assert await last_use(store, alice) is not None
