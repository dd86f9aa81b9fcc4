"""Renaming and merging a team's tag changes the tag of its tasks."""

from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.tasks.columns import derive_columns
from touchbook.core.tasks.locking import lock_tasks_alone
from touchbook.core.transaction import Event, Transaction


async def merge_on_tasks(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Replace the merged tag on tasks."""
    for event in events:
        tag, other = event.record
        await tx.execute(
            """insert into task_tags (team_id, task_id, tag_id, position)
            select l.team_id, l.task_id, $3, l.position from task_tags l where l.team_id = $1 and l.tag_id = $2
            on conflict (team_id, task_id, tag_id) do nothing""",
            caller.team_id,
            tag.id,
            other.id,
        )
        await _remove(tx, caller, tag.id)


async def delete_from_tasks(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    for event in events:
        await _remove(tx, caller, event.record.id)


async def _remove(tx: Transaction, caller: Caller, tag_id: int) -> None:
    rows = await tx.fetch(
        "delete from task_tags l where l.team_id = $1 and l.tag_id = $2 returning l.task_id",
        caller.team_id,
        tag_id,
    )
    ids = [row["task_id"] for row in rows]
    await lock_tasks_alone(tx, caller, ids)
    await derive_columns(tx, caller, ids)
    left = await tx.fetch(
        "select t.id, t.tags from tasks t where t.team_id = $1 and t.id = any($2::bigint[])", caller.team_id, ids
    )
    await record_each(tx, caller, "task.updated", {row["id"]: {"tags": row["tags"] or []} for row in left})
