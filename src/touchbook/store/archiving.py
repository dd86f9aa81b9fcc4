"""A backup of everything: one zip file with the database's dump, the files and the secret key.

Its entries are not compressed again, and any zip program can unpack it.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

from touchbook.core.files.listing import Stored
from touchbook.core.files.storage import Storage
from touchbook.core.transaction import Transaction
from touchbook.store.backup import check_restore, replacing
from touchbook.store.errors import StoreError
from touchbook.store.secrets import FILE as KEY
from touchbook.store.secrets import write_key

DUMP = "database.dump"
_FILES = "files/"
_CHUNK = 256 * 1024


async def export_snapshot(tx: Transaction) -> str:
    """Return the name of the snapshot that this transaction reads from now on, for pg_dump to read the same."""
    await tx.execute("set transaction isolation level repeatable read")
    await tx.execute("set local idle_in_transaction_session_timeout = 0")
    name: str = await tx.fetch_value("select pg_export_snapshot()")
    return name


async def archive(dumped: Path, storage: Storage, files: Collection[Stored], key: Path | None) -> Sequence[Stored]:
    """Replace the dump by the archive once it has been read back.

    Return the files whose bytes were missing or incomplete.
    """
    lost = []
    with replacing(dumped) as part:
        with ZipFile(part, "w", strict_timestamps=False) as packed:
            packed.write(dumped, DUMP)
            if key is not None:
                packed.write(key, KEY)
            for each in files:
                if await _pack(packed, storage, each) != each.size:
                    lost.append(each)
        _check_whole(part)
    return lost


async def _pack(packed: ZipFile, storage: Storage, file: Stored) -> int | None:
    """Return the number of bytes written, or None if the file was missing."""
    chunks = await storage.get(file.place)
    if chunks is None:
        return None
    size = 0
    with packed.open(_FILES + file.place, "w", force_zip64=True) as member:
        async for chunk in chunks:
            size += member.write(chunk)
    return size


def is_archive(file: Path) -> bool:
    """Look at the first bytes only, so that a truncated archive is recognised too."""
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(4) == b"PK\x03\x04" or is_zipfile(opened)


async def restore_archive(
    url: str,
    bin_dir: Path | None,
    file: Path,
    storage: Storage,
    data_dir: Path,
    *,
    old: Collection[str],
    replace: bool,
) -> int:
    """Return how many files were restored.

    Files are written before the database refers to them, and `old` ones deleted after it stops doing so.
    """
    _check_whole(file)
    with ZipFile(file) as packed, _place_aside(data_dir) as aside:
        dumped = _take_out(packed, DUMP, aside)
        client = check_restore(url, bin_dir, dumped, replace=replace)
        key = packed.read(KEY) if KEY in packed.namelist() else None
        _check_key(key, data_dir / KEY, replace)
        places = [name.removeprefix(_FILES) for name in packed.namelist() if name.startswith(_FILES)]
        try:
            for place in places:
                await storage.put(place, _chunks(packed, place))
            client.pour(dumped, replace=replace)
        except BaseException:
            with contextlib.suppress(Exception):
                await _delete(storage, set(places) - set(old))
            raise
        if key is not None:
            write_key(data_dir, key)
        await _delete(storage, set(old) - set(places))
        return len(places)


@contextlib.contextmanager
def _place_aside(data_dir: Path) -> Iterator[Path]:
    """Create it in the data directory itself: that disk has room for the data."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data_dir) as aside:
        yield Path(aside)


def _take_out(packed: ZipFile, name: str, directory: Path) -> Path:
    target = directory / name
    with packed.open(name) as member, open(target, "xb", opener=_open_private) as out:
        shutil.copyfileobj(member, out, _CHUNK)
    return target


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


async def _chunks(packed: ZipFile, place: str) -> AsyncIterator[bytes]:
    with packed.open(_FILES + place) as member:
        while chunk := member.read(_CHUNK):
            yield chunk


async def _delete(storage: Storage, places: Collection[str]) -> None:
    for place in places:
        await storage.delete(place)


def _check_key(key: bytes | None, there: Path, replace: bool) -> None:
    if key is None or replace or not there.exists() or there.read_bytes().strip() == key.strip():
        return
    raise StoreError(f"{there} is another secret key than the backup's. To lose it, say so (--replace).")


def _check_whole(file: Path) -> None:
    """Read the whole file and verify its checksums."""
    try:
        with ZipFile(file) as packed:
            if broken := packed.testzip():
                raise BadZipFile(f"{broken} in it is damaged")
            strange = [each for each in packed.namelist() if not _is_ours(each)]
            if strange or DUMP not in packed.namelist():
                raise BadZipFile("it was not written by touchbook backup --with-files")
    except (BadZipFile, NotImplementedError, EOFError) as error:
        raise StoreError(f"{file} is no backup that can be read to its end: {error}.") from error


def _is_ours(name: str) -> bool:
    place = name.removeprefix(_FILES)
    inside = place != name and all(part not in ("", ".", "..") for part in place.split("/"))
    return inside or name in (DUMP, KEY)
