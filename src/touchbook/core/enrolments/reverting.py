"""When the task of a step is reopened, its contact reverts to that step."""

from collections.abc import Collection, Sequence

from touchbook.core.caller import Caller
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.enrolments.locking import lock_position, lock_tasks_at_once
from touchbook.core.enrolments.nouns import STATES
from touchbook.core.enrolments.permitting import check_permitted
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.errors import Conflict
from touchbook.core.records import amend, by_id
from touchbook.core.sequences.nouns import SEQUENCES
from touchbook.core.sequences.step import STEP_ORIGINS, kind_of
from touchbook.core.tasks.deleting import delete_tasks
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Row, Transaction


async def revert_states(tx: Transaction, caller: Caller, held: Sequence[Task]) -> dict[int, str]:
    """Revert contacts to the steps of tasks that are locked, have ended and are about to be reopened.

    The next step's task is deleted if nobody has worked on it. Return by task id the reason why it cannot be
    reopened: somebody has worked on the next one, or the state is gone.
    """
    steps = sorted(filter(_is_step, held), key=_by_id, reverse=True)
    objections: dict[int, str] = {}
    states = await _lock(tx, caller, {task.sequence_state_id or 0 for task in steps})
    for task in steps:
        try:
            await _revert_state(tx, caller, task, states[task.sequence_state_id or 0])
        except Conflict as conflict:
            objections[task.id] = str(conflict)
    return objections


async def _revert_state(tx: Transaction, caller: Caller, task: Task, state: SequenceState) -> None:
    later = await _later_tasks(tx, caller, task)
    if len(later) > 1 or any(map(_is_worked_on, later)):
        raise Conflict("The contact has advanced in the sequence, so this step cannot be reopened.")
    await _check_position(tx, caller, state, task)
    await lock_tasks_at_once(tx, caller, [row["id"] for row in later])
    changes = {
        "state": "active",
        "finish_reason": None,
        "step_id": task.sequence_step_id,
        "state_changed_at": state.state_changed_at if state.state == "active" else tx.now,
    }
    await amend(tx, caller, STATES, state, "reverted", changes)
    await delete_tasks(tx, caller, [row["id"] for row in later])


def _by_id(task: Task) -> int:
    return task.id


def _is_step(task: Task) -> bool:
    return task.sequence_state_id is not None and task.sequence_step_id is not None and task.origin in STEP_ORIGINS


async def _lock(tx: Transaction, caller: Caller, state_ids: Collection[int]) -> dict[int, SequenceState]:
    if not state_ids:
        return {}
    await tx.fetch(
        """select s.id from sequence_states s where s.team_id = $1 and s.id = any($2::bigint[])
        order by s.id for no key update""",
        caller.team_id,
        list(state_ids),
    )
    return await by_id(tx, caller, STATES, state_ids)


async def _later_tasks(tx: Transaction, caller: Caller, task: Task) -> list[Row]:
    return list(
        await tx.fetch(
            """select t.id, t.status, m.state as mailing from tasks t
            left join mailings m on m.team_id = t.team_id and m.id = t.mailing_id
            where t.team_id = $1 and t.sequence_state_id = $2 and t.id > $3 and t.deleted_at is null
            and starts_with(t.origin, 'sequence_step_') order by t.id""",
            caller.team_id,
            task.sequence_state_id,
            task.id,
        )
    )


def _is_worked_on(row: Row) -> bool:
    return row["status"] not in ("scheduled", "open") or row["mailing"] == "scheduled"


async def _check_position(tx: Transaction, caller: Caller, state: SequenceState, task: Task) -> None:
    """Check whether the contact may stand in the sequence at the step of `task`."""
    await lock_position(tx, caller, sequence_id=state.sequence_id, contact_id=state.contact_id)
    contact = (await contacts_by_id(tx, caller, [state.contact_id]))[state.contact_id]
    standing = await tx.fetch_row(
        f"""select exists (select 1 from {SEQUENCES.table} q
                where q.team_id = $1 and q.id = $2 and q.deleted_at is null) as sequence,
            exists (select 1 from sequence_states s where s.team_id = $1 and s.sequence_id = $2
                and s.contact_id = $3 and s.id <> $4 and s.state <> 'finished' and s.deleted_at is null) as other,
            exists (select 1 from sequence_states s where s.team_id = $1 and s.id = $4
                and s.deleted_at is null) as own""",
        caller.team_id,
        state.sequence_id,
        state.contact_id,
        state.id,
    )
    assert standing is not None
    if contact.deleted_at is not None or not standing["sequence"] or not standing["own"]:
        raise Conflict("The contact has finished the sequence of this task.")
    if standing["other"]:
        raise Conflict("The contact has been enrolled in the sequence again.")
    check_permitted(contact, kind_of(task.origin))
