"""A paused contact has no open task in the sequence, and resumes where it was."""

from touchbook.core.caller import Caller
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.enrolments.advancing import advance_states
from touchbook.core.enrolments.asking import ask_for_step
from touchbook.core.enrolments.locking import cancel_tasks, lock_states, lock_tasks_at_once
from touchbook.core.enrolments.nouns import STATES
from touchbook.core.enrolments.permitting import forbidden_kinds
from touchbook.core.enrolments.queries import find_state
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.errors import Conflict
from touchbook.core.records import amend
from touchbook.core.sequences.queries import steps_by_id
from touchbook.core.sequences.step import kind_of
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Status, Task
from touchbook.core.transaction import Transaction


async def pause_state(tx: Transaction, caller: Caller, *, state_id: int) -> SequenceState | None:
    """The task is cancelled. Conflict for a finished state."""
    held = await lock_states(tx, caller, [state_id])
    state = await _unfinished(tx, caller, state_id)
    changes = {
        "state": "paused",
        "state_changed_at": tx.now if state.state == "active" else state.state_changed_at,
    }
    paused = await amend(tx, caller, STATES, state, "paused", changes)
    await cancel_tasks(tx, caller, held.task_ids)
    return paused


async def resume_state(tx: Transaction, caller: Caller, *, state_id: int) -> SequenceState | None:
    """Reopen the state's task, the same one if it still exists.

    Conflict for a finished state. If the contact has opted out of the step meanwhile, it advances to the next one.
    """
    await lock_states(tx, caller, [state_id])
    state = await _unfinished(tx, caller, state_id)
    if state.state == "active":
        return None
    changes = {"state": "active", "state_changed_at": tx.now}
    await amend(tx, caller, STATES, state, "resumed", changes)
    contact = (await contacts_by_id(tx, caller, [state.contact_id]))[state.contact_id]
    step = (await steps_by_id(tx, caller, [state.step_id]))[state.step_id]
    task = await _cancelled_task(tx, caller, state)
    if (kind_of(task.origin) if task else step.kind) in forbidden_kinds(contact):
        await advance_states(tx, caller, [state])
    elif task is not None:
        await _reopen(tx, caller, task)
    else:
        await ask_for_step(tx, caller, state, step, contact, at_once=True)
    return await find_state(tx, caller, state_id)


async def _unfinished(tx: Transaction, caller: Caller, state_id: int) -> SequenceState:
    state = await find_state(tx, caller, state_id)
    if state.state == "finished":
        raise Conflict("The contact has finished this sequence.")
    return state


async def _cancelled_task(tx: Transaction, caller: Caller, state: SequenceState) -> Task | None:
    """Lock and return the task that was cancelled by the pause, or None if it was deleted meanwhile."""
    task_id = await tx.fetch_value(
        """select t.id from tasks t where t.team_id = $1 and t.sequence_state_id = $2 and t.sequence_step_id = $3
        and t.status = 'cancelled' and t.deleted_at is null and starts_with(t.origin, 'sequence_step_')
        order by t.id desc limit 1""",
        caller.team_id,
        state.id,
        state.step_id,
    )
    if task_id is None:
        return None
    await lock_tasks_at_once(tx, caller, [task_id])
    return await find_task(tx, caller, task_id)


async def _reopen(tx: Transaction, caller: Caller, task: Task) -> None:
    """Reopen the task, or schedule it again if its instant is still to come."""
    waits = task.scheduled_at is not None and task.scheduled_at > tx.now
    status: Status = "scheduled" if waits else "open"
    await change_task(tx, caller, task.id, TaskChanges(reopen=True, status=status))
