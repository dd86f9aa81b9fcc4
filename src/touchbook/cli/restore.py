import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from touchbook.cli.backup import describe_files
from touchbook.cli.database import Database, examine, open_database
from touchbook.cli.running import DataDir
from touchbook.config import load_settings
from touchbook.core.files.listing import Stored, list_stored
from touchbook.operation.logs import set_up_logging
from touchbook.store import backup as store
from touchbook.store.archiving import is_archive, restore_archive
from touchbook.store.files import open_storage
from touchbook.store.postgres import Store


def restore(
    file: Annotated[Path, typer.Argument(help="A file written by `touchbook backup`.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete the present contents of the database.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Fill an empty database from a backup, all of it or nothing."""
    settings = load_settings(data_dir=data_dir)
    set_up_logging(settings)
    file = file.absolute()
    came: int | None = None
    with open_database(settings, may_make=True) as database:
        if is_archive(file):
            old = _list(database)
            came = asyncio.run(
                restore_archive(
                    database.url,
                    database.bin_dir,
                    file,
                    open_storage(settings),
                    settings.data_dir,
                    old=[stored.place for stored in old],
                    replace=replace,
                )
            )
        else:
            examine(database)
            store.restore(database.url, database.bin_dir, file, replace=replace)
        revision = examine(database).revision
        files = [stored for stored in _list(database) if stored.live]
    typer.echo(f"Restored the database from {file}, at revision {revision}.")
    if came is not None:
        typer.echo(f"Restored {came} of the {len(files)} files that it refers to.")
    elif files:
        typer.echo(f"It refers to {describe_files(settings, files)}, which this backup does not include.")


def _list(database: Database) -> Sequence[Stored]:
    return asyncio.run(_read_files(database.url)) if examine(database).revision else []


async def _read_files(url: str) -> Sequence[Stored]:
    store = await Store.open(url, size=1)
    try:
        async with store.reading() as reader:
            return await list_stored(reader)
    finally:
        await store.close()
