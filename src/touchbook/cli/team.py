from typing import Annotated

import typer

from touchbook.cli.running import DataDir, with_store
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store

teams = typer.Typer(help="The teams of this Touchbook.", no_args_is_help=True)


@teams.callback()
def _group() -> None:
    """The teams of this Touchbook."""


@teams.command()
def add(
    name: Annotated[str, typer.Argument(help="What the team is called; each name is used once.")],
    zone: Annotated[str, typer.Option(help="Its time zone, an IANA name such as America/Chicago.")] = "UTC",
    region: Annotated[str, typer.Option(help="Its country, ISO 3166, by which phone numbers are read.")] = "US",
    data_dir: DataDir = None,
) -> None:
    """Found a team without members; prints its uid."""

    async def work(store: Store) -> Team:
        async with store.transaction() as tx:
            return await found_team(tx, name=name, zone=zone, region=region)

    typer.echo(with_store(data_dir, work).uid)
