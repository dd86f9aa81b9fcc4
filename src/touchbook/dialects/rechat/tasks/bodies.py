"""Bodies of requests on tasks. Read-only members of a whole task sent back are ignored (RT-36)."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.dialects.rechat.contacts.bodies import FreeJson
from touchbook.dialects.rechat.wire import Text, Uid

MOST_PARTS = 100
Title = Annotated[Text, Meta(min_length=1, pattern=r"\S")]
Time = Annotated[
    float, Meta(description="Seconds since 1970, or milliseconds if the number is too large for seconds")
]
ShownStatus = Literal["PENDING", "DONE"]
ShownKind = Literal["Call", "Message", "Todo"]
AssociationType = Literal["contact", "deal", "listing"]
Reference = Annotated[Uid | FreeJson, Meta(description="An id, or the whole record")]
Index = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]


class AssociationBody(Struct, frozen=True, kw_only=True):
    """With `id` it is an existing one, whose index and metadata may change; else a new one of its type."""

    id: Uid | UnsetType | None = UNSET
    association_type: AssociationType | UnsetType = UNSET
    contact: Reference | UnsetType | None = UNSET
    deal: Reference | UnsetType | None = UNSET
    listing: Reference | UnsetType | None = UNSET
    index: Index | UnsetType | None = UNSET
    metadata: FreeJson | UnsetType | None = UNSET


class NewAssociationBody(AssociationBody, frozen=True, kw_only=True):
    """The type names which of `contact`, `deal` and `listing` is given."""

    association_type: AssociationType


class ReminderBody(Struct, frozen=True, kw_only=True):
    """With `id` it is an existing one. A relative reminder keeps its distance when the due date moves."""

    id: Uid | UnsetType | None = UNSET
    is_relative: bool
    timestamp: Time


class TaskBody(Struct, frozen=True, kw_only=True):
    """Missing members stay.

    `assignees` and `reminders` replace the present ones; associations are added, or changed by their id.
    """

    title: Title | UnsetType | None = UNSET
    description: Text | UnsetType | None = UNSET
    due_date: Time | UnsetType | None = UNSET
    end_date: Time | UnsetType | None = UNSET
    status: ShownStatus | UnsetType = UNSET
    task_type: ShownKind | UnsetType = UNSET
    all_day: bool | UnsetType = UNSET
    metadata: FreeJson | UnsetType | None = UNSET
    assignees: Annotated[list[Reference], Meta(max_length=MOST_PARTS)] | UnsetType = UNSET
    associations: Annotated[list[AssociationBody], Meta(max_length=MOST_PARTS)] | UnsetType = UNSET
    reminders: Annotated[list[ReminderBody], Meta(max_length=MOST_PARTS)] | UnsetType = UNSET


class NewTaskBody(TaskBody, frozen=True, kw_only=True):
    """The defaults are PENDING and not all day."""

    title: Title
    due_date: Time
    task_type: ShownKind


class StatusBody(Struct, frozen=True, kw_only=True):
    status: ShownStatus
