from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from touchbook.cli.choosing import get_team, get_user
from touchbook.cli.printing import minute, print_table
from touchbook.cli.running import DataDir, TeamName, warn, with_store
from touchbook.core.caller import Scope, narrowest
from touchbook.core.errors import Invalid
from touchbook.core.teams.issuing import issue_key, revoke_key
from touchbook.core.teams.key import Key
from touchbook.core.teams.queries import list_keys
from touchbook.store.postgres import Store

keys = typer.Typer(help="Manage API keys.", no_args_is_help=True)


@keys.command()
def create(
    user: Annotated[str, typer.Option(help="The e-mail address of the member the key belongs to.")],
    team: TeamName,
    scope: Annotated[Scope, typer.Option(help="The scope of the key, limited by the member's role.")],
    name: Annotated[str, typer.Option(help="A note on the purpose of the key.")] = "",
    dialect: Annotated[
        list[str] | None, typer.Option(help="Restrict the key to this API; may be repeated. Default: all APIs.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Create an API key and print it, alone. It is shown only once."""
    if dialect:
        _check_dialects(dialect)

    async def work(store: Store) -> str:
        async with store.transaction() as tx:
            home = await get_team(tx, team)
            member = await get_user(tx, home, user)
            if narrowest(member.role, scope) != scope:
                warn(f"the role of {user} is {member.role}, which limits the key.")
            return await issue_key(
                tx, team_id=home.id, user_id=member.id, scope=scope, name=name, dialects=dialect or None
            )

    typer.echo(with_store(data_dir, work))


@keys.command("list")
def list_(data_dir: DataDir = None) -> None:
    """Show all keys, without their secrets."""

    async def work(store: Store) -> Sequence[Key]:
        async with store.reading() as reader:
            return await list_keys(reader)

    table = Table("id", "team", "user", "scope", "dialects", "name", "made", "last used", "revoked")
    for key in with_store(data_dir, work):
        table.add_row(
            str(key.id),
            key.team,
            key.email,
            key.scope,
            ", ".join(key.dialects or ["all"]),
            key.name,
            *map(minute, (key.created_at, key.last_used_at, key.revoked_at)),
        )
    print_table(table)


@keys.command()
def revoke(
    key_id: Annotated[
        int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="The number in tb_<number>_...")
    ],
    data_dir: DataDir = None,
) -> None:
    """Revoke a key. It is refused everywhere within seconds."""

    async def work(store: Store) -> None:
        async with store.transaction() as tx:
            await revoke_key(tx, key_id=key_id)

    with_store(data_dir, work)
    typer.echo(f"Key {key_id} is revoked.")


def _check_dialects(wanted: Sequence[str]) -> None:
    from touchbook.app import DIALECTS

    known = [dialect.name for dialect in DIALECTS]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise Invalid({"dialect": [f"There is no dialect {unknown[0]}. Choose from {', '.join(known)}."]})
