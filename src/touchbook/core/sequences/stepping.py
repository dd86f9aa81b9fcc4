"""The steps of a sequence. The sequence is held meanwhile, so that no two come to the same place."""

from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid
from touchbook.core.records import amend, insert, lock, remove
from touchbook.core.sequences.nouns import SEQUENCES, STEPS
from touchbook.core.sequences.queries import find_step
from touchbook.core.sequences.step import STEP_KINDS, Step, StepKind
from touchbook.core.tasks.task import DEFAULT_PRIORITY
from touchbook.core.transaction import Transaction

LONGEST = 366 * 24 * 60 * 60

_EDITABLE = frozenset({"kind", "delay", "note", "priority", "autoskip_after", "enabled", "position"})


async def add_step(
    tx: Transaction,
    caller: Caller,
    *,
    sequence_id: int,
    kind: StepKind,
    delay: int = 0,
    note: str | None = None,
    priority: int = DEFAULT_PRIORITY,
    autoskip_after: int | None = None,
    enabled: bool = True,
    position: int | None = None,
) -> Step:
    """At its end, or at `position`, where those from there on make room. Times in seconds, at most LONGEST.

    Errors: NotFound for the sequence, Invalid for what a step cannot be.
    """
    members: dict[str, Any] = {
        "kind": kind,
        "delay": delay,
        "note": note,
        "priority": priority,
        "autoskip_after": autoskip_after,
        "enabled": enabled,
    }
    _check(members if position is None else {**members, "position": position})
    await lock(tx, caller, SEQUENCES, sequence_id)
    place = await _place(tx, caller, sequence_id, position)
    return await insert(tx, caller, STEPS, sequence_id=sequence_id, position=place, **members)


async def edit_step(tx: Transaction, caller: Caller, *, step_id: int, **members: Any) -> Step | None:
    """What has been asked already stays as it is."""
    if not _EDITABLE.issuperset(members):
        raise TypeError(f"not editable: {sorted(members.keys() - _EDITABLE)}")
    _check(members)
    step = await find_step(tx, caller, step_id)
    await lock(tx, caller, SEQUENCES, step.sequence_id)
    step = await lock(tx, caller, STEPS, step_id)
    if members.get("position", step.position) != step.position:
        members["position"] = await _place(tx, caller, step.sequence_id, members["position"])
    return await amend(tx, caller, STEPS, step, "updated", members)


async def delete_step(tx: Transaction, caller: Caller, *, step_id: int) -> None:
    """Asked of nobody any more. Whoever has come to it stays there until its task has ended."""
    step = await find_step(tx, caller, step_id)
    await lock(tx, caller, SEQUENCES, step.sequence_id)
    await remove(tx, caller, STEPS, [step_id])


async def _place(tx: Transaction, caller: Caller, sequence_id: int, position: int | None) -> int:
    """Deleted ones make room too: somebody may still stand there."""
    if position is not None:
        await tx.execute(
            """update sequence_steps p set position = p.position + 1
            where p.team_id = $1 and p.sequence_id = $2 and p.position >= $3""",
            caller.team_id,
            sequence_id,
            position,
        )
        return position
    last: int = await tx.fetch_value(
        """select coalesce(max(p.position), 0) from sequence_steps p
        where p.team_id = $1 and p.sequence_id = $2""",
        caller.team_id,
        sequence_id,
    )
    return last + 1


def _check(members: dict[str, Any]) -> None:
    problems: dict[str, list[str]] = {}
    if members.get("kind", "call") not in STEP_KINDS:
        problems["kind"] = [f"Must be one of {', '.join(sorted(STEP_KINDS))}."]
    if not 0 <= members.get("delay", 0) <= LONGEST:
        problems["delay"] = ["Must be from nothing to 366 days."]
    if not 1 <= (1 if members.get("autoskip_after") is None else members["autoskip_after"]) <= LONGEST:
        problems["autoskip_after"] = ["Must be from a second to 366 days."]
    if not 0 <= members.get("priority", 0) <= 4:
        problems["priority"] = ["Must be from 0 to 4."]
    if not 1 <= members.get("position", 1) <= 10_000:
        problems["position"] = ["Must be from 1 to 10,000."]
    if problems:
        raise Invalid(problems)
