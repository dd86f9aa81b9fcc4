"""Stores the bytes of files in a directory, or in an S3 bucket."""

import asyncio
import glob
import os
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from touchbook.config import Bucket, Settings
from touchbook.core.errors import Unavailable
from touchbook.core.files.storage import Storage

if TYPE_CHECKING:
    from obstore.store import S3Config

# Parts of an S3 object are no smaller; of each upload two are on their way and one is filling.
_PART = 5 * 1024 * 1024
_PARTS_AT_ONCE = 2
_READ = 256 * 1024
# For the next bytes of a bucket, and for the last ones of a file, which is read as slowly as its reader reads.
_PATIENCE = timedelta(seconds=30)
_LONGEST_DOWNLOAD = timedelta(hours=12)
_log = structlog.get_logger()


def open_storage(settings: Settings) -> Storage:
    """Create and contact nothing before the first file."""
    bucket = settings.bucket
    return Directory(settings.data_dir / "files") if bucket is None else Objects(lambda: _open(bucket))


def _open(bucket: Bucket) -> ObjectStore:
    """Take the credentials that the environment has for AWS (AWS_ACCESS_KEY_ID, a role, ...)."""
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        client_options={
            "allow_http": bucket.is_plain,
            "connect_timeout": _PATIENCE,
            "read_timeout": _PATIENCE,
            "timeout": _LONGEST_DOWNLOAD,
        },
        retry_config={"max_retries": 2, "retry_timeout": _PATIENCE},
        config=cast("S3Config", bucket.options),
    )


class Objects:
    """The core's Storage on any store that obstore supports."""

    def __init__(self, open_: Callable[[], ObjectStore]) -> None:
        self._open = open_

    @cached_property
    def _objects(self) -> ObjectStore:
        return self._open()

    async def put(self, place: str, chunks: AsyncIterator[bytes]) -> None:
        try:
            await obstore.put_async(self._objects, place, chunks, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE)
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def get(self, place: str) -> AsyncIterator[bytes] | None:
        try:
            found = await obstore.get_async(self._objects, place)
        except FileNotFoundError:
            _log.warning("the bytes of a file are lost", place=place)
            return None
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error
        return (bytes(chunk) async for chunk in found.stream(min_chunk_size=_READ))

    async def delete(self, place: str) -> None:
        try:
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._objects, place)
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error


class Directory(Objects):
    """A directory that only its owner can read."""

    def __init__(self, root: Path) -> None:
        super().__init__(lambda: _make(root))
        self._root = root

    async def put(self, place: str, chunks: AsyncIterator[bytes]) -> None:
        await super().put(place, chunks)
        await asyncio.to_thread(_sync, self._root, self._root / place)

    async def delete(self, place: str) -> None:
        await super().delete(place)
        await asyncio.to_thread(_tidy, self._root / place)


def _make(root: Path) -> ObjectStore:
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(root, mkdir=True)


def _sync(root: Path, file: Path) -> None:
    """Flush the bytes and their directory entries to disk."""
    for path in (file, *file.parents):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if path == root:
            return


def _tidy(file: Path) -> None:
    """An interrupted put leaves its bytes beside the place, as `...#1`; empty directories are deleted."""
    for left in file.parent.glob(f"{glob.escape(file.name)}#*"):
        left.unlink(missing_ok=True)
    with suppress(OSError):
        file.parent.rmdir()


def _unavailable(error: Exception) -> Unavailable:
    _log.warning("the files cannot be reached", error=str(error).partition("\n")[0])
    return Unavailable("The files cannot be reached now.")
