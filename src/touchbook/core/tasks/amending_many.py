"""The columns of many tasks at once, in a fixed number of statements; every verb on many ends here."""

from collections.abc import Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.events import record_events
from touchbook.core.tasks.amending import assigned
from touchbook.core.tasks.assignees import copy_sort_keys
from touchbook.core.tasks.duties import OPENING, SKIPPING
from touchbook.core.transaction import Transaction


async def hold_tasks(tx: Transaction, caller: Caller, task_ids: Sequence[int]) -> list[int]:
    """Those that are not deleted, as they stand held for this transaction, always in the same order."""
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[]) and t.deleted_at is null
        order by t.id for update""",
        caller.team_id,
        list(task_ids),
    )
    return [row["id"] for row in rows]


async def amend_tasks(
    tx: Transaction, caller: Caller, task_ids: Sequence[int], event: str, where: str, columns: dict[str, Any]
) -> list[int]:
    """Answers those that changed. `where` may name the columns as $3 and on, in their order, then the instant."""
    instant = tx.tick()
    written = {**columns, "updated_at": instant, "updated_by": caller.user_id}
    if "status" in columns:
        written["state_changed_at"] = instant
    assignments = assigned(written)
    differs = ", ".join(f"before.{name} is distinct from t.{name} as {name}" for name in columns)
    rows = await tx.fetch(
        f"""with before as (
            select t.* from tasks t where t.team_id = $1 and t.id = any($2::bigint[]) and {where}
        ) update tasks t set {assignments} from before where t.team_id = $1 and t.id = before.id
        returning t.id, {differs}""",
        caller.team_id,
        list(task_ids),
        *written.values(),
    )
    changes = {row["id"]: {name: columns[name] for name in columns if row[name]} for row in rows}
    await copy_sort_keys(tx, caller, list(changes))
    await _keep_duties(tx, caller, list(changes))
    await record_events(tx, caller, event, subject="task", changes=changes, summary=columns)
    return list(changes)


async def _keep_duties(tx: Transaction, caller: Caller, task_ids: Sequence[int]) -> None:
    """What has ended is neither opened nor skipped; what is open again may still be skipped."""
    await tx.execute(
        """delete from due d where d.team_id = $1 and d.kind = any($3::text[]) and d.ref in
            (select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[]) and not t.open)""",
        caller.team_id,
        list(task_ids),
        [OPENING, SKIPPING],
    )
    await tx.execute(
        """insert into due (team_id, kind, ref, at)
        select $1, $3, t.id, t.autoskip_at from tasks t
        where t.team_id = $1 and t.id = any($2::bigint[]) and t.open and t.autoskip_at is not null
        on conflict (team_id, kind, ref) do nothing""",
        caller.team_id,
        list(task_ids),
        SKIPPING,
    )
