from datetime import UTC
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct
from rich.markup import escape
from rich.table import Table

from touchbook.cli.printing import print_table
from touchbook.cli.running import DataDir, with_store
from touchbook.jobs.waiting import Waiting, count_waiting
from touchbook.store.postgres import Store

if TYPE_CHECKING:
    from touchbook.jobs.failures import HeldJob


class Backlog(Struct, frozen=True):
    waiting: Waiting
    held: "list[HeldJob]"


def jobs(
    release: Annotated[
        int | None, typer.Option(metavar="ID", min=1, max=2**63 - 1, help="Retry this held job.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Show waiting jobs, and jobs that kept failing and are held."""

    from touchbook.jobs.failures import list_held, release_job

    async def work(store: Store) -> Backlog:
        if release is not None:
            await release_job(store, release)
        return Backlog(await count_waiting(store), await list_held(store))

    backlog = with_store(data_dir, work)
    if release is not None:
        typer.echo(f"Job {release} will be retried.")
    typer.echo(_describe(backlog.waiting))
    if backlog.held:
        print_table(_table(backlog.held))
    else:
        typer.echo("No job is held.")


def _describe(waiting: Waiting) -> str:
    next_due = f", the next at {waiting.next_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if waiting.next_at else ""
    return f"{waiting.queued} queued; {waiting.due} scheduled{next_due}."


def _table(held: "list[HeldJob]") -> Table:
    table = Table("id", "kind", "team", "record", "attempts", "held since", "error", title="held")
    for job in held:
        since = f"{job.since.astimezone(UTC):%Y-%m-%d %H:%M}"
        numbers = (str(number) for number in (job.team_id, job.ref, job.attempts))
        table.add_row(str(job.id), job.kind, *numbers, since, escape(job.error))
    return table
