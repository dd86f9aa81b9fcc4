"""The steps of a sequence. The sequence is locked while they change, so that no two take the same position."""

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.caller import Caller
from touchbook.core.differing import said
from touchbook.core.errors import Invalid
from touchbook.core.events import record_each
from touchbook.core.records import amend, insert, lock, remove
from touchbook.core.sequences.nouns import SEQUENCES, STEPS
from touchbook.core.sequences.queries import find_step
from touchbook.core.sequences.step import STEP_KINDS, Sending, Step, StepKind
from touchbook.core.tasks.task import DEFAULT_PRIORITY
from touchbook.core.transaction import Transaction

LONGEST = 366 * 24 * 60 * 60
_BOUNDS = {
    "delay": (0, LONGEST, "Must be from nothing to 366 days."),
    "autoskip_after": (1, LONGEST, "Must be from a second to 366 days."),
    "priority": (0, 4, "Must be from 0 to 4."),
    "position": (1, 10_000, "Must be from 1 to 10,000."),
}


class StepChanges(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is. Times are in seconds, at most LONGEST."""

    kind: StepKind | UnsetType = UNSET
    sending: Sending | UnsetType | None = UNSET
    delay: int | UnsetType = UNSET
    note: str | UnsetType | None = UNSET
    priority: int | UnsetType = UNSET
    autoskip_after: int | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    position: int | UnsetType = UNSET


async def add_step(
    tx: Transaction,
    caller: Caller,
    *,
    sequence_id: int,
    kind: StepKind,
    sending: Sending | None = None,
    delay: int = 0,
    note: str | None = None,
    priority: int = DEFAULT_PRIORITY,
    autoskip_after: int | None = None,
    enabled: bool = True,
    position: int | None = None,
) -> Step:
    """Append the step, or insert it at `position`, shifting those behind it.

    Times are in seconds, at most LONGEST. Errors: NotFound for the sequence, Invalid for a step with wrong values.
    """
    requested = StepChanges(
        kind=kind,
        sending=sending,
        delay=delay,
        note=note,
        priority=priority,
        autoskip_after=autoskip_after,
        enabled=enabled,
        position=UNSET if position is None else position,
    )
    _check(requested)
    await lock(tx, caller, SEQUENCES, sequence_id)
    if position is None:
        position = await _end(tx, caller, sequence_id)
    else:
        await _make_room(tx, caller, sequence_id, position)
    return await insert(tx, caller, STEPS, sequence_id=sequence_id, **said(requested) | {"position": position})


async def change_step(tx: Transaction, caller: Caller, step_id: int, changes: StepChanges) -> Step | None:
    """Return the changed step, or None if nothing differed.

    Tasks created already stay as they are. Errors: NotFound, and Invalid for a step with wrong values.
    """
    _check(changes)
    step = await find_step(tx, caller, step_id)
    await lock(tx, caller, SEQUENCES, step.sequence_id)
    step = await lock(tx, caller, STEPS, step_id)
    if changes.position is not UNSET and changes.position != step.position:
        await _make_room(tx, caller, step.sequence_id, changes.position, moving=step_id)
    return await amend(tx, caller, STEPS, step, "updated", said(changes))


async def delete_step(tx: Transaction, caller: Caller, *, step_id: int) -> None:
    """Delete a step. Contacts that have reached it stay there until their task has ended."""
    step = await find_step(tx, caller, step_id)
    await lock(tx, caller, SEQUENCES, step.sequence_id)
    await remove(tx, caller, STEPS, [step_id])


async def _make_room(
    tx: Transaction, caller: Caller, sequence_id: int, position: int, *, moving: int | None = None
) -> None:
    """Shift steps from that position on, but not the `moving` one.

    Deleted steps shift too, without events: a contact may still be there.
    """
    rows = await tx.fetch(
        """update sequence_steps p set position = p.position + 1
        where p.team_id = $1 and p.sequence_id = $2 and p.position >= $3 and p.id is distinct from $4
        returning p.id, p.position, p.deleted_at""",
        caller.team_id,
        sequence_id,
        position,
        moving,
    )
    told = {row["id"]: {"position": row["position"]} for row in rows if row["deleted_at"] is None}
    await record_each(tx, caller, f"{STEPS.name}.updated", dict(sorted(told.items())))


async def _end(tx: Transaction, caller: Caller, sequence_id: int) -> int:
    """Return the position after the last step, deleted ones included, since contacts may still be there."""
    last: int = await tx.fetch_value(
        """select coalesce(max(p.position), 0) from sequence_steps p
        where p.team_id = $1 and p.sequence_id = $2""",
        caller.team_id,
        sequence_id,
    )
    return last + 1


def _check(requested: StepChanges) -> None:
    members = said(requested)
    problems = {
        name: [sentence]
        for name, (least, most, sentence) in _BOUNDS.items()
        if members.get(name) is not None and not least <= members[name] <= most
    }
    if requested.kind is not UNSET and requested.kind not in STEP_KINDS:
        problems["kind"] = [f"Must be one of {', '.join(sorted(STEP_KINDS))}."]
    if problems:
        raise Invalid(problems)
