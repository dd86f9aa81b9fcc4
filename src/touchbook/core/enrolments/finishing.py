"""Contacts leave sequences, and the open tasks of their steps are cancelled."""

from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.enrolments.locking import cancel_tasks, lock_states
from touchbook.core.enrolments.nouns import STATES
from touchbook.core.enrolments.queries import find_state
from touchbook.core.enrolments.state import FinishReason, SequenceState
from touchbook.core.events import record_each
from touchbook.core.records import remove
from touchbook.core.transaction import Event, Transaction


async def finish_state(
    tx: Transaction, caller: Caller, *, state_id: int, reason: FinishReason = "stopped"
) -> SequenceState | None:
    """A finished state keeps its reason."""
    await find_state(tx, caller, state_id)
    return await find_state(tx, caller, state_id) if await _finish(tx, caller, [state_id], reason) else None


async def delete_state(tx: Transaction, caller: Caller, *, state_id: int) -> None:
    """Finish the state first; its tasks stay as they ended."""
    await find_state(tx, caller, state_id)
    await _finish(tx, caller, [state_id], "stopped")
    await remove(tx, caller, STATES, [state_id])


async def leave_deleted_sequences(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Finish the states of deleted sequences."""
    rows = await tx.fetch(
        """select s.id from sequence_states s where s.team_id = $1 and s.sequence_id = any($2::bigint[])
        and s.state <> 'finished' and s.deleted_at is null""",
        caller.team_id,
        [event.subject_id for event in events],
    )
    await _finish(tx, caller, [row["id"] for row in rows], "sequence_deleted")


async def leave_deleted(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Finish the states of deleted contacts."""
    contacts = [event.record.id for event in events]
    await leave_sequences(tx, caller, contact_ids=contacts, reason="contact_deleted")


async def leave_sequences(
    tx: Transaction, caller: Caller, *, contact_ids: Collection[int], reason: FinishReason
) -> None:
    """Finish all sequences of the contacts."""
    rows = await tx.fetch(
        """select s.id from sequence_states s where s.team_id = $1 and s.contact_id = any($2::bigint[])
        and s.state <> 'finished' and s.deleted_at is null""",
        caller.team_id,
        list(contact_ids),
    )
    await _finish(tx, caller, [row["id"] for row in rows], reason)


async def _finish(tx: Transaction, caller: Caller, state_ids: Collection[int], reason: FinishReason) -> bool:
    held = await lock_states(tx, caller, state_ids)
    await close_states(tx, caller, held.states, reason)
    await cancel_tasks(tx, caller, held.task_ids)
    return bool(held.states)


async def close_states(
    tx: Transaction, caller: Caller, states: Collection[SequenceState], reason: FinishReason
) -> None:
    """The states are locked. Their open tasks no longer advance the contact."""
    if not states:
        return
    await tx.execute(
        """update sequence_states s set state = 'finished', finish_reason = $3, state_changed_at = $4,
            updated_at = $4, updated_by = $5
        where s.team_id = $1 and s.id = any($2::bigint[])""",
        caller.team_id,
        [state.id for state in states],
        reason,
        tx.tick(),
        caller.user_id,
    )
    told = {"state": "finished", "finish_reason": reason}
    await record_each(tx, caller, f"{STATES.name}.finished", {state.id: told for state in states})
