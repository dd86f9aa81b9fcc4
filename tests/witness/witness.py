"""What changed without an event of it, told of the test in which it did."""

from typing import Any

from msgspec import Struct

from tests.isolation.statements import STATEMENTS
from tests.witness.noting import install
from touchbook.store.postgres import Store

# An event of the record, or a summary of its noun, in the same transaction; a new team has what it starts with.
_SILENT = """
with taken as (
    delete from witness.noted returning tx, noun, of_table, change, team_id, records, columns, statement
), each as (
    select distinct t.tx, t.noun, t.of_table, t.change, t.team_id, r.id, t.columns, t.statement
    from taken t, unnest(t.records) r (id)
), told as materialized (
    select e.tx, e.team_id, e.kind, e.subject, e.subject_id from events e
    where e.tx = any(array(select distinct taken.tx from taken))
    union all select f.tx, f.team_id, f.kind, f.subject, f.subject_id from witness.forgotten f
)
select e.of_table, e.change, e.team_id, e.columns, e.statement, array_agg(e.id order by e.id) as ids from each e
where not exists (select from told o where o.tx = e.tx and o.subject = e.noun and o.subject_id = e.id
    and o.team_id = coalesce(e.team_id, o.team_id))
and not exists (select from told o where o.tx = e.tx and o.subject = e.noun and o.subject_id is null
    and o.team_id = coalesce(e.team_id, o.team_id))
and not exists (select from told o where o.tx = e.tx and o.kind = 'team.created' and o.team_id = e.team_id)
group by e.of_table, e.change, e.team_id, e.columns, e.statement
"""


class Silent(Struct, frozen=True):
    """Rows that changed, and none of whose changes an event tells."""

    table: str
    change: str
    columns: list[str]
    ids: list[int]
    statement: str

    def __str__(self) -> str:
        what = f" of {', '.join(self.columns)}" if self.columns else ""
        return f"{self.table} {self.ids[:5]}: {self.change}{what} without an event, by {self.statement[:200]}"


class Witness:
    """Of the database of this process, once it has one."""

    def __init__(self) -> None:
        self._store: Store | None = None

    async def watch(self, store: Store) -> None:
        async with store.pool.acquire() as connection:
            await install(connection)
        self._store = store

    def rest(self) -> None:
        self._store = None

    async def take(self) -> list[Silent]:
        """What the product changed silently since this was last asked. What tests write themselves is theirs."""
        if self._store is None:
            return []
        async with self._store.pool.acquire() as connection:
            rows: list[Any] = await connection.fetch(_SILENT)
        if not rows:
            return []
        product = {sent.sql for sent in STATEMENTS}
        return [
            Silent(row["of_table"], row["change"], row["columns"], row["ids"], row["statement"])
            for row in rows
            if row["statement"] in product
        ]


WITNESS = Witness()
