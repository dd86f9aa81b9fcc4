"""A step's task is to be done again: the contact comes back to where it was."""

from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.errors import Conflict
from touchbook.core.sequences.holding import hold_place, take_tasks
from touchbook.core.sequences.nouns import SEQUENCES, STATES
from touchbook.core.sequences.permitting import check_permitted
from touchbook.core.sequences.queries import by_id
from touchbook.core.sequences.state import SequenceState
from touchbook.core.sequences.step import STEP_ORIGINS, kind_of
from touchbook.core.sequences.writing import amend
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Row, Transaction


async def come_back(tx: Transaction, caller: Caller, task: Task) -> None:
    """To the step of `task`, which is held, has ended and is about to be reopened.

    The task of the next step goes, if nobody has worked on it. Conflict if somebody has, and if there is nothing
    to come back to. What is no step's task concerns no sequence.
    """
    if task.sequence_state_id is None or task.sequence_step_id is None or task.origin not in STEP_ORIGINS:
        return
    state = await _hold(tx, caller, task.sequence_state_id)
    later = await _later_tasks(tx, caller, state, task)
    if len(later) > 1 or any(map(_is_worked_on, later)):
        raise Conflict("The contact has gone on in the sequence: this step can no longer be reopened.")
    await _check_place(tx, caller, state, task)
    await take_tasks(tx, caller, [row["id"] for row in later])
    changes = {
        "state": "active",
        "finish_reason": None,
        "step_id": task.sequence_step_id,
        "state_changed_at": state.state_changed_at if state.state == "active" else tx.now,
    }
    await amend(tx, caller, STATES, state, "reopened", changes)
    for row in later:
        await delete_task(tx, caller, task_id=row["id"])


async def come_back_many(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> list[int]:
    """For each that has ended among tasks that are held; answers all but those that cannot be reopened."""
    rows = await tx.fetch(
        """select t.id, t.sequence_state_id as state from tasks t
        where t.team_id = $1 and t.id = any($2::bigint[]) and t.sequence_state_id is not null and not t.open
        and starts_with(t.origin, 'sequence_step_') order by t.id desc""",
        caller.team_id,
        list(task_ids),
    )
    await tx.fetch(
        """select s.id from sequence_states s where s.team_id = $1 and s.id = any($2::bigint[])
        order by s.id for update""",
        caller.team_id,
        [row["state"] for row in rows],
    )
    refused = set()
    for row in rows:
        try:
            await come_back(tx, caller, await find_task(tx, caller, row["id"]))
        except Conflict:
            refused.add(row["id"])
    return [task_id for task_id in task_ids if task_id not in refused]


async def _hold(tx: Transaction, caller: Caller, state_id: int) -> SequenceState:
    await tx.execute(
        "select 1 from sequence_states s where s.team_id = $1 and s.id = $2 for update", caller.team_id, state_id
    )
    return (await by_id(tx, caller, STATES, [state_id]))[state_id]


async def _later_tasks(tx: Transaction, caller: Caller, state: SequenceState, task: Task) -> list[Row]:
    return list(
        await tx.fetch(
            """select t.id, t.status, m.state as mailing from tasks t
            left join mailings m on m.team_id = $1 and m.id = t.mailing_id
            where t.team_id = $1 and t.sequence_state_id = $2 and t.id > $3 and t.deleted_at is null
            and starts_with(t.origin, 'sequence_step_') order by t.id""",
            caller.team_id,
            state.id,
            task.id,
        )
    )


def _is_worked_on(row: Row) -> bool:
    return row["status"] not in ("scheduled", "open") or row["mailing"] == "scheduled"


async def _check_place(tx: Transaction, caller: Caller, state: SequenceState, task: Task) -> None:
    """Whether the contact may stand in the sequence, at the step of `task`."""
    await hold_place(tx, caller, sequence_id=state.sequence_id, contact_id=state.contact_id)
    contact = (await contacts_by_id(tx, caller, [state.contact_id]))[state.contact_id]
    standing = await tx.fetch_row(
        f"""select exists (select from {SEQUENCES.table} q
                where q.team_id = $1 and q.id = $2 and q.deleted_at is null) as sequence,
            exists (select from sequence_states s where s.team_id = $1 and s.sequence_id = $2
                and s.contact_id = $3 and s.id <> $4 and s.state <> 'finished' and s.deleted_at is null) as other,
            exists (select from sequence_states s where s.team_id = $1 and s.id = $4
                and s.deleted_at is null) as own""",
        caller.team_id,
        state.sequence_id,
        state.contact_id,
        state.id,
    )
    assert standing is not None
    if contact.deleted_at is not None or not standing["sequence"] or not standing["own"]:
        raise Conflict("The sequence of this task is over for its contact.")
    if standing["other"]:
        raise Conflict("The contact has been enrolled in the sequence again.")
    check_permitted(contact, kind_of(task.origin))
