import asyncio
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from touchbook.cli.database import Database, examine, open_database
from touchbook.cli.running import DataDir, warn
from touchbook.config import Settings, load_settings
from touchbook.core.files.listing import Stored, list_stored
from touchbook.operation.logs import set_up_logging
from touchbook.store.archiving import archive, export_snapshot
from touchbook.store.backup import dump, replacing
from touchbook.store.errors import StoreError
from touchbook.store.files import open_storage
from touchbook.store.postgres import Store
from touchbook.store.secrets import FILE as SECRET_FILE


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; an existing one is replaced.")],
    with_files: Annotated[
        bool, typer.Option("--with-files", help="Include the files and the secret key; the backup is a zip file.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Write the whole database to a file, and read it back to be sure."""
    settings = load_settings(data_dir=data_dir)
    set_up_logging(settings)
    with open_database(settings) as database:
        if examine(database).revision is None:
            raise StoreError("The database is empty: there is nothing to back up.")
        files, lost = asyncio.run(_write(settings, database, file, with_files))
    for line in report(settings, file, files, lost, with_files=with_files):
        typer.echo(line)
    if lost:
        warn(f"the bytes of {len(lost)} of the files are lost, as of {shlex.quote(lost[0].place)}.")


async def _write(
    settings: Settings, database: Database, file: Path, with_files: bool
) -> tuple[Sequence[Stored], Sequence[Stored]]:
    """Return the files that the database refers to, and those whose bytes are lost."""
    store = await Store.open(database.url, size=1)
    try:
        with replacing(file) as dumped:
            async with store.transaction() as tx:
                snapshot = await export_snapshot(tx)
                files = [stored for stored in await list_stored(tx) if stored.live]
                if with_files:
                    _check_directory(settings, files)
                dump(database.url, database.bin_dir, dumped, snapshot=snapshot)
            lost: Sequence[Stored] = []
            if with_files:
                lost = await archive(dumped, open_storage(settings), files, _key_file(settings))
            return files, lost
    finally:
        await store.close()


def report(
    settings: Settings, file: Path, files: Sequence[Stored], lost: Sequence[Stored], *, with_files: bool
) -> list[str]:
    """Describe what the backup contains and what it lacks."""
    there, key = describe_files(settings, files), _key_file(settings)
    ours = [f"the secret key {key}"] if key else []
    held, missing = (["the database"], [there, *ours] if files else ours)
    if with_files:
        held, missing = [*held, f"{len(files) - len(lost)} files", *(["the secret key"] if key else [])], []
    if settings.secret_keys:
        missing.append("the secret key from TOUCHBOOK_SECRET_KEY")
    lines = [f"{file} holds {_join(held)}, {file.stat().st_size:,} bytes, and has been read back."]
    if missing:
        hint = " Use --with-files to include them." if not with_files and (files or ours) else ""
        lines.append(f"Not included: {_join(missing)}.{hint}")
    return lines


def describe_files(settings: Settings, files: Sequence[Stored]) -> str:
    size = sum(stored.size for stored in files)
    return f"{len(files)} files of {size:,} bytes in {_place_of(settings)}"


def _place_of(settings: Settings) -> str:
    if bucket := settings.bucket:
        return f"the bucket s3://{'/'.join(filter(None, (bucket.name, bucket.prefix)))}"
    place = settings.data_dir.absolute() / "files"
    return f"{place}" if place.is_dir() else f"{place}, which is not there"


def _key_file(settings: Settings) -> Path | None:
    file = settings.data_dir.absolute() / SECRET_FILE
    return None if settings.secret_keys or not file.exists() else file


def _check_directory(settings: Settings, files: Sequence[Stored]) -> None:
    if files and settings.bucket is None and not (settings.data_dir / "files").is_dir():
        raise StoreError(
            f"The database refers to {describe_files(settings, files)}. Set the data directory with --data-dir."
        )


def _join(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
