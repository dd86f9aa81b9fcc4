"""Reads of sequence states. Lists are in query_schemas.py."""

from collections import defaultdict
from collections.abc import Collection

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.enrolments.nouns import STATES
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.records import by_id, find
from touchbook.core.sequences.queries import sequences_by_id, steps_by_id
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.step import Step
from touchbook.core.transaction import Reader


async def find_state(reader: Reader, caller: Caller, state_id: int) -> SequenceState:
    return await find(reader, caller, STATES, state_id)


async def states_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, SequenceState]:
    return await by_id(reader, caller, STATES, ids)


class Enrolment(Struct, frozen=True):
    state: SequenceState
    sequence: Sequence
    step: Step


async def states_of_contacts(
    reader: Reader, caller: Caller, contact_ids: Collection[int]
) -> dict[int, list[Enrolment]]:
    """Return by contact its active and paused sequences, the oldest first (RC-175)."""
    rows = await reader.fetch(
        f"""select {STATES.columns} from sequence_states x
        where x.team_id = $1 and x.contact_id = any($2::bigint[]) and x.state <> 'finished'
        and x.deleted_at is null order by x.id""",
        caller.team_id,
        list(contact_ids),
    )
    states = list(map(STATES.read, rows))
    sequences = await sequences_by_id(reader, caller, {state.sequence_id for state in states})
    steps = await steps_by_id(reader, caller, {state.step_id for state in states})
    enrolments: dict[int, list[Enrolment]] = defaultdict(list)
    for state in states:
        enrolment = Enrolment(state, sequences[state.sequence_id], steps[state.step_id])
        enrolments[state.contact_id].append(enrolment)
    return enrolments


async def open_task_of(reader: Reader, caller: Caller, state_id: int) -> int | None:
    """Return the open task of the state's step, or None unless the state is active."""
    found: int | None = await reader.fetch_value(
        """select t.id from tasks t where t.team_id = $1 and t.sequence_state_id = $2 and t.open
        and t.deleted_at is null and starts_with(t.origin, 'sequence_step_')""",
        caller.team_id,
        state_id,
    )
    return found
