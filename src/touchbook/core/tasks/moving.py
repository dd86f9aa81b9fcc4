"""Tasks follow their contacts to another account, and leave an account that is closed."""

from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.tasks.associations import settle_accounts
from touchbook.core.tasks.columns import derive_columns
from touchbook.core.tasks.locking import lock_tasks_alone
from touchbook.core.transaction import Event, Transaction

_MOVES = "unnest($2::bigint[], $3::bigint[], $4::bigint[]) as m (contact, old, new)"


async def move_tasks_of_contacts(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Move the tasks of the contacts, and the links of these tasks to the old account."""
    moves = [
        [event.subject_id for event in events],
        [event.changes["left"] for event in events],
        [event.changes["account"] for event in events],
    ]
    linked = await tx.fetch(
        f"""update task_associations l set account_id = m.new, updated_at = $5 from {_MOVES}
        where l.team_id = $1 and l.account_id = m.old and l.deleted_at is null
        and exists (select from task_associations s where s.team_id = $1 and s.task_id = l.task_id
            and s.contact_id = m.contact and s.deleted_at is null) returning l.task_id""",
        caller.team_id,
        *moves,
        tx.tick(),
    )
    relinked = {row["task_id"] for row in linked}
    await lock_tasks_alone(tx, caller, relinked)
    await derive_columns(tx, caller, relinked)
    rows = await tx.fetch(
        f"""update tasks t set account_id = m.new, updated_at = $5, updated_by = $6 from {_MOVES}
        where t.team_id = $1 and t.account_id = m.old and exists (select from task_associations s
            where s.team_id = $1 and s.task_id = t.id and s.contact_id = m.contact and s.deleted_at is null)
        returning t.id, t.account_id""",
        caller.team_id,
        *moves,
        tx.tick(),
        caller.user_id,
    )
    await record_each(tx, caller, "task.updated", {row["id"]: {"account": row["account_id"]} for row in rows})


async def leave_closed_accounts(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Move tasks into the account of their other records, if there is one."""
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.account_id = any($2::bigint[])
        and t.deleted_at is null order by t.id""",
        caller.team_id,
        [event.subject_id for event in events],
    )
    moved = await settle_accounts(tx, caller, [row["id"] for row in rows], if_any=True)
    await record_each(tx, caller, "task.updated", {task: {"account": account} for task, account in moved.items()})
