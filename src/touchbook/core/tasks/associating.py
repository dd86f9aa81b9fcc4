"""Links a task to the records that it is about. The functions return None if nothing differed."""

from collections.abc import Collection, Sequence

from touchbook.core.caller import Caller
from touchbook.core.tasks.association import AssociationChange, NewAssociation
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.task import RecordKind, Task
from touchbook.core.transaction import Transaction


async def associate_records(
    tx: Transaction,
    caller: Caller,
    *,
    task_id: int,
    new: Sequence[NewAssociation] = (),
    changes: Sequence[AssociationChange] = (),
) -> Task | None:
    """Add links, and change index and metadata of existing ones (RT-47, RT-48)."""
    said = TaskChanges(associations=new, association_changes=changes)
    return await change_task(tx, caller, task_id, said)


async def dissociate_records(
    tx: Transaction, caller: Caller, *, task_id: int, association_ids: Collection[int]
) -> Task | None:
    return await change_task(tx, caller, task_id, TaskChanges(dissociated=association_ids))


async def replace_first_record(
    tx: Transaction, caller: Caller, *, task_id: int, kind: RecordKind, record: int | None
) -> Task | None:
    """Replace the first record of its kind and keep the rest (M-9); None removes the first."""
    return await change_task(tx, caller, task_id, TaskChanges(first_records={kind: record}))
