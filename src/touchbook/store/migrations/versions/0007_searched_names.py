"""Columns of folded names that lists are filtered by: of people, choices, sequences and templates."""

from collections.abc import Callable, Sequence

import asyncpg
from alembic import op
from sqlalchemy.util import await_only

from touchbook.core.folding import fold, same
from touchbook.store.migrations.plain import run_sql_beside

revision = "0007"
down_revision = "0006"

_NAMED = ("stages", "personas", "task_dispositions", "task_purposes", "sequences", "templates")
_FILLED = [*((table, "name") for table in _NAMED), ("users", "first_name"), ("users", "last_name")]


def upgrade() -> None:
    run_sql_beside(__file__)
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    for table, source in _FILLED:
        await_only(_fill(connection, table, source))
    await_only(_fill_tags(connection))


async def _fill(connection: asyncpg.Connection, table: str, source: str) -> None:
    texts = await connection.fetch(f"select distinct t.{source} as text from {table} t")
    await connection.execute(
        f"""update {table} t set {source}_folded = r.folded from unnest($1::text[], $2::text[]) as r (text, folded)
        where t.{source} = r.text""",
        *_pairs([row["text"] for row in texts], fold),
    )


async def _fill_tags(connection: asyncpg.Connection) -> None:
    tags = await connection.fetch("select distinct unnest(q.tags) as text from sequences q")
    await connection.execute(
        """update sequences q set tag_keys = array(
            select r.key from unnest(q.tags) with ordinality as g (tag, number)
            join unnest($1::text[], $2::text[]) as r (tag, key) on r.tag = g.tag
            group by r.key order by min(g.number))""",
        *_pairs([row["text"] for row in tags], same),
    )


def _pairs(texts: Sequence[str], form: Callable[[str], str]) -> tuple[Sequence[str], Sequence[str]]:
    return texts, list(map(form, texts))
