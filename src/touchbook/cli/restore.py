from pathlib import Path
from typing import Annotated

import typer

from touchbook.cli.database import examine, open_database
from touchbook.cli.running import DataDir
from touchbook.config import load_settings
from touchbook.store import backup as store


def restore(
    file: Annotated[Path, typer.Argument(help="What `touchbook backup` has written.")],
    replace: Annotated[bool, typer.Option("--replace", help="Lose what the database holds now.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Fill an empty database from a backup, all of it or nothing."""
    with open_database(load_settings(data_dir=data_dir)) as database:
        examine(database)
        store.restore(database.url, database.bin_dir, file, replace=replace)
        revision = examine(database).revision
    typer.echo(f"The database is that of {file}, at revision {revision}.")
