"""The routes of tasks in Rechat's API."""

from typing import Annotated

from msgspec import Meta

from touchbook.dialects.rechat.contacts.asking import AskedQuery, IdsQuery, Time, Words
from touchbook.dialects.rechat.parse import LARGEST_PAGE
from touchbook.dialects.rechat.routing import read, write
from touchbook.dialects.rechat.tasks import associations, reading, writing
from touchbook.dialects.rechat.tasks.bodies import (
    MOST_PARTS,
    NewAssociationBody,
    NewTaskBody,
    ShownKind,
    ShownStatus,
    StatusBody,
    TaskBody,
)
from touchbook.dialects.rechat.tasks.filters import ORDERS
from touchbook.dialects.rechat.tasks.items import AssociationItem, TaskItem
from touchbook.dialects.rechat.wire import IdsBody, Listed, One, Uid
from touchbook.http.route import LONG_REQUEST


class TaskQuery(AskedQuery, frozen=True, kw_only=True):
    """All conditions must match.

    `q` are words of the title or the description. `assignee`, `contact`, `deal` and `listing` match any of the
    task's.
    """

    q: Words | None = None
    assignee: Uid | None = None
    contact: Uid | None = None
    deal: Uid | None = None
    listing: Uid | None = None
    due_gte: Time = None
    due_lte: Time = None
    status: ShownStatus | None = None
    task_type: ShownKind | None = None
    start: Annotated[int, Meta(ge=0, le=2**31)] = 0
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = 10
    order: Annotated[
        Annotated[str, Meta(pattern=f"^-?({'|'.join(ORDERS)})$")] | None,
        Meta(description="The sort field, by default due_date; a leading minus reverses the order"),
    ] = None


_Task = One[TaskItem]
_Tasks = Listed[TaskItem]
_Association = One[AssociationItem]
_Associations = Listed[AssociationItem]
_LINKS = "/crm/tasks/{id}/associations"

TASKS = (
    read("/crm/tasks", reading.search, "List tasks", _Tasks, TaskQuery),
    write("POST", "/crm/tasks", writing.create, "Create a task", _Task, query=AskedQuery, body=NewTaskBody),
    read("/crm/tasks/search", reading.search, "Filter tasks", _Tasks, TaskQuery),
    read("/crm/tasks/{id}", reading.get, "Get a task", _Task, AskedQuery),
    write("PUT", "/crm/tasks/{id}", writing.update, "Change a task", _Task, query=AskedQuery, body=TaskBody),
    write("DELETE", "/crm/tasks/{id}", writing.delete, "Delete a task"),
    write(
        "PATCH",
        "/crm/tasks/{id}/status",
        writing.set_status,
        "Set the status of a task",
        _Task,
        query=AskedQuery,
        body=StatusBody,
    ),
    read(_LINKS, associations.list_, "List the associations of a task", _Associations, AskedQuery),
    write(
        "POST",
        _LINKS,
        associations.add,
        "Associate a task with a record",
        _Association,
        query=AskedQuery,
        body=NewAssociationBody,
    ),
    write(
        "DELETE",
        _LINKS,
        associations.delete_many,
        "Remove associations of a task, by their ids or those of their records",
        query=IdsQuery,
        body=IdsBody,
        bodiless=True,
        strict=True,
        many=LONG_REQUEST,
    ),
    write(
        "POST",
        f"{_LINKS}/bulk",
        associations.add_many,
        "Associate a task with several records",
        _Associations,
        query=AskedQuery,
        body=NewAssociationBody,
        body_listed=MOST_PARTS,
        strict=True,
        many=LONG_REQUEST,
    ),
    write("DELETE", f"{_LINKS}/{{association}}", associations.delete, "Remove an association of a task"),
)
