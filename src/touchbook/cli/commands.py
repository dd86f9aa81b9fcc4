"""All commands by name. The module of one is imported when it is called: it brings what is slow to import."""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from touchbook import __version__
from touchbook.cli.running import explain, heed_termination, warn

# Where each is, below `touchbook.cli`, and its line in `touchbook --help`.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("serve.serve", "Serve the APIs and run the jobs that are due."),
    "worker": ("worker.worker", "Run the jobs that are due, beside a server that does not (serve --no-worker)."),
    "migrate": ("migrate.migrate", "Migrate the database to the newest revision."),
    "backup": ("backup.backup", "Write the whole database to a file, and read it back to be sure."),
    "restore": ("restore.restore", "Fill an empty database from a backup, all of it or nothing."),
    "demo": ("demo.demo", "Create the demonstration if it is missing, and print how to call it."),
    "tasks": ("tasks.tasks", "Show the inbox: open tasks by due time."),
    "import-listings": ("listings.import_listings", "Import listings from a file, all of it or nothing."),
    "jobs": ("jobs.jobs", "Show waiting jobs, and jobs that kept failing and are held."),
    "doctor": ("doctor.doctor", "Report problems, how to solve them, and the settings in force."),
    "team": ("team.teams", "Manage teams."),
    "user": ("user.users", "Manage the members of teams."),
    "key": ("key.keys", "Manage API keys."),
    "client": ("client.clients", "Manage the programs that users sign in through."),
}


class Named(TyperCommand):
    """A command that is not imported yet."""

    def __init__(self, name: str, place: str, line: str) -> None:
        super().__init__(name, help=line)
        self._place = place

    def load(self) -> TyperCommand | TyperGroup:
        module, _, attribute = self._place.partition(".")
        found = getattr(import_module(f"touchbook.cli.{module}"), attribute)
        if not isinstance(found, typer.Typer):
            command, found = found, typer.Typer(add_completion=False)
            found.command(self.name)(command)
            return typer.main.get_command(found)  # type: ignore[return-value]
        return typer.main.get_group(found)

    def make_context(self, *given: Any, **more: Any) -> Any:
        return self.load().make_context(*given, **more)


class _Commands(TyperGroup):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = {name: Named(name, *described) for name, described in COMMANDS.items()}

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            message = explain(error)
            if message is None:
                raise
            warn(message)
            raise typer.Exit(1) from error


commands = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"touchbook {__version__}")
        raise typer.Exit


@commands.callback()
def touchbook(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Touchbook, an open follow-up engine: tasks, contacts and the touches between them."""
    heed_termination()
