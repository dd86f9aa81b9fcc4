"""A step's task has ended, whoever ended it and through whatever dialect: its contact moves on.

However it ended. A step that was called off, missed or skipped is over as well, and a contact with nothing at
hand would stand in its sequence for ever; to leave it is a verb of its own (finishing.py).
"""

from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.sequences.asking import ask_for_step
from touchbook.core.sequences.finishing import close_states
from touchbook.core.sequences.nouns import STATES
from touchbook.core.sequences.queries import next_step
from touchbook.core.sequences.state import Outcome, SequenceState
from touchbook.core.sequences.writing import amend
from touchbook.core.transaction import Transaction


async def move_on(
    tx: Transaction, caller: Caller, *, task_ids: Collection[int], outcome: Outcome | None = None
) -> None:
    """Of the contacts whose step these tasks were; what is no step's task is passed over.

    The tasks are held and have ended. With an `outcome` the sequence has done its work: it is finished instead.
    """
    for state in await _hold_states_at(tx, caller, task_ids):
        if outcome is None:
            await go_on(tx, caller, state)
        else:
            await close_states(tx, caller, [state], outcome)


async def tasks_deleted(tx: Transaction, caller: Caller, *, task_ids: Collection[int]) -> None:
    """Like any other end; what was drafted for them goes with them."""
    await tx.execute(
        """update mailings m set deleted_at = $3, updated_at = $3, updated_by = $4
        where m.team_id = $1 and m.deleted_at is null
        and m.id in (select t.mailing_id from tasks t where t.team_id = $1 and t.id = any($2::bigint[]))""",
        caller.team_id,
        list(task_ids),
        tx.tick(),
        caller.user_id,
    )
    await move_on(tx, caller, task_ids=task_ids)


async def go_on(tx: Transaction, caller: Caller, state: SequenceState) -> None:
    """To the next step that is enabled; after the last one the sequence is finished."""
    contact = (await contacts_by_id(tx, caller, [state.contact_id]))[state.contact_id]
    step = await next_step(tx, caller, state.sequence_id, after=state.step_id)
    if contact.deleted_at is not None:
        await close_states(tx, caller, [state], "contact_deleted")
    elif step is None:
        await close_states(tx, caller, [state], "completed")
    else:
        moved = await amend(tx, caller, STATES, state, "moved", {"step_id": step.id})
        await ask_for_step(tx, caller, moved or state, step, contact)


async def _hold_states_at(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> list[SequenceState]:
    """Only those still at the step whose task it was: who comes second finds them gone on."""
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
