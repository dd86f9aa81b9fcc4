import sys
from typing import Annotated

import typer

from touchbook.cli.choosing import get_team, get_user
from touchbook.cli.running import DataDir, TeamName, with_store
from touchbook.core.caller import Role
from touchbook.core.errors import Invalid
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.password import hash_password
from touchbook.core.teams.securing import set_password
from touchbook.core.teams.user import User
from touchbook.store.postgres import Store

_SHORTEST = 8

users = typer.Typer(help="The members of the teams.", no_args_is_help=True)


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


@users.command("set-password")
def set_password_(
    team: TeamName,
    email: Annotated[str, typer.Option(help="The e-mail address, by which the person is known.")],
    data_dir: DataDir = None,
) -> None:
    """Give a person a new password, asked for here or read from standard input; whoever was signed in is out."""
    password = _ask_password()
    if len(password) < _SHORTEST:
        raise Invalid({"password": [f"A password has at least {_SHORTEST} characters."]})

    async def work(store: Store) -> None:
        async with store.transaction() as tx:
            user = await get_user(tx, await get_team(tx, team), email)
            await set_password(tx, user_id=user.id, password_hash=hash_password(password))

    with_store(data_dir, work)
    typer.echo(f"{email} has a new password.")


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    return answer
