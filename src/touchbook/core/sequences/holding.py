"""States are held for a transaction with their open tasks: tasks first, as every verb on a task does it."""

from collections.abc import Collection
from typing import NamedTuple

from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict
from touchbook.core.sequences.nouns import STATES
from touchbook.core.sequences.state import SequenceState
from touchbook.core.tasks.amending_many import amend_tasks
from touchbook.core.transaction import Transaction

_AT_HAND = """select t.id from tasks t where t.team_id = $1 and t.sequence_state_id = any($2::bigint[])
    and t.open and t.deleted_at is null and starts_with(t.origin, 'sequence_step_') order by t.id"""


_PLACE = """select pg_try_advisory_xact_lock(
    hashtextextended('place in sequence ' || $2::bigint || ' of contact ' || $3::bigint, $1))"""

_WITHDRAW = """update mailings m set state = 'draft', scheduled_at = null, state_changed_at = $2, updated_at = $2,
    updated_by = $3 where m.team_id = $1 and m.state = 'scheduled'"""


class Held(NamedTuple):
    """States that are not finished, and the tasks that are at hand in them."""

    states: list[SequenceState]
    task_ids: list[int]


async def hold_states(tx: Transaction, caller: Caller, state_ids: Collection[int]) -> Held:
    """Waits for whoever has their tasks in hand. Conflict if they have moved on to others meanwhile."""
    ids = list(state_ids)
    if not ids:
        return Held([], [])
    await tx.fetch(f"{_AT_HAND} for update", caller.team_id, ids)
    rows = await tx.fetch(
        f"""select {STATES.columns} from sequence_states x
        where x.team_id = $1 and x.id = any($2::bigint[]) and x.state <> 'finished' and x.deleted_at is null
        order by x.id for update""",
        caller.team_id,
        ids,
    )
    tasks = await tx.fetch(_AT_HAND, caller.team_id, ids)
    task_ids = [row["id"] for row in tasks]
    await take_tasks(tx, caller, task_ids)
    return Held([STATES.read(row) for row in rows], task_ids)


async def take_tasks(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> None:
    """Held without waiting: who holds one of them may be waiting for its state, which is held already."""
    if not task_ids:
        return
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[])
        order by t.id for update skip locked""",
        caller.team_id,
        list(task_ids),
    )
    if len(rows) < len(task_ids):
        raise Conflict("Somebody is at work on a task of this sequence at this moment. Try again.")


async def hold_place(tx: Transaction, caller: Caller, *, sequence_id: int, contact_id: int) -> None:
    """A contact's place in a sequence, before it is taken: by enrolling, or by coming back to a state that has
    finished. Not waited for, since who comes back holds tasks and states.
    """
    if not await tx.fetch_value(_PLACE, caller.team_id, sequence_id, contact_id):
        raise Conflict("Somebody is putting the contact into this sequence at this moment.")


async def call_off(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> None:
    """Tasks that are held."""
    if not task_ids:
        return
    columns = {"status": "cancelled", "completed_at": tx.now, "completed_by": caller.user_id}
    cancelled = await amend_tasks(tx, caller, list(task_ids), "task.cancelled", "t.open", columns)
    await withdraw_mailings(tx, caller, cancelled)


async def withdraw_mailings(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> None:
    """An e-mail that was to be sent for one of the tasks is a draft again."""
    await tx.execute(
        f"""{_WITHDRAW} and m.id in (
            select t.mailing_id from tasks t where t.team_id = $1 and t.id = any($4::bigint[]))""",
        caller.team_id,
        tx.tick(),
        caller.user_id,
        list(task_ids),
    )


async def withdraw_mailings_to(tx: Transaction, caller: Caller, contact_id: int) -> None:
    """Every e-mail that was to be sent to the contact is a draft again, be its task done or not."""
    await tx.execute(
        f"{_WITHDRAW} and m.contact_id = $4 and m.deleted_at is null",
        caller.team_id,
        tx.tick(),
        caller.user_id,
        contact_id,
    )
