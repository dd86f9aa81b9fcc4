import typer

from touchbook.cli.database import bring_up_to_date, examine, open_database
from touchbook.cli.running import DataDir
from touchbook.config import load_settings
from touchbook.operation.logs import set_up_logging


def migrate(data_dir: DataDir = None) -> None:
    """Migrate the database to the newest revision."""
    settings = load_settings(data_dir=data_dir)
    set_up_logging(settings)
    with open_database(settings, may_make=True) as database:
        examine(database)
        before, after = bring_up_to_date(database)
    typer.echo(f"{before or 'empty'} -> {after}" if before != after else f"{after}, nothing to do")
