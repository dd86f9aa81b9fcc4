"""A sequence itself: made, changed, taken away."""

from collections.abc import Collection

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.caller import Caller
from touchbook.core.records import amend, check_name, insert, lock, remove, said
from touchbook.core.sequences.nouns import SEQUENCES, STEPS
from touchbook.core.sequences.queries import steps_of_sequences
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.teams.queries import check_member
from touchbook.core.transaction import Transaction


class SequenceChanges(Struct, frozen=True, kw_only=True):
    """UNSET is not said. One that is not `enabled` takes nobody in; `tags` are all of them."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    owner_id: int | UnsetType = UNSET
    tags: Collection[str] | UnsetType = UNSET


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
    return await insert(
        tx,
        caller,
        SEQUENCES,
        name=name,
        description=description,
        enabled=enabled,
        owner_id=owner_id,
        tags=_distinct(tags),
    )


async def change_sequence(
    tx: Transaction, caller: Caller, sequence_id: int, changes: SequenceChanges
) -> Sequence | None:
    """The sequence as it is then; None if it was so before. Whoever is in it goes on when it is disabled.

    Errors: NotFound, Invalid without a name, UnknownRecord for an owner who is not of the team.
    """
    if changes.name is not UNSET:
        check_name(changes.name)
    wished = said(changes)
    if changes.tags is not UNSET:
        wished["tags"] = _distinct(changes.tags)
    sequence = await lock(tx, caller, SEQUENCES, sequence_id)
    if changes.owner_id is not UNSET and changes.owner_id != sequence.owner_id:
        await check_member(tx, caller, changes.owner_id)
    return await amend(tx, caller, SEQUENCES, sequence, "updated", wished)


async def delete_sequence(tx: Transaction, caller: Caller, *, sequence_id: int) -> None:
    """With its steps. Whoever is in it has finished, and what was to be done next is called off."""
    await lock(tx, caller, SEQUENCES, sequence_id)
    steps = await steps_of_sequences(tx, caller, [sequence_id])
    await remove(tx, caller, STEPS, [step.id for step in steps.get(sequence_id, ())])
    await remove(tx, caller, SEQUENCES, [sequence_id])


def _distinct(tags: Collection[str]) -> list[str]:
    return list(dict.fromkeys(tags))
