from pathlib import Path
from typing import Annotated

import typer

from touchbook.cli.database import examine, open_database
from touchbook.cli.running import DataDir
from touchbook.config import load_settings
from touchbook.store import backup as store


def backup(
    file: Annotated[Path, typer.Argument(help="Where it goes; takes the place of a file of that name.")],
    data_dir: DataDir = None,
) -> None:
    """Write the whole database to a file, and read it back to be sure."""
    with open_database(load_settings(data_dir=data_dir)) as database:
        examine(database)
        store.backup(database.url, database.bin_dir, file)
    typer.echo(f"{file} holds the database, {file.stat().st_size:,} bytes, and has been read back.")
