import sys
from collections.abc import Sequence
from shlex import quote
from typing import Annotated

import typer
from msgspec import Struct
from rich.markup import escape
from rich.table import Table

from touchbook.cli.choosing import choose_team, get_team, get_user
from touchbook.cli.printing import minute, print_table
from touchbook.cli.running import DataDir, TeamName, hint, with_store
from touchbook.core.caller import Role
from touchbook.core.errors import Invalid
from touchbook.core.folding import same
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.leaving import leave_team
from touchbook.core.teams.password import hash_password
from touchbook.core.teams.queries import list_users
from touchbook.core.teams.securing import set_password
from touchbook.core.teams.user import User
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store

_SHORTEST = 8

users = typer.Typer(help="Manage the members of teams.", no_args_is_help=True)


@users.command()
def add(
    team: TeamName,
    email: Annotated[str, typer.Option(help="The e-mail address of the person.")],
    first_name: Annotated[str, typer.Option()] = "",
    last_name: Annotated[str, typer.Option()] = "",
    role: Annotated[Role, typer.Option(help="The role of the member.")] = "member",
    zone: Annotated[str | None, typer.Option(help="The time zone of the person. Default: the team's.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Add a person to a team and print the user's uid; what comes next is said on standard error."""

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

    user = with_store(data_dir, work)
    typer.echo(user.uid)
    person = f"--team {quote(team)} --user {quote(user.email)}"
    hint(
        f"Added {user.email} to {team} as {role}, user id {user.id}. Next, a key for a program: "
        f"touchbook key create {person} --scope {'read' if role == 'read_only' else 'write'}"
    )


@users.command("list")
def list_(
    team: Annotated[str | None, typer.Option(help="The team's name; needed if there are several.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Show the members of a team."""

    async def work(store: Store) -> Sequence[User]:
        async with store.reading() as reader:
            return await list_users(reader, (await choose_team(reader, team)).id)

    table = Table("e-mail", "name", "role", "zone", "password", "uid", "made")
    for user in with_store(data_dir, work):
        table.add_row(
            escape(user.email),
            escape(f"{user.first_name} {user.last_name}".strip()),
            user.role,
            user.zone or "the team's",
            "yes" if user.has_password else "no",
            str(user.uid),
            minute(user.created_at),
        )
    print_table(table)


class Farewell(Struct, frozen=True, kw_only=True):
    """`left` is False for one who had left before.

    `open` counts open tasks that are still assigned to the person.
    """

    left: bool
    handed_over: int
    open: int


@users.command()
def leave(
    team: TeamName,
    email: Annotated[str, typer.Option(help="The e-mail address of the person.")],
    hand_over_to: Annotated[
        str | None,
        typer.Option(metavar="EMAIL", help="The e-mail address of the member who gets their open tasks."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """End a person's membership.

    Their keys and sign-ins are refused everywhere within three seconds. Their records stay in their name. The same
    command can hand over their open tasks later.
    """

    if hand_over_to is not None and same(hand_over_to) == same(email):
        raise Invalid({"hand_over_to": ["Tasks cannot be handed over to the member who leaves."]})

    async def work(store: Store) -> Farewell:
        async with store.transaction() as tx:
            return await _leave(tx, team, email, hand_over_to)

    farewell = with_store(data_dir, work)
    typer.echo(f"{email} {'has left' if farewell.left else 'had already left'} {team}.")
    if hand_over_to is not None:
        typer.echo(f"{_open_tasks(farewell.handed_over)} handed over to {hand_over_to}.")
    elif farewell.open:
        typer.echo(f"{_open_tasks(farewell.open)} still assigned to {email}; see --hand-over-to.")


async def _leave(tx: Transaction, team_name: str, email: str, hand_over_to: str | None) -> Farewell:
    from touchbook.core.tasks.filtering import TaskFilter
    from touchbook.core.tasks.handing_over import hand_over_tasks
    from touchbook.core.tasks.listing import count_tasks
    from touchbook.core.tasks.task import OPEN

    team = await get_team(tx, team_name)
    user = await get_user(tx, team, email, left_too=True)
    caller = act_as(team, None, surface="cli")
    left = await leave_team(tx, caller, user_id=user.id)
    handed_over = 0
    if hand_over_to is not None:
        receiver = await get_user(tx, team, hand_over_to)
        handed_over = await hand_over_tasks(tx, caller, giver=user.id, receiver=receiver.id)
    theirs = TaskFilter(zone=caller.zone, statuses=OPEN, any_assignee=user.id)
    return Farewell(left=left, handed_over=handed_over, open=await count_tasks(tx, caller, theirs))


def _open_tasks(count: int) -> str:
    return "1 open task is" if count == 1 else f"{count} open tasks are"


@users.command("set-password")
def set_password_(
    team: TeamName,
    email: Annotated[str, typer.Option(help="The e-mail address of the person.")],
    data_dir: DataDir = None,
) -> None:
    """Set a password, typed at a prompt or read from standard input. The person is signed out everywhere."""
    password = _ask_password()
    if len(password) < _SHORTEST:
        raise Invalid({"password": [f"The password must have at least {_SHORTEST} characters."]})

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
