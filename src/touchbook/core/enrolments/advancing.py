"""When the task of a step ends, its contact advances to the next step.

It advances however the task ended: a contact whose step was cancelled, missed or skipped would otherwise wait in
its sequence for ever. Leaving a sequence is a verb of its own (finishing.py).
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Self

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.enrolments.asking import Asked, ask_for_steps
from touchbook.core.enrolments.finishing import close_states
from touchbook.core.enrolments.nouns import STATES
from touchbook.core.enrolments.permitting import forbidden_kinds
from touchbook.core.enrolments.state import Outcome, SequenceState
from touchbook.core.events import record_each
from touchbook.core.sequences.queries import next_step
from touchbook.core.transaction import Event, Transaction


async def advance_contacts(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Advance the contacts whose step these tasks were; tasks of no step are skipped.

    The tasks are locked and have ended.
    """
    steps = [event.record.id for event in events if event.record.sequence_state_id is not None]
    if steps:
        await advance_states(tx, caller, await _lock_states_at(tx, caller, steps))


async def finish_step(tx: Transaction, caller: Caller, *, task_id: int, outcome: Outcome) -> None:
    """Record that the task has done the sequence's work, so that its contact does not advance when it ends."""
    await close_states(tx, caller, await _lock_states_at(tx, caller, [task_id]), outcome)


async def advance_states(tx: Transaction, caller: Caller, states: Sequence[SequenceState]) -> None:
    """Advance to the next step that is enabled and that the contact accepts; after the last one the sequence is
    finished. The states are locked, active, and have no open task.
    """
    if not states:
        return
    contacts = await contacts_by_id(tx, caller, {state.contact_id for state in states})
    places = {state.id: _Position.of(state, contacts[state.contact_id]) for state in states}
    following = {
        place: await next_step(tx, caller, place.sequence_id, after=place.step_id, forbidden=place.forbidden)
        for place in set(places.values())
    }
    moves, left, done = [], [], []
    for state in states:
        contact, step = contacts[state.contact_id], following[places[state.id]]
        if contact.deleted_at is not None:
            left.append(state)
        elif step is None:
            done.append(state)
        else:
            moves.append(Asked(state, step, contact))
    await close_states(tx, caller, left, "contact_deleted")
    await close_states(tx, caller, done, "completed")
    if moves:
        await _move(tx, caller, moves)
        await ask_for_steps(tx, caller, moves)


class _Position(NamedTuple):
    """The position of a contact in a sequence, and the kinds of steps it has opted out of."""

    sequence_id: int
    step_id: int
    forbidden: frozenset[str]

    @classmethod
    def of(cls, state: SequenceState, contact: Contact) -> Self:
        return cls(state.sequence_id, state.step_id, forbidden_kinds(contact))


async def _move(tx: Transaction, caller: Caller, moves: Sequence[Asked]) -> None:
    await tx.execute(
        """update sequence_states s set step_id = m.step_id, updated_at = $4, updated_by = $5
        from unnest($2::bigint[], $3::bigint[]) as m (state_id, step_id)
        where s.team_id = $1 and s.id = m.state_id""",
        caller.team_id,
        [move.state.id for move in moves],
        [move.step.id for move in moves],
        tx.tick(),
        caller.user_id,
    )
    changes = {move.state.id: {"step": move.step.id} for move in moves}
    await record_each(tx, caller, f"{STATES.name}.advanced", changes)


async def _lock_states_at(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> list[SequenceState]:
    """Lock only states that are still at the step of the task: a second transaction finds them advanced."""
    # PostgreSQL checks the conditions again after waiting for the lock, so that a state advances only once.
    rows = await tx.fetch(
        f"""select {STATES.columns} from sequence_states x
        where x.team_id = $1 and x.state = 'active' and x.deleted_at is null and (x.id, x.step_id) in (
            select t.sequence_state_id, t.sequence_step_id from tasks t
            where t.team_id = $1 and t.id = any($2::bigint[]) and starts_with(t.origin, 'sequence_step_'))
        order by x.id for update""",
        caller.team_id,
        list(task_ids),
    )
    return list(map(STATES.read, rows))
