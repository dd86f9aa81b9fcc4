"""Compares the columns beside tasks with their tables of assignees, tags and links, at the end of every run."""

from touchbook.core.tasks.columns import DERIVED
from touchbook.store.postgres import Store


async def tasks_with_other_columns(store: Store) -> list[tuple[int, str]]:
    """Return the id of each task and the column that differs, in whichever team."""
    differing = " union all ".join(
        f"""select t.id, '{column}' from tasks t
        where coalesce(t.{column}, '{{}}') <> array({select.replace("$1", "t.team_id")})"""
        for column, select in DERIVED.items()
    )
    # Not through the store: the statement is of all teams.
    async with store.pool.acquire() as connection:
        return [tuple(row) for row in await connection.fetch(differing)]
