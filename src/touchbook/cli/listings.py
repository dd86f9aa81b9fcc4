from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from touchbook.cli.choosing import choose_team
from touchbook.cli.running import DataDir, with_store
from touchbook.core.errors import Malformed
from touchbook.core.listings.keeping import keep_listings
from touchbook.core.plain_json import read_json
from touchbook.core.teams.acting import act_as
from touchbook.store.postgres import Store


def import_listings(
    file: Annotated[
        Path,
        typer.Argument(help="A JSON file: one listing, a list of listings, or a response with listings in data."),
    ],
    team: Annotated[str | None, typer.Option(help="The team's name; needed if there are several.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Import listings from a file, all of it or nothing. Listings that exist already are replaced."""
    documents = _read(file)

    async def work(store: Store) -> int:
        async with store.transaction() as tx:
            caller = act_as(await choose_team(tx, team), None, surface="cli")
            return len(set(await keep_listings(tx, caller, documents)))

    typer.echo(f"{with_store(data_dir, work)} listings.")


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        sent = read_json(file.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as unreadable:
        raise Malformed(f"{file} is not valid JSON: {unreadable}") from unreadable
    if isinstance(sent, dict) and isinstance(sent.get("data"), (dict, list)):
        sent = sent["data"]
    documents = [sent] if isinstance(sent, dict) else sent
    if not isinstance(documents, list) or not all(isinstance(each, dict) for each in documents):
        raise Malformed(f"{file} contains no listings. A listing is a JSON object.")
    return documents
