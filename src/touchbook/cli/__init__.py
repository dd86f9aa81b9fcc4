"""The command line: one file per command.

Slow imports (the dialects, PgQueuer, Alembic) stand in the functions that need them.
"""

from typing import Annotated

import typer

from touchbook import __version__
from touchbook.cli.backup import backup
from touchbook.cli.client import clients
from touchbook.cli.demo import demo
from touchbook.cli.doctor import doctor
from touchbook.cli.jobs import jobs
from touchbook.cli.key import keys
from touchbook.cli.listings import import_listings
from touchbook.cli.migrate import migrate
from touchbook.cli.restore import restore
from touchbook.cli.running import Commands, heed_termination
from touchbook.cli.serve import serve
from touchbook.cli.tasks import tasks
from touchbook.cli.team import teams
from touchbook.cli.user import users
from touchbook.cli.worker import worker

app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"touchbook {__version__}")
        raise typer.Exit


@app.callback()
def touchbook(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Touchbook, an open follow-up engine: tasks, contacts and the touches between them."""
    heed_termination()


for command in (serve, worker, migrate, backup, restore, demo, tasks, import_listings, jobs, doctor):
    app.command()(command)
app.add_typer(teams, name="team")
app.add_typer(users, name="user")
app.add_typer(keys, name="key")
app.add_typer(clients, name="client")
