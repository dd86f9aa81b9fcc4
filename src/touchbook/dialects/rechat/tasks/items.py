"""Shapes of tasks in answers."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.tasks.task import Kind, Status, TaskMembers
from touchbook.dialects.rechat.contacts.items import ContactItem, DealItem
from touchbook.dialects.rechat.file_items import FileItem
from touchbook.dialects.rechat.tasks.bodies import AssociationType, ShownKind, ShownStatus
from touchbook.dialects.rechat.users import UserItem


class ReminderItem(Struct, frozen=True, kw_only=True):
    id: str
    created_at: float
    updated_at: float
    deleted_at: float | None = None
    is_relative: bool
    timestamp: float
    task: str
    type: str = "reminder"


class AssociationItem(Struct, frozen=True, kw_only=True):
    """The record is only in the requested members (RT-82); `listing` is as imported."""

    id: str
    created_at: float
    updated_at: float
    deleted_at: float | None = None
    created_by: str | None
    brand: str
    association_type: AssociationType
    crm_task: str
    contact: ContactItem | UnsetType | None = UNSET
    deal: DealItem | UnsetType | None = UNSET
    listing: dict[str, Any] | UnsetType | None = UNSET
    index: int | None
    metadata: dict[str, Any] | None
    type: str = "crm_association"


class ShownTask(Struct, TaskMembers, frozen=True):
    """The members of a task that TaskItem shows, called as in the core; what it is about is read with its
    associations.
    """

    id: int
    uid: UUID
    title: str | None
    description: str | None
    kind: Kind
    status: Status
    due_at: datetime | None
    due_on: date | None
    due_offset: timedelta
    end_at: datetime | None
    metadata: str | None
    assignees: list[int]
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime


class TaskItem(Struct, frozen=True, kw_only=True):
    """The members that may be unset are there on request (RT-18)."""

    id: str
    created_at: float
    updated_at: float
    deleted_at: float | None = None
    title: str
    description: str | None
    due_date: float | None
    end_date: float | None
    status: ShownStatus
    task_type: ShownKind
    all_day: bool
    metadata: dict[str, Any] | None
    kind: str = "Task"
    assignees: list[UserItem] | UnsetType = UNSET
    associations: list[AssociationItem] | UnsetType = UNSET
    reminders: list[ReminderItem] | UnsetType = UNSET
    files: list[FileItem] | UnsetType = UNSET
    created_by: UserItem | UnsetType | None = UNSET
    updated_by: UserItem | UnsetType | None = UNSET
    brand: str
    type: str = "crm_task"
    contacts: list[str] | UnsetType = UNSET
    deals: list[str] | UnsetType = UNSET
    listings: list[str] | UnsetType = UNSET
    emails: list[str] | UnsetType = UNSET
