"""Renders records of the core as JSON."""

from collections.abc import Sequence
from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.foreign_members import members_of
from touchbook.core.tasks.names import Names
from touchbook.core.tasks.task import Task
from touchbook.dialects.close import ids
from touchbook.dialects.close.custom_fields import DIALECT, PREFIX
from touchbook.dialects.close.parse import Page
from touchbook.dialects.close.priorities import shown_priority
from touchbook.dialects.close.times import show_date, show_instant
from touchbook.dialects.close.types import type_of
from touchbook.dialects.close.wire.tasks import ShownTask, TaskItem
from touchbook.http.call import Answer


def task_item(task: ShownTask | Task, names: Names, caller: Caller) -> TaskItem:
    account = names.accounts.get(task.account_id or 0)
    contact = names.contacts.get(task.first("contact") or 0)
    assignee = names.users.get(task.assignee or 0)
    creator = names.users.get(task.created_by)
    updater = names.users.get(task.updated_by or 0)
    due = show_date(task.due_on or task.due_at)
    kept = members_of(task.foreign_members, DIALECT)
    return TaskItem(
        id=ids.task_id(task.uid),
        _type=type_of(task),
        lead_id=ids.lead_id(account.uid) if account else None,
        lead_name=account.name if account else None,
        contact_id=ids.contact_id(contact.uid) if contact else None,
        contact_name=contact.name if contact else None,
        assigned_to=ids.user_id(assignee.uid) if assignee else None,
        assigned_to_name=assignee.name if assignee else None,
        text=task.shown_title,
        date=due,
        due_date=due,
        is_complete=not task.is_open,
        is_dateless=due is None,
        is_new=False,
        is_primary_lead_notification=False,
        object_type=None,
        object_id=None,
        organization_id=ids.organization_id(caller.team_uid),
        created_by=ids.user_id(creator.uid) if creator else None,
        created_by_name=creator.name if creator else None,
        updated_by=ids.user_id(updater.uid) if updater else None,
        updated_by_name=updater.name if updater else None,
        date_created=show_instant(task.created_at),
        date_updated=show_instant(task.updated_at),
        priority=shown_priority(task.priority),
        resolution=kept.get("resolution"),
        agent_config_id=kept.get("agent_config_id"),
    )


def one(item: Any, fields: frozenset[str] | None = None) -> Answer:
    return Answer(msgspec.json.encode(chosen(item, fields)))


def listed(items: Sequence[Any], page: Page) -> Answer:
    """`items` holds one more than the page where more rows follow (CL-60)."""
    shown = [chosen(item, page.fields) for item in items[: page.limit]]
    return Answer(msgspec.json.encode({"data": shown, "has_more": len(items) > page.limit}))


def chosen(item: Any, fields: frozenset[str] | None) -> Any:
    """Return exactly the requested members, all without `_fields`; `custom` stands for all custom fields."""
    if fields is None:
        return item
    members = msgspec.to_builtins(item)
    names = fields | {name for name in members if name.startswith(PREFIX)} if "custom" in fields else fields
    return {name: value for name, value in members.items() if name in names}


def page_of(items: Sequence[Any], page: Page) -> Answer:
    """Cut a page from a complete list."""
    return listed(items[page.skip : page.skip + page.limit + 1], page)
