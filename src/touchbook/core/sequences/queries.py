"""Reading sequences and what belongs to them. As lists have them: sheets.py."""

from collections import defaultdict
from collections.abc import Collection

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.sequences.mailing import Mailing
from touchbook.core.sequences.nouns import (
    MAILINGS,
    SEQUENCES,
    STATES,
    STEPS,
    TEMPLATES,
    Noun,
    Record,
)
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.state import SequenceState
from touchbook.core.sequences.step import Step
from touchbook.core.sequences.template import Template
from touchbook.core.transaction import Reader


async def find(reader: Reader, caller: Caller, noun: Noun[Record], record_id: int) -> Record:
    where = noun.standing(caller).add("x.id = {}", record_id)
    row = await reader.fetch_row(f"select {noun.columns} from {noun.table} x where {where.sql}", *where.args)
    if row is None:
        raise NotFound(noun.name.replace("_", " "), record_id)
    return noun.read(row)


async def by_id(reader: Reader, caller: Caller, noun: Noun[Record], ids: Collection[int]) -> dict[int, Record]:
    """Deleted ones too: what points to them still says what it was."""
    if not ids:
        return {}
    rows = await reader.fetch(
        f"select {noun.columns} from {noun.table} x where x.team_id = $1 and x.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: noun.read(row) for row in rows}


async def find_sequence(reader: Reader, caller: Caller, sequence_id: int) -> Sequence:
    return await find(reader, caller, SEQUENCES, sequence_id)


async def find_step(reader: Reader, caller: Caller, step_id: int) -> Step:
    return await find(reader, caller, STEPS, step_id)


async def find_template(reader: Reader, caller: Caller, template_id: int) -> Template:
    return await find(reader, caller, TEMPLATES, template_id)


async def find_state(reader: Reader, caller: Caller, state_id: int) -> SequenceState:
    return await find(reader, caller, STATES, state_id)


async def find_mailing(reader: Reader, caller: Caller, mailing_id: int) -> Mailing:
    return await find(reader, caller, MAILINGS, mailing_id)


async def sequences_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Sequence]:
    return await by_id(reader, caller, SEQUENCES, ids)


async def steps_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Step]:
    return await by_id(reader, caller, STEPS, ids)


async def templates_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Template]:
    return await by_id(reader, caller, TEMPLATES, ids)


async def states_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, SequenceState]:
    return await by_id(reader, caller, STATES, ids)


async def steps_of_sequences(
    reader: Reader, caller: Caller, sequence_ids: Collection[int]
) -> dict[int, list[Step]]:
    """In their order."""
    rows = await reader.fetch(
        f"""select {STEPS.columns} from sequence_steps x
        where x.team_id = $1 and x.sequence_id = any($2::bigint[]) and x.deleted_at is null
        order by x.position, x.id""",
        caller.team_id,
        list(sequence_ids),
    )
    steps: dict[int, list[Step]] = defaultdict(list)
    for row in rows:
        steps[row["sequence_id"]].append(STEPS.read(row))
    return steps


async def next_step(
    reader: Reader,
    caller: Caller,
    sequence_id: int,
    *,
    after: int | None = None,
    forbidden: Collection[str] = (),
) -> Step | None:
    """The first that is enabled, or the first after the step `after`, even if that has been deleted.

    `forbidden` kinds of steps are passed over.
    """
    row = await reader.fetch_row(
        f"""select {STEPS.columns} from sequence_steps x
        where x.team_id = $1 and x.sequence_id = $2 and x.deleted_at is null and x.enabled
        and x.position > coalesce(
            (select p.position from sequence_steps p where p.team_id = $1 and p.id = $3), 0)
        and x.kind <> all($4::text[])
        order by x.position, x.id limit 1""",
        caller.team_id,
        sequence_id,
        after,
        sorted(forbidden),
    )
    return STEPS.read(row) if row else None


class Said(Struct, frozen=True):
    """What a step says, and by which of its templates."""

    sequence_template_id: int
    template: Template


async def template_of_step(reader: Reader, caller: Caller, step_id: int) -> Said | None:
    """The oldest of those that are enabled."""
    row = await reader.fetch_row(
        f"""select l.id as link, {TEMPLATES.columns} from sequence_templates l
        join templates x on x.team_id = $1 and x.id = l.template_id and x.deleted_at is null
        where l.team_id = $1 and l.step_id = $2 and l.enabled and l.deleted_at is null
        order by l.id limit 1""",
        caller.team_id,
        step_id,
    )
    if row is None:
        return None
    link, *members = row
    return Said(link, Template(*members))


class Enrolment(Struct, frozen=True):
    state: SequenceState
    sequence: Sequence
    step: Step


async def states_of_contacts(
    reader: Reader, caller: Caller, contact_ids: Collection[int]
) -> dict[int, list[Enrolment]]:
    """Contact -> the sequences it is in, active or paused, the oldest first (RC-175)."""
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


async def task_at_hand(reader: Reader, caller: Caller, state_id: int) -> int | None:
    """The open task of its step; None unless it is active."""
    found: int | None = await reader.fetch_value(
        """select t.id from tasks t where t.team_id = $1 and t.sequence_state_id = $2 and t.open
        and t.deleted_at is null and starts_with(t.origin, 'sequence_step_')""",
        caller.team_id,
        state_id,
    )
    return found
