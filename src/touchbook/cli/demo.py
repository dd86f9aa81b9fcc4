from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from touchbook.cli.running import DataDir, with_store
from touchbook.config import load_settings
from touchbook.demonstration.credentials import FILE
from touchbook.store.postgres import Store

if TYPE_CHECKING:
    from touchbook.demonstration.describing import Demonstration


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print ids and credentials as one JSON object.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Create the demonstration if it is missing, and print how to call it."""
    from touchbook.demonstration.demonstrating import demonstrate

    home = load_settings(data_dir=data_dir).data_dir

    async def work(store: Store) -> "Demonstration":
        async with store.transaction() as tx:
            return await demonstrate(tx, home)

    made = with_store(data_dir, work, may_migrate=True)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(made)).decode())
    else:
        typer.echo(introduce(made))
        typer.echo(f"The credentials are in {home / FILE}.")


def introduce(made: "Demonstration") -> str:
    """Describe the people of the demonstration, one per line."""
    lines = [f"The demonstration is the team {made.team.name}. E-mail, password, key:"]
    lines += [f"  {user.email}  {user.password}  {user.key}" for user in made.users]
    return "\n".join(lines)
