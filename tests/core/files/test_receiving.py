"""A file comes in several steps, and may be stopped between any two of them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.core.files.rows import chunks_of, file_events_of, file_of, left_in, rows_of, sweep
from tests.people import Person
from touchbook.core.errors import Conflict, Malformed, Unavailable
from touchbook.core.files import filing
from touchbook.core.files.filing import Filing
from touchbook.core.files.linking import Links
from touchbook.core.files.queries import find_file_by_uid
from touchbook.core.files.receiving import begin_file, keep_file, store_bytes
from touchbook.core.files.storage import Storage
from touchbook.store.files import Directory
from touchbook.store.postgres import Store

YOUNG, OLD = timedelta(hours=23), timedelta(hours=25)


class Stopped(Exception):
    """Where a test stops."""


class Broken(Directory):
    async def delete(self, place: str) -> None:
        raise Unavailable("The files cannot be reached now.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def storage(root: Path) -> Directory:
    return Directory(root)


def filing_of(store: Store, storage: Storage) -> Filing:
    return Filing(store, storage, Links(lambda: ["s" * 32]), 1000)


async def stopping(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    raise Stopped


async def test_its_place_says_when_it_was_made(store: Store, storage: Directory, alice: Person) -> None:
    """To the millisecond, also where the next microsecond is of the next one."""
    late = datetime(2026, 7, 15, 10, 0, 0, 999, UTC)
    file = await file_of(Store(store.pool, clock=lambda: late, witness=store.witness), storage, alice)
    milliseconds = int(file.created_at.timestamp() * 1000)
    assert file.place.startswith(f"{alice.caller.user_uid}-{milliseconds}/")


async def test_what_was_kept_is_a_file(store: Store, storage: Directory, alice: Person) -> None:
    coming = filing_of(store, storage).receive(alice.caller, "dir/a.csv", chunks_of(b"a,b\n", b"1,2\n"))
    async with coming as got, store.transaction() as tx:
        kept = await keep_file(tx, alice.caller, got)
    async with store.reading() as reader:
        assert await find_file_by_uid(reader, alice.caller, kept.uid) == kept
    assert (kept.name, kept.mime, kept.size) == ("a.csv", "text/csv", 8)
    assert got.sha256 == hashlib.sha256(b"a,b\n1,2\n").digest()
    assert kept.place.startswith(f"{alice.caller.user_uid}-")
    assert kept.place.endswith(".csv")
    chunks = await storage.get(kept.place)
    assert chunks is not None
    assert b"".join([chunk async for chunk in chunks]) == b"a,b\n1,2\n"
    assert await file_events_of(store, alice) == ["file.created"]


@pytest.mark.parametrize("content", [b"x", b"x" * 20_000_000])
async def test_what_fails_on_its_way_leaves_nothing(
    store: Store, storage: Directory, root: Path, alice: Person, content: bytes
) -> None:
    with pytest.raises(Stopped):
        async with filing_of(store, storage).receive(alice.caller, "a.csv", stopping(content)):
            pytest.fail("It did not come.")
    assert (await rows_of(store, alice), left_in(root)) == ([], [])


async def test_what_is_not_kept_leaves_nothing(
    store: Store, storage: Directory, root: Path, alice: Person
) -> None:
    async def keep_and_stop() -> None:
        coming = filing_of(store, storage).receive(alice.caller, "a.csv", chunks_of(b"x"))
        async with coming as got, store.transaction() as tx:
            await keep_file(tx, alice.caller, got)
            raise Stopped

    with pytest.raises(Stopped):
        await keep_and_stop()
    assert (await rows_of(store, alice), left_in(root)) == ([], [])
    assert await file_events_of(store, alice) == []


async def test_who_is_cancelled_leaves_nothing(
    store: Store, storage: Directory, root: Path, alice: Person
) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000
        begun.set()
        await asyncio.sleep(60)

    async def receive() -> None:
        async with filing_of(store, storage).receive(alice.caller, "a.csv", endless()):
            pytest.fail("It did not come.")

    receiving = asyncio.create_task(receive())
    await asyncio.wait_for(begun.wait(), 10)
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    assert (await rows_of(store, alice), left_in(root)) == ([], [])


async def test_who_is_too_slow_leaves_nothing(
    store: Store, storage: Directory, root: Path, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(60)

    monkeypatch.setattr(filing, "LONGEST_UPLOAD", 0.2)
    with pytest.raises(Malformed, match="too long"):
        async with filing_of(store, storage).receive(alice.caller, "a.csv", endless()):
            pytest.fail("It did not come.")
    assert (await rows_of(store, alice), left_in(root)) == ([], [])


async def test_killed_before_its_bytes(store: Store, storage: Directory, alice: Person) -> None:
    async with store.transaction() as tx:
        await begin_file(tx, alice.caller, name="a.csv")
    await sweep(store, storage, after=YOUNG)
    assert await rows_of(store, alice) == [("a.csv", False, False)]
    await sweep(store, storage, after=OLD)
    assert await rows_of(store, alice) == []


async def test_killed_among_its_bytes(store: Store, storage: Directory, root: Path, alice: Person) -> None:
    async with store.transaction() as tx:
        begun = await begin_file(tx, alice.caller, name="a.csv")
    part = root / f"{begun.place}#1"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half of i")
    await sweep(store, storage, after=OLD)
    assert (await rows_of(store, alice), left_in(root)) == ([], [])


async def test_killed_before_it_was_kept(store: Store, storage: Directory, root: Path, alice: Person) -> None:
    async with store.transaction() as tx:
        begun = await begin_file(tx, alice.caller, name="a.csv")
    upload = await store_bytes(storage, begun, chunks_of(b"x"))
    await sweep(store, storage, after=YOUNG)
    assert (root / begun.place).read_bytes() == b"x"
    await sweep(store, storage, after=OLD)
    assert (await rows_of(store, alice), left_in(root)) == ([], [])
    with pytest.raises(Conflict):
        async with store.transaction() as tx:
            await keep_file(tx, alice.caller, upload)


async def test_killed_between_giving_up_and_forgetting(
    store: Store, storage: Directory, root: Path, alice: Person
) -> None:
    """Whose bytes could not be deleted when it was given up is swept the next hour."""
    with pytest.raises(Stopped):
        async with filing_of(store, Broken(root)).receive(alice.caller, "a.csv", chunks_of(b"x")):
            raise Stopped
    assert await rows_of(store, alice) == [("a.csv", False, True)]
    assert left_in(root)
    await sweep(store, storage, after=timedelta(hours=1))
    assert (await rows_of(store, alice), left_in(root)) == ([], [])


async def test_the_row_stays_as_long_as_the_bytes(
    store: Store, storage: Directory, root: Path, alice: Person
) -> None:
    async with store.transaction() as tx:
        begun = await begin_file(tx, alice.caller, name="a.csv")
    await store_bytes(storage, begun, chunks_of(b"x"))
    await sweep(store, Broken(root), after=OLD)
    assert await rows_of(store, alice) == [("a.csv", False, True)]
    assert (root / begun.place).exists()


async def test_a_file_is_never_swept(store: Store, storage: Directory, root: Path, alice: Person) -> None:
    kept = await file_of(store, storage, alice)
    await sweep(store, storage, after=timedelta(days=365))
    assert await rows_of(store, alice) == [("notes.txt", True, False)]
    assert (root / kept.place).exists()


async def test_one_that_is_in_the_way_stops_no_other(
    store: Store, storage: Directory, root: Path, alice: Person
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        async with store.transaction() as tx:
            begun = await begin_file(tx, alice.caller, name=name)
    stuck = begun.place

    class Stuck(Directory):
        async def delete(self, place: str) -> None:
            if place == stuck:
                raise Unavailable("The files cannot be reached now.")
            await super().delete(place)

    await sweep(store, Stuck(root), after=OLD)
    assert await rows_of(store, alice) == [("c.txt", False, True)]
