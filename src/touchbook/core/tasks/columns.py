"""A task has its assignees, tags and linked records beside it in its own row, so that a list reads one table.

The tables of assignees, tags and links are the truth. Each column has their ids in order, and NULL for none.
Whether a linked record is there and may be seen is not kept here: `seeing.py` looks it up.
"""

from collections.abc import Collection
from typing import get_args

from touchbook.core.caller import Caller
from touchbook.core.refolding import SLICE, last_of
from touchbook.core.tasks.task import RecordKind
from touchbook.core.transaction import Transaction


def _linked(kind: RecordKind) -> str:
    return f"""select s.{kind}_id from task_associations s where s.team_id = $1 and s.task_id = t.id
        and s.kind = '{kind}' and s.deleted_at is null order by s.index, s.created_at, s.id"""


# Column -> the select of its ids for a task `t`.
DERIVED = {
    "assignees": """select a.user_id from task_assignees a
        where a.team_id = $1 and a.task_id = t.id order by a.position""",
    "tags": "select g.tag_id from task_tags g where g.team_id = $1 and g.task_id = t.id order by g.position",
    **{f"{kind}s": _linked(kind) for kind in get_args(RecordKind)},
}
_DERIVED = {column: f"nullif(array({select}), '{{}}')" for column, select in DERIVED.items()}
_ASSIGNMENTS = ", ".join(f"{column} = {value}" for column, value in _DERIVED.items())
_DIFFERS = " or ".join(f"t.{column} is distinct from {value}" for column, value in _DERIVED.items())


async def derive_columns(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> None:
    """Write the columns anew after links or tags of the tasks changed.

    An earlier statement locked the tasks: one that waited itself would write what it saw before.
    """
    if task_ids:
        await tx.execute(
            f"update tasks t set {_ASSIGNMENTS} where t.team_id = $1 and t.id = any($2::bigint[])",
            caller.team_id,
            list(task_ids),
        )


async def rederive_columns(tx: Transaction, caller: Caller, after: int) -> int | None:
    """Write anew those that differ, of tasks beyond the id `after`, and return the last id."""
    rows = await tx.fetch(
        f"""select t.id, {_DIFFERS} as differs from tasks t
        where t.team_id = $1 and t.id > $2 order by t.id limit {SLICE} for no key update""",
        caller.team_id,
        after,
    )
    await derive_columns(tx, caller, [row["id"] for row in rows if row["differs"]])
    return last_of(rows, SLICE)
