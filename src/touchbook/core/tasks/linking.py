"""Plans which links of a task are added, changed and removed. The rules are pure functions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from touchbook.core.differing import canonical
from touchbook.core.errors import Invalid, UnknownRecord
from touchbook.core.tasks.association import Association, AssociationChange, NewAssociation
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.task import RecordKind
from touchbook.core.transaction import Event

MOST_ASSOCIATIONS = 500


class LinkPlan(Struct):
    """`changed` holds links as they are to be."""

    added: list[NewAssociation]
    changed: list[Association]
    removed: list[Association]

    @property
    def differs(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def events(self, task_id: int) -> Iterator[Event]:
        if self.added or self.changed:
            yield Event("task.associated", task_id, told_of([*self.added, *self.changed]))
        if self.removed:
            yield Event("task.dissociated", task_id, told_of(self.removed))


def plan_links(changes: TaskChanges, standing: Sequence[Association]) -> LinkPlan:
    """`standing` are the links that the caller sees; the others stay untouched.

    Errors: UnknownRecord for a link that the task does not have, Invalid for too many.
    """
    plan = LinkPlan([], [], [])
    _associate(plan, standing, changes)
    plan.removed += [each for each in standing if each.id in set(changes.dissociated)]
    for kind, record in changes.first_records.items():
        _replace_first(plan, [each for each in standing if each.kind == kind], kind, record)
    if len(standing) + len(plan.added) - len(plan.removed) > MOST_ASSOCIATIONS:
        raise Invalid({"associations": [f"A task has at most {MOST_ASSOCIATIONS} associations."]})
    return plan


def last_of_each(new: Sequence[NewAssociation]) -> list[NewAssociation]:
    """Keep the last mention of each record; a record that is linked twice is one link."""
    return list({(each.kind, each.record): each for each in new}.values())


def _associate(plan: LinkPlan, standing: Sequence[Association], changes: TaskChanges) -> None:
    """Adding a link to a record that is linked already changes that link (RT-47, RT-48)."""
    linked = {(each.kind, each.record): each.id for each in standing}
    new = last_of_each(changes.associations)
    plan.added += [each for each in new if (each.kind, each.record) not in linked]
    again = [
        _change(linked[each.kind, each.record], each)
        for each in changes.associations
        if (each.kind, each.record) in linked
    ]
    plan.changed += _differing({each.id: each for each in standing}, [*changes.association_changes, *again])


def _change(association_id: int, again: NewAssociation) -> AssociationChange:
    """Members that the repeated link leaves out stay as they are."""
    return AssociationChange(
        id=association_id,
        index=UNSET if again.index is None else again.index,
        metadata=UNSET if again.metadata is None else again.metadata,
    )


def differs(association: Association, change: AssociationChange) -> bool:
    return _changed(association, change) is not association


def _differing(standing: dict[int, Association], changes: Sequence[AssociationChange]) -> list[Association]:
    """Return the links that differ, as they are to be; the last mention of each counts."""
    requested = dict(standing)
    for change in changes:
        if change.id not in requested:
            raise UnknownRecord("association", change.id)
        requested[change.id] = _changed(requested[change.id], change)
    return [each for each in requested.values() if _says(each) != _says(standing[each.id])]


def _changed(association: Association, change: AssociationChange) -> Association:
    said = {name: getattr(change, name) for name in ("index", "metadata")}
    after = msgspec.structs.replace(
        association, **{name: value for name, value in said.items() if value is not UNSET}
    )
    return association if _says(after) == _says(association) else after


def _says(association: Association) -> tuple[int | None, bytes | None]:
    return association.index, canonical(association.metadata)


def _replace_first(plan: LinkPlan, links: Sequence[Association], kind: RecordKind, record: int | None) -> None:
    """Replace the first record of its kind and keep the rest (M-9); None removes the first alone."""
    if record == (links[0].record if links else None):
        return
    plan.removed += links[:1]
    if record is None:
        return
    place = _first_index(links, record)
    linked = next((each for each in links[1:] if each.record == record), None)
    if linked is None:
        plan.added.append(NewAssociation(kind, record, place))
    elif linked.index != place:
        plan.changed.append(msgspec.structs.replace(linked, index=place))


def _first_index(links: Sequence[Association], record: int) -> int | None:
    """Return an index that sorts before the remaining links: the index of the first, where that is low enough."""
    first = links[0].index if links else None
    rest = [link.index for link in links[1:] if link.record != record]
    lowest = min((index for index in rest if index is not None), default=None)
    if not rest or (first is not None and (lowest is None or first < lowest)):
        return first
    return 0 if lowest is None else lowest - 1


def told_of(records: Iterable[Association | NewAssociation]) -> dict[str, Any]:
    """Return the records of links for an event, by their kind in the plural."""
    told: dict[str, Any] = {}
    for each in records:
        told.setdefault(f"{each.kind}s", []).append(each.record)
    return told
