from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from touchbook.cli.printing import minute, print_table
from touchbook.cli.running import DataDir, with_store
from touchbook.core.teams.client import Client, ClientText
from touchbook.core.teams.registering import list_clients, register_client, remove_client
from touchbook.store.postgres import Store

clients = typer.Typer(help="Manage the programs that users sign in through.", no_args_is_help=True)


@clients.command()
def add(
    name: Annotated[str, typer.Argument(help="The name of the program.")],
    data_dir: DataDir = None,
) -> None:
    """Create a client and print its client_id and client_secret, one per line. The secret is shown only once."""

    async def work(store: Store) -> ClientText:
        async with store.transaction() as tx:
            return await register_client(tx, name=name)

    client = with_store(data_dir, work)
    typer.echo(f"client_id={client.uid}\nclient_secret={client.secret}")


@clients.command("list")
def list_(data_dir: DataDir = None) -> None:
    """Show all clients, without their secrets."""

    async def work(store: Store) -> Sequence[Client]:
        async with store.reading() as reader:
            return await list_clients(reader)

    table = Table("client_id", "name", "made", "removed")
    for client in with_store(data_dir, work):
        table.add_row(str(client.uid), client.name, minute(client.created_at), minute(client.removed_at))
    print_table(table)


@clients.command()
def remove(
    client_id: Annotated[str, typer.Argument(metavar="CLIENT_ID", help="The client_id as it was printed.")],
    data_dir: DataDir = None,
) -> None:
    """Remove a client. Its tokens are refused everywhere within seconds."""

    async def work(store: Store) -> None:
        async with store.transaction() as tx:
            await remove_client(tx, uid=client_id)

    with_store(data_dir, work)
    typer.echo(f"Client {client_id} is removed.")
