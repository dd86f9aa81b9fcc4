"""Locks states with their open tasks: tasks first, as every verb on a task does."""

from collections.abc import Collection
from typing import NamedTuple

from touchbook.core.caller import Caller
from touchbook.core.enrolments.nouns import STATES
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.errors import Conflict
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_tasks
from touchbook.core.transaction import Transaction

_AT_HAND = """select t.id from tasks t where t.team_id = $1 and t.sequence_state_id = any($2::bigint[])
    and t.open and t.deleted_at is null and starts_with(t.origin, 'sequence_step_') order by t.id"""


_PLACE = """select pg_try_advisory_xact_lock(
    hashtextextended('place in sequence ' || $2::bigint || ' of contact ' || $3::bigint, $1))"""


class LockedStates(NamedTuple):
    """States that are not finished, and their open tasks."""

    states: list[SequenceState]
    task_ids: list[int]


async def lock_states(tx: Transaction, caller: Caller, state_ids: Collection[int]) -> LockedStates:
    """Wait for other transactions on their tasks.

    Conflict if the states have advanced to other tasks meanwhile.
    """
    ids = list(state_ids)
    if not ids:
        return LockedStates([], [])
    await lock_contacts_of_states(tx, caller, ids)
    await tx.fetch(f"{_AT_HAND} for no key update", caller.team_id, ids)
    rows = await tx.fetch(
        f"""select {STATES.columns} from sequence_states x
        where x.team_id = $1 and x.id = any($2::bigint[]) and x.state <> 'finished' and x.deleted_at is null
        order by x.id for no key update""",
        caller.team_id,
        ids,
    )
    tasks = await tx.fetch(_AT_HAND, caller.team_id, ids)
    task_ids = [row["id"] for row in tasks]
    await lock_tasks_at_once(tx, caller, task_ids)
    return LockedStates([STATES.read(row) for row in rows], task_ids)


async def lock_contacts_of_states(tx: Transaction, caller: Caller, state_ids: Collection[int]) -> None:
    """Lock contacts before tasks, as everywhere."""
    await tx.execute(
        """select c.id from contacts c where c.team_id = $1 and c.id in (select s.contact_id
            from sequence_states s where s.team_id = $1 and s.id = any($2::bigint[]))
        order by c.id for no key update""",
        caller.team_id,
        list(state_ids),
    )


async def lock_tasks_at_once(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> None:
    """Lock without waiting: the transaction that holds one of the tasks may wait for its state, which is locked
    already.
    """
    if not task_ids:
        return
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[])
        order by t.id for no key update skip locked""",
        caller.team_id,
        list(task_ids),
    )
    if len(rows) < len(task_ids):
        raise Conflict("Another request is changing a task of this sequence. Try again.")


async def lock_position(tx: Transaction, caller: Caller, *, sequence_id: int, contact_id: int) -> None:
    """Lock a contact's position in a sequence before it is taken, by enrolling or by reverting a finished state.

    It does not wait, since a revert holds tasks and states already.
    """
    if not await tx.fetch_value(_PLACE, caller.team_id, sequence_id, contact_id):
        raise Conflict("Another request is adding the contact to this sequence.")


async def cancel_tasks(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> None:
    """The tasks are locked."""
    if not task_ids:
        return
    await change_tasks(tx, caller, task_ids, TaskChanges(status="cancelled"))
