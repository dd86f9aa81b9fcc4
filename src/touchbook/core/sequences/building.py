"""A sequence itself: made, changed, taken away."""

from collections.abc import Collection
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.records import amend, check_name, insert, lock, remove
from touchbook.core.sequences.nouns import SEQUENCES, STEPS
from touchbook.core.sequences.queries import steps_of_sequences
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.teams.queries import check_member
from touchbook.core.transaction import Transaction

_EDITABLE = frozenset({"name", "description", "enabled", "owner_id", "tags"})


async def create_sequence(
    tx: Transaction,
    caller: Caller,
    *,
    name: str,
    description: str | None = None,
    enabled: bool = True,
    owner_id: int | None = None,
    tags: Collection[str] = (),
) -> Sequence:
    """Without steps. Errors: Invalid without a name, UnknownRecord for an owner who is not of the team."""
    check_name(name)
    owner_id = owner_id or caller.user_id
    assert owner_id is not None
    await check_member(tx, caller, owner_id)
    wished = list(dict.fromkeys(tags))
    return await insert(
        tx,
        caller,
        SEQUENCES,
        name=name,
        description=description,
        enabled=enabled,
        owner_id=owner_id,
        tags=wished,
    )


async def edit_sequence(tx: Transaction, caller: Caller, *, sequence_id: int, **members: Any) -> Sequence | None:
    """Whoever is in it goes on when it is disabled: it takes nobody in."""
    if not _EDITABLE.issuperset(members):
        raise TypeError(f"not editable: {sorted(members.keys() - _EDITABLE)}")
    if "name" in members:
        check_name(members["name"])
    if "owner_id" in members:
        await check_member(tx, caller, members["owner_id"])
    if "tags" in members:
        members["tags"] = list(dict.fromkeys(members["tags"]))
    sequence = await lock(tx, caller, SEQUENCES, sequence_id)
    return await amend(tx, caller, SEQUENCES, sequence, "updated", members)


async def delete_sequence(tx: Transaction, caller: Caller, *, sequence_id: int) -> None:
    """With its steps. Whoever is in it has finished, and what was to be done next is called off."""
    await lock(tx, caller, SEQUENCES, sequence_id)
    steps = await steps_of_sequences(tx, caller, [sequence_id])
    await remove(tx, caller, STEPS, [step.id for step in steps.get(sequence_id, ())])
    await remove(tx, caller, SEQUENCES, [sequence_id])
