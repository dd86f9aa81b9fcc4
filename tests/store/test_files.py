"""The same of a directory and of a bucket."""

import asyncio
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from structlog.testing import capture_logs

from tests.bucket import BucketServer, serving_bucket
from touchbook.config import Settings
from touchbook.core.errors import Unavailable
from touchbook.core.files.storage import Storage
from touchbook.store import files
from touchbook.store.files import Directory, open_storage

PART = 5 * 1024 * 1024
CHUNK = 64 * 1024
# More than what waits between a bucket and who reads slowly.
SLOW = 48 * 1024 * 1024


class Stopped(Exception):
    """Where a test stops."""


@dataclass(frozen=True)
class Kept:
    """A storage, and what is really there: place -> size, and how many uploads were begun and left."""

    storage: Storage
    sizes: Callable[[], dict[str, int]]
    unfinished: Callable[[], int]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    with serving_bucket(tmp_path_factory.mktemp("bucket")) as server:
        yield server


@pytest.fixture(params=["directory", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    return in_directory(tmp_path) if request.param == "directory" else in_bucket(request.getfixturevalue("bucket"))


def in_directory(data_dir: Path) -> Kept:
    root = data_dir / "files"

    def sizes() -> dict[str, int]:
        return {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}

    storage = open_storage(Settings(data_dir=data_dir))
    return Kept(storage, sizes, lambda: sum("#" in name for name in sizes()))


def in_bucket(server: BucketServer) -> Kept:
    own = msgspec.structs.replace(server, prefix=f"files/{uuid4().hex}")
    return Kept(open_storage(Settings(files_url=own.files_url)), own.sizes, own.unfinished)


async def chunks_of(size: int, *, stop: bool = False) -> AsyncIterator[bytes]:
    """No two alike."""
    for at in range(0, size, CHUNK):
        yield at.to_bytes(8, "big") * (min(CHUNK, size - at) // 8)
    if stop:
        raise Stopped


async def content_of(storage: Storage, place: str) -> bytes:
    chunks = await storage.get(place)
    assert chunks is not None
    return b"".join([chunk async for chunk in chunks])


@pytest.mark.parametrize("size", [0, 256, PART, 2 * PART + 256, 24 * 1024 * 1024])
async def test_what_was_put_is_got(kept: Kept, size: int) -> None:
    await kept.storage.put("kim-1/a.csv", chunks_of(size))
    whole = b"".join([chunk async for chunk in chunks_of(size)])
    assert await content_of(kept.storage, "kim-1/a.csv") == whole
    assert (kept.sizes(), kept.unfinished()) == ({"kim-1/a.csv": size}, 0)


async def test_large_files_come_in_pieces(kept: Kept) -> None:
    await kept.storage.put("kim-1/a.csv", chunks_of(PART))
    chunks = await kept.storage.get("kim-1/a.csv")
    assert chunks is not None
    sizes = [len(chunk) async for chunk in chunks]
    assert sum(sizes) == PART
    assert max(sizes) < PART


async def test_who_takes_their_time_gets_it_all(bucket: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is for the next bytes that patience ends, not for the last."""
    url = msgspec.structs.replace(bucket, prefix="slow").files_url
    await open_storage(Settings(files_url=url)).put("kim-1/a.csv", chunks_of(SLOW))
    monkeypatch.setattr(files, "_PATIENCE", timedelta(seconds=1))
    chunks = await open_storage(Settings(files_url=url)).get("kim-1/a.csv")
    assert chunks is not None
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        await asyncio.sleep(3 * len(chunk) / SLOW)
    assert size == SLOW


async def test_a_bucket_that_falls_silent(bucket: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PATIENCE", timedelta(seconds=0.3))

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1") as silent, asyncio.timeout(10):
        port = silent.sockets[0].getsockname()[1]
        storage = in_bucket(msgspec.structs.replace(bucket, endpoint=f"http://127.0.0.1:{port}")).storage
        with pytest.raises(Unavailable):
            await storage.get("kim-1/a.csv")


async def test_what_was_deleted_is_gone(kept: Kept) -> None:
    for name in ("a", "b"):
        await kept.storage.put(f"kim-1/{name}.csv", chunks_of(256))
    await kept.storage.delete("kim-1/a.csv")
    await kept.storage.delete("kim-1/a.csv")
    await kept.storage.delete("kim-2/never.csv")
    assert await kept.storage.get("kim-1/a.csv") is None
    assert kept.sizes() == {"kim-1/b.csv": 256}


@pytest.mark.parametrize("size", [0, 256, 3 * PART])
async def test_what_stops_leaves_nothing(kept: Kept, size: int) -> None:
    with pytest.raises(Stopped):
        await kept.storage.put("kim-1/a.csv", chunks_of(size, stop=True))
    assert await kept.storage.get("kim-1/a.csv") is None
    await kept.storage.delete("kim-1/a.csv")
    assert (kept.sizes(), kept.unfinished()) == ({}, 0)


async def test_half_a_file_is_never_got(kept: Kept) -> None:
    half, go = asyncio.Event(), asyncio.Event()

    async def halting() -> AsyncIterator[bytes]:
        yield b"x" * 3 * PART
        half.set()
        await go.wait()
        yield b"y"

    putting = asyncio.create_task(kept.storage.put("kim-1/a.csv", halting()))
    await asyncio.wait_for(half.wait(), 10)
    await asyncio.sleep(0.2)
    assert await kept.storage.get("kim-1/a.csv") is None
    go.set()
    await putting
    assert kept.sizes() == {"kim-1/a.csv": 3 * PART + 1}


async def test_many_at_once(kept: Kept) -> None:
    await asyncio.gather(*(kept.storage.put(f"kim-{n}/a.csv", chunks_of(256)) for n in range(20)))
    assert kept.sizes() == {f"kim-{n}/a.csv": 256 for n in range(20)}


async def test_a_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    storage = Directory(tmp_path / "data" / "files")
    assert not (tmp_path / "data").exists()
    await storage.put("kim-1/a.csv", chunks_of(256))
    assert stat.S_IMODE((tmp_path / "data" / "files").stat().st_mode) == 0o700


async def test_what_a_killed_put_left_is_deleted(tmp_path: Path) -> None:
    storage = Directory(tmp_path)
    await storage.put("kim-1/a.csv", chunks_of(256))
    for name in ("a.csv#1", "a.csv#2", "b.csv#1"):
        (tmp_path / "kim-1" / name).write_bytes(b"half")
    await storage.delete("kim-1/a.csv")
    assert [path.name for path in tmp_path.rglob("*.csv*")] == ["b.csv#1"]


async def test_no_place_leads_out_of_the_directory(tmp_path: Path) -> None:
    storage = Directory(tmp_path / "files")
    with pytest.raises(ValueError, match="illegal"):
        await storage.put("../a.csv", chunks_of(256))
    assert not (tmp_path / "a.csv").exists()


async def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    storage = Directory(tmp_path / "files")
    with pytest.raises(Unavailable):
        await storage.put("kim-1/a.csv", chunks_of(256))


async def test_no_such_bucket(bucket: BucketServer) -> None:
    other = msgspec.structs.replace(bucket, bucket="no-such-bucket")
    with pytest.raises(Unavailable):
        await open_storage(Settings(files_url=other.files_url)).put("kim-1/a.csv", chunks_of(256))


async def test_a_wrong_secret(bucket: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "kims-own-words")
    storage = open_storage(Settings(files_url=bucket.files_url))
    with capture_logs() as lines, pytest.raises(Unavailable) as refused:
        await storage.put("kim-1/a.csv", chunks_of(256))
    assert lines
    assert "kims-own-words" not in f"{lines} {refused.value} {refused.value.__cause__}"


async def test_a_bucket_out_of_reach(bucket: BucketServer) -> None:
    """It needs the credentials of the environment even so."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        nowhere = msgspec.structs.replace(bucket, endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}")
        storage = open_storage(Settings(files_url=nowhere.files_url))
        for work in (storage.put("a", chunks_of(8)), storage.get("a"), storage.delete("a")):
            with pytest.raises(Unavailable, match="files cannot be reached"):
                await work
