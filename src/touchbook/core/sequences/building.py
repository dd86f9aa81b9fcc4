"""Creates, changes and deletes sequences."""

from collections.abc import Collection

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.caller import Caller
from touchbook.core.differing import said
from touchbook.core.records import amend, check_name, insert, lock, remove
from touchbook.core.sequences.nouns import SEQUENCES, STEPS
from touchbook.core.sequences.queries import steps_of_sequences
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.teams.queries import check_member
from touchbook.core.transaction import Transaction


class SequenceChanges(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is. A sequence that is not `enabled` enrols nobody; `tags` replace all tags."""

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
    """The sequence has no steps yet.

    Errors: Invalid without a name, UnknownRecord for an owner outside the team.
    """
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
    """Return the changed sequence, or None if nothing differed.

    Disabling it does not stop contacts that are in it. Errors: NotFound, Invalid without a name, UnknownRecord for
    an owner outside the team.
    """
    if changes.name is not UNSET:
        check_name(changes.name)
    requested = said(changes)
    if changes.tags is not UNSET:
        requested["tags"] = _distinct(changes.tags)
    sequence = await lock(tx, caller, SEQUENCES, sequence_id)
    if changes.owner_id is not UNSET and changes.owner_id != sequence.owner_id:
        await check_member(tx, caller, changes.owner_id)
    return await amend(tx, caller, SEQUENCES, sequence, "updated", requested)


async def delete_sequence(tx: Transaction, caller: Caller, *, sequence_id: int) -> None:
    """Delete a sequence with its steps. Its states are finished, and their open tasks cancelled."""
    await lock(tx, caller, SEQUENCES, sequence_id)
    steps = await steps_of_sequences(tx, caller, [sequence_id])
    await remove(tx, caller, STEPS, [step.id for step in steps.get(sequence_id, ())])
    await remove(tx, caller, SEQUENCES, [sequence_id])


def _distinct(tags: Collection[str]) -> list[str]:
    return list(dict.fromkeys(tags))
