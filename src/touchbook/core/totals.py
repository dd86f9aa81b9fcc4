"""Totals of all records of a noun that a team has and that are not deleted.

A statement that writes such records notes by how many it changes their number, in `total_changes`; the worker adds
these up in `totals`, and a read sums both. It is exact, and no writer waits for another.
"""

from typing import Literal

from touchbook.core.caller import Caller
from touchbook.core.transaction import Reader, Row, Transaction

Counted = Literal["contact", "task"]

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
