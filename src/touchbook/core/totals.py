"""Totals of all records of a noun that a team has and that are not deleted.

A statement that writes such records notes by how many it changes their number, in `total_changes`; the worker adds
these up in `totals`, and a read sums both. It is exact, and no writer waits for another.
"""

from collections.abc import Mapping
from typing import Literal

from touchbook.core.caller import Caller
from touchbook.core.transaction import Reader, Row, Transaction

Counted = Literal["contact", "task"]
_TABLES: Mapping[Counted, str] = {"contact": "contacts", "task": "tasks"}

# Rows that one pass of the worker looks at, and that it adds up at once.
BATCH = 1000


def count_made(noun: Counted, made: str) -> str:
    """Return a CTE that counts in the records of the CTE `made`, which the same statement makes."""
    return _noted(noun, made, "")


def count_gone(noun: Counted, gone: str) -> str:
    """Return a CTE that counts out the records of the CTE `gone`, which the same statement deletes."""
    return _noted(noun, gone, "-")


def _noted(noun: Counted, rows: str, sign: Literal["", "-"]) -> str:
    return f"""counted as (insert into total_changes (team_id, noun, difference)
        select $1, '{noun}', {sign}count({rows}.id) from {rows} having count({rows}.id) > 0)"""


async def total_of(reader: Reader, caller: Caller, noun: Counted) -> int:
    """Take one statement, which sees both tables at one instant."""
    total: int = await reader.fetch_value(
        """select coalesce((select s.total from totals s where s.team_id = $1 and s.noun = $2), 0)
            + coalesce(sum(c.difference), 0)::bigint
        from total_changes c where c.team_id = $1 and c.noun = $2""",
        caller.team_id,
        noun,
    )
    return total


async def find_changed_totals(reader: Reader) -> list[Row]:
    """Return `team_id` and `noun` of totals that changed, of all teams, of the oldest changes."""
    return list(
        await reader.fetch(
            f"""select distinct o.team_id, o.noun
            from (select c.team_id, c.noun from total_changes c order by c.id limit {BATCH}) o"""
        )
    )


async def fold_total(tx: Transaction, team_id: int, noun: Counted) -> int:
    """Add up the oldest changes of a total, and return how many. Two workers at once take different ones."""
    # Two workers that delete the same rows in different orders would wait for each other. A writer waits for none.
    folded: int = await tx.fetch_value(
        f"""with oldest as materialized (
            select c.id from total_changes c where c.team_id = $1 and c.noun = $2
            order by c.id limit {BATCH} for update skip locked
        ), gone as (
            delete from total_changes c using oldest where c.team_id = $1 and c.noun = $2 and c.id = oldest.id
            returning c.difference
        ), folded as (
            insert into totals as s (team_id, noun, total)
            select $1, $2, sum(gone.difference)::bigint from gone having count(*) > 0
            on conflict (team_id, noun) do update set total = s.total + excluded.total
        ) select count(*) from gone""",
        team_id,
        noun,
    )
    return folded


async def find_wrong_totals(reader: Reader) -> list[Row]:
    """Return `team_id` and `noun` of totals that counting contradicts at one instant, of all teams."""
    counted = " union all ".join(
        f"""select x.team_id, '{noun}' as noun, count(*) as number
        from {table} x where x.deleted_at is null group by 1"""
        for noun, table in _TABLES.items()
    )
    return list(
        await reader.fetch(
            f"""select team_id, noun from (
                select s.team_id, s.noun, s.total as number from totals s
                union all select c.team_id, c.noun, c.difference from total_changes c
                union all select n.team_id, n.noun, -n.number from ({counted}) n
            ) each group by 1, 2 having sum(number) <> 0"""
        )
    )


async def recount_total(tx: Transaction, team_id: int, noun: Counted) -> None:
    """Set a total by counting. No change is lost meanwhile."""
    of_noun = team_id, noun
    await tx.execute(
        "insert into totals (team_id, noun, total) values ($1, $2, 0) on conflict (team_id, noun) do nothing",
        *of_noun,
    )
    # Whoever adds changes up waits from here on; what they have taken away meanwhile is still there to be seen.
    await tx.execute("select s.total from totals s where s.team_id = $1 and s.noun = $2 for update", *of_noun)
    counted = await tx.fetch_value(
        f"""select (select count(*) from {_TABLES[noun]} x where x.team_id = $1 and x.deleted_at is null)
            - (select coalesce(sum(c.difference), 0) from total_changes c
                where c.team_id = $1 and c.noun = $2)::bigint""",
        *of_noun,
    )
    await tx.execute("update totals s set total = $3 where s.team_id = $1 and s.noun = $2", *of_noun, counted)
