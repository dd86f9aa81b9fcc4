"""The assignees of tasks. Beside each stand the sort keys of their lists, so that one index serves a list."""

from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.transaction import Transaction

SORT_KEYS = ("status", "due_at", "due_on", "due_offset")
KEY_COLUMNS = ", ".join(SORT_KEYS)
KEYS_OF_TASK = ", ".join(f"t.{key}" for key in SORT_KEYS)


async def put_assignees(tx: Transaction, caller: Caller, task_id: int, users: Sequence[int]) -> None:
    """Set the assignees in this order, each once; those that stay get their new positions."""
    await tx.execute(
        f"""insert into task_assignees (team_id, task_id, user_id, position, {KEY_COLUMNS})
        select $1, t.id, u.id, u.position - 1, {KEYS_OF_TASK}
        from tasks t, unnest($3::bigint[]) with ordinality as u (id, position)
        where t.team_id = $1 and t.id = $2
        on conflict (team_id, task_id, user_id) do update set position = excluded.position""",
        caller.team_id,
        task_id,
        list(users),
    )
