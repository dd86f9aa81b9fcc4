"""Renders records of the core as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from touchbook.core.contacts.contact import Contact
from touchbook.core.deals.deal import Deal
from touchbook.core.tasks.task import Task
from touchbook.dialects.ysuite.parse import STATUSES
from touchbook.dialects.ysuite.wire import (
    ContactItem,
    CreatedTask,
    DealItem,
    Listed,
    Page,
    ShownTask,
    Success,
    TaskItem,
)
from touchbook.http.call import Answer

_SHOWN_STATUS = {status: number for number, statuses in enumerate(STATUSES) for status in statuses}


def task_item(task: ShownTask, zone: ZoneInfo) -> TaskItem:
    """A date-only task starts at 00:00:00 (section 7.2)."""
    deal, assignee = task.first("deal"), task.assignee
    return TaskItem(
        activity_id=task.id,
        title=task.shown_title,
        status=_SHOWN_STATUS[task.status],
        priority=task.priority,
        start_datetime=f"{task.due_on}T00:00:00" if task.due_on else _naive(task.due_at, zone),
        end_datetime=_naive(task.end_at, zone),
        cstid=task.first("contact"),
        deal_id=UNSET if deal is None else deal,
        description=UNSET if task.description is None else task.description,
        assigned_user_id=UNSET if assignee is None else assignee,
        tags=task.tags or UNSET,
    )


def created_task(task: Task) -> Answer:
    """Answer exactly these three members (V1-25)."""
    created = CreatedTask(activity_id=task.id, title=task.shown_title)
    return _answer(Success(message="Task activity created successfully.", data=created))


def contact_item(contact: Contact) -> ContactItem:
    return ContactItem(
        cstid=contact.id,
        name=contact.display_name,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=next(iter(contact.emails), None),
        phone=next(iter(contact.phone_numbers), None),
    )


def deal_item(deal: Deal) -> DealItem:
    return DealItem(
        deal_id=deal.id,
        title=deal.title,
        status=deal.status,
        cstid=deal.contact_id,
        value=None if deal.amount is None else float(deal.amount),
        currency=deal.currency,
    )


def one(item: Any) -> Answer:
    return _answer(Success(data=item))


def listed(items: Sequence[Any], page: Page, total: int) -> Answer:
    """`total_pages` is the total over the page size, rounded up (V1-07)."""
    return _answer(
        Success(
            data=Listed(
                data=list(items),
                current_page=page.page_index + 1,
                total_records=total,
                total_pages=-(-total // page.limit),
            )
        )
    )


def _answer(success: Success[Any]) -> Answer:
    return Answer(msgspec.json.encode(success))


def _naive(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """Show local time without offset, to the second (V1-20)."""
    if instant is None:
        return None
    return instant.astimezone(zone).isoformat()[:19]
