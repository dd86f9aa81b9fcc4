"""The one way a task's own columns change; every verb on a task ends here."""

from collections.abc import Iterable
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.events import record_event
from touchbook.core.tasks.assignees import SORT_KEYS, copy_sort_keys
from touchbook.core.tasks.duties import keep_duties
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task, shown_title, sort_title
from touchbook.core.tasks.text import write_text
from touchbook.core.transaction import Transaction

_DUTIES = {"status", "scheduled_at", "autoskip_at"}
_SHOWN = {"title", "description", "kind"}


async def amend_task(tx: Transaction, caller: Caller, task: Task, event: str, **columns: Any) -> Task | None:
    """Writes those of `columns` that differ, and the event; None if none does.

    `task` was read with `lock_task` in this transaction.
    """
    changes = {name: value for name, value in columns.items() if getattr(task, name) != value}
    if not changes:
        return None
    await _write(tx, caller, task, changes)
    if not changes.keys().isdisjoint(SORT_KEYS):
        await copy_sort_keys(tx, caller, [task.id])
    amended = await find_task(tx, caller, task.id)
    if changes.keys() & _SHOWN:
        await write_text(tx, caller, amended)
    if changes.keys() & _DUTIES:
        await keep_duties(tx, caller, amended)
    await record_event(tx, caller, event, subject="task", subject_id=task.id, changes=changes)
    return amended


def assigned(columns: Iterable[str]) -> str:
    """From $3 on. Who waited for another writer began before them, and yet changes the task after them (RT-92)."""
    values = {name: f"${number}" for number, name in enumerate(columns, start=3)}
    if "updated_at" in values:
        values["updated_at"] = f"greatest({values['updated_at']}, t.updated_at + interval '1 microsecond')"
    return ", ".join(f"{name} = {value}" for name, value in values.items())


async def touch_task(tx: Transaction, caller: Caller, task_id: int) -> Task:
    """What belongs to it changed, and so did the task."""
    await tx.execute(
        f"update tasks t set {assigned(('updated_at', 'updated_by'))} where t.team_id = $1 and t.id = $2",
        caller.team_id,
        task_id,
        tx.tick(),
        caller.user_id,
    )
    return await find_task(tx, caller, task_id)


async def _write(tx: Transaction, caller: Caller, task: Task, changes: dict[str, Any]) -> None:
    instant = tx.tick()
    written = {**changes, "updated_at": instant, "updated_by": caller.user_id}
    if "status" in changes:
        written["state_changed_at"] = instant
    if changes.keys() & _SHOWN:
        shown = {name: changes.get(name, getattr(task, name)) for name in ("title", "description", "kind")}
        written["sort_title"] = sort_title(shown_title(**shown))
    assignments = assigned(written)
    await tx.execute(
        f"update tasks t set {assignments} where t.team_id = $1 and t.id = $2",
        caller.team_id,
        task.id,
        *written.values(),
    )
