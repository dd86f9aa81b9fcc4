"""Renders tasks of the core as items."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from msgspec import Raw

from touchbook.core.tasks.association import Association
from touchbook.core.tasks.due_times import given_instant
from touchbook.core.tasks.reminder import Reminder
from touchbook.core.tasks.task import Kind, Task
from touchbook.dialects.rechat.tasks.bodies import ShownKind, ShownStatus
from touchbook.dialects.rechat.tasks.items import AssociationItem, ReminderItem, ShownTask, TaskItem
from touchbook.dialects.rechat.times import seconds, seconds_or_none

# The first that is shown so is what a write means (7.4).
KINDS: dict[ShownKind, tuple[Kind, ...]] = {
    "Call": ("call",),
    "Message": ("message",),
    "Todo": ("todo", "in_person"),
}
_SHOWN_KIND: dict[Kind, ShownKind] = {kind: shown for shown, kinds in KINDS.items() for kind in kinds}


def shown_status(task: ShownTask | Task) -> ShownStatus:
    return "PENDING" if task.is_open else "DONE"


def shown_kind(task: ShownTask | Task) -> ShownKind:
    return _SHOWN_KIND[task.kind]


def task_item(task: ShownTask | Task, brand: str, zone: ZoneInfo, /, **asked: Any) -> TaskItem:
    """`asked` are the requested further members.

    A date-only task is all day, and due at the start of its day in the team's zone unless a time was sent with it
    (M-5).
    """
    return TaskItem(
        id=str(task.uid),
        created_at=seconds(task.created_at),
        updated_at=seconds(task.updated_at),
        title=task.shown_title,
        description=task.description,
        due_date=seconds_or_none(given_instant(task, zone)),
        end_date=seconds_or_none(task.end_at),
        status=shown_status(task),
        task_type=shown_kind(task),
        all_day=task.due_on is not None,
        metadata=raw(task.metadata),
        brand=brand,
        **asked,
    )


def association_item(
    association: Association, task: ShownTask | Task, brand: str, /, **asked: Any
) -> AssociationItem:
    return AssociationItem(
        id=str(association.uid),
        created_at=seconds(association.created_at),
        updated_at=seconds(association.updated_at),
        created_by=str(association.creator_uid),
        brand=brand,
        association_type=association.kind,  # type: ignore[arg-type]
        crm_task=str(task.uid),
        index=association.index,
        metadata=raw(association.metadata),
        **asked,
    )


def reminder_item(reminder: Reminder, task: ShownTask | Task) -> ReminderItem:
    return ReminderItem(
        id=str(reminder.uid),
        created_at=seconds(reminder.created_at),
        updated_at=seconds(reminder.updated_at),
        is_relative=reminder.relative,
        timestamp=seconds(reminder.at),
        task=str(task.uid),
    )


def raw(json: str | None) -> Any:
    return None if json is None else cast(Any, Raw(json.encode()))
