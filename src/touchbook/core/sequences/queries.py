"""Reads of sequences, steps and their templates. Lists are in query_schemas.py."""

from collections import defaultdict
from collections.abc import Collection

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.records import by_id, find
from touchbook.core.sequences.nouns import SEQUENCES, STEPS
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.step import Step
from touchbook.core.templates.nouns import TEMPLATES
from touchbook.core.templates.template import Template
from touchbook.core.transaction import Reader


async def find_sequence(reader: Reader, caller: Caller, sequence_id: int) -> Sequence:
    return await find(reader, caller, SEQUENCES, sequence_id)


async def find_step(reader: Reader, caller: Caller, step_id: int) -> Step:
    return await find(reader, caller, STEPS, step_id)


async def sequences_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Sequence]:
    return await by_id(reader, caller, SEQUENCES, ids)


async def steps_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Step]:
    return await by_id(reader, caller, STEPS, ids)


async def steps_of_sequences(
    reader: Reader, caller: Caller, sequence_ids: Collection[int]
) -> dict[int, list[Step]]:
    """Return the steps by sequence, in their order."""
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
    """Return the first enabled step, or the first after step `after`, even if that has been deleted.

    Steps of `forbidden` kinds are skipped.
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


class StepTemplate(Struct, frozen=True):
    """The text of a step, and the template that it comes from."""

    sequence_template_id: int
    template: Template


async def template_of_step(reader: Reader, caller: Caller, step_id: int) -> StepTemplate | None:
    """Return the oldest enabled template."""
    row = await reader.fetch_row(
        f"""select l.id as link, {TEMPLATES.columns} from sequence_templates l
        join templates x on x.team_id = l.team_id and x.id = l.template_id and x.deleted_at is null
        where l.team_id = $1 and l.step_id = $2 and l.enabled and l.deleted_at is null
        order by l.id limit 1""",
        caller.team_id,
        step_id,
    )
    if row is None:
        return None
    link, *members = row
    return StepTemplate(link, Template(*members))
