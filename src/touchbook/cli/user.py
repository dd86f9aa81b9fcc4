from typing import Annotated

import typer

from touchbook.cli.choosing import get_team
from touchbook.cli.running import DataDir, TeamName, with_store
from touchbook.core.caller import Role
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.user import User
from touchbook.store.postgres import Store

users = typer.Typer(help="The members of the teams.", no_args_is_help=True)


@users.callback()
def _group() -> None:
    """The members of the teams."""


@users.command()
def add(
    team: TeamName,
    email: Annotated[str, typer.Option(help="The e-mail address, by which the person is known.")],
    first_name: Annotated[str, typer.Option()] = "",
    last_name: Annotated[str, typer.Option()] = "",
    role: Annotated[Role, typer.Option(help="What the member may do.")] = "member",
    zone: Annotated[str | None, typer.Option(help="Time zone, if it is not the team's.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a person a member of a team; prints the user's uid."""

    async def work(store: Store) -> User:
        async with store.transaction() as tx:
            return await join_team(
                tx,
                team_id=(await get_team(tx, team)).id,
                email=email,
                role=role,
                first_name=first_name,
                last_name=last_name,
                zone=zone,
            )

    typer.echo(with_store(data_dir, work).uid)
