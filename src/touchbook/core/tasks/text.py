"""What tasks are searched by."""

from touchbook.core.caller import Caller
from touchbook.core.folding import fold
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def write_text(tx: Transaction, caller: Caller, task: Task) -> None:
    """Of the task as it stands now."""
    title = fold(task.shown_title)
    await tx.execute(
        """insert into task_texts (team_id, task_id, title, folded) values ($1, $2, $3, $4)
        on conflict (team_id, task_id) do update set title = excluded.title, folded = excluded.folded""",
        caller.team_id,
        task.id,
        title,
        f"{title}\n{fold(task.description)}" if task.description else title,
    )
