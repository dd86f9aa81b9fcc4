from collections.abc import Sequence
from shlex import quote
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from touchbook.cli.choosing import get_team
from touchbook.cli.printing import minute, print_table
from touchbook.cli.running import DataDir, hint, with_store
from touchbook.core.caller import Caller, Visibility
from touchbook.core.errors import Invalid
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.queries import list_teams, team_of
from touchbook.core.teams.settings import MOST_SPREAD, set_region, set_touch_spread, set_zone
from touchbook.core.teams.settings import touch_spread as days_of_spread
from touchbook.core.teams.showing import show_contacts
from touchbook.core.teams.team import Team
from touchbook.core.transaction import Reader
from touchbook.store.postgres import Store

teams = typer.Typer(help="Manage teams.", no_args_is_help=True)


@teams.callback()
def _group() -> None:
    """Manage teams."""


@teams.command()
def add(
    name: Annotated[str, typer.Argument(help="The name of the team; it must be unique.")],
    zone: Annotated[str, typer.Option(help="The time zone, an IANA name such as America/Chicago.")] = "UTC",
    region: Annotated[str, typer.Option(help="The country for phone numbers, an ISO 3166 code.")] = "US",
    data_dir: DataDir = None,
) -> None:
    """Create a team without members and print its uid; what comes next is said on standard error."""

    async def work(store: Store) -> Team:
        async with store.transaction() as tx:
            return await found_team(tx, name=name, zone=zone, region=region)

    team = with_store(data_dir, work)
    typer.echo(team.uid)
    hint(
        f"Created the team {team.name}, id {team.id}. Next, its first member: "
        f"touchbook user add --team {quote(team.name)} --email EMAIL --role admin"
    )


@teams.command("list")
def list_(data_dir: DataDir = None) -> None:
    """Show all teams."""

    async def work(store: Store) -> Sequence[Team]:
        async with store.reading() as reader:
            return await list_teams(reader)

    table = Table("name", "uid", "zone", "region", "contacts seen by", "made")
    for team in with_store(data_dir, work):
        table.add_row(
            escape(team.name),
            str(team.uid),
            team.zone,
            team.region,
            "the team" if team.contacts_visible == "team" else "their owners",
            minute(team.created_at),
        )
    print_table(table)


@teams.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="The name of the team.")],
    contacts: Annotated[
        Visibility | None,
        typer.Option(help="Who sees a contact: the whole team, or only its owner and the admins."),
    ] = None,
    touch_tasks: Annotated[
        Literal["on", "off"] | None,
        typer.Option(help="Whether contacts whose next touch is due get a task."),
    ] = None,
    touch_spread: Annotated[
        int | None,
        typer.Option(help="Over how many days touches that are due together are spread.", min=1, max=MOST_SPREAD),
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Its time zone, an IANA name such as America/Chicago.")] = None,
    region: Annotated[
        str | None,
        typer.Option(help="Its country, ISO 3166, by which phone numbers are read; those it has are read anew."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Change the settings of a team. A running server follows within seconds."""
    if (contacts, touch_tasks, touch_spread, zone, region) == (None,) * 5:
        options = "--contacts, --touch-tasks, --touch-spread, --zone or --region"
        raise Invalid({"team": [f"Nothing to change. Use {options}."]})

    from touchbook.core.touch.asking import switch_touch_tasks

    async def work(store: Store) -> list[str]:
        async with store.transaction() as tx:
            caller = act_as(await get_team(tx, name), None, surface="cli")
            if contacts is not None:
                await show_contacts(tx, caller, to=contacts)
            if touch_spread is not None:
                await set_touch_spread(tx, caller, days=touch_spread)
            if touch_tasks is not None:
                await switch_touch_tasks(tx, caller, on=touch_tasks == "on")
            if zone is not None:
                await set_zone(tx, caller, zone=zone)
            if region is not None:
                await set_region(tx, caller, region=region)
            return await _describe(tx, caller)

    for line in with_store(data_dir, work):
        typer.echo(f"{name}: {line}")


async def _describe(reader: Reader, caller: Caller) -> list[str]:
    from touchbook.core.touch.asking import asks_for_touches

    team, days = await team_of(reader, caller), await days_of_spread(reader, caller)
    return [
        f"contacts are seen by {'the whole team' if team.contacts_visible == 'team' else 'their owners alone'}.",
        f"touch tasks are {'on' if await asks_for_touches(reader, caller) else 'off'}.",
        f"days begin by {team.zone}, phone numbers are read as in {team.region}.",
        f"touches that come due together are spread over {days} {'day' if days == 1 else 'days'}.",
    ]
