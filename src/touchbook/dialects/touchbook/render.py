"""Renders records of the core as JSON."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET

from touchbook.core.activities.activity import Activity
from touchbook.core.contacts.contact import Contact
from touchbook.core.lists.contact_list import ContactList
from touchbook.core.lists.rule import Rule
from touchbook.core.notifications.notification import Notification
from touchbook.dialects.touchbook.wire import (
    ActivityItem,
    ContactItem,
    Listed,
    ListItem,
    Made,
    NotificationItem,
    Page,
    RuleItem,
)
from touchbook.http.call import Answer

Uids = Mapping[int, UUID]
Record = TypeVar("Record")
NO_CONTENT = Answer(b"", 204)


def one(item: Any, status: int = 200) -> Answer:
    return Answer(msgspec.json.encode(item), status)


def made(items: Sequence[Any]) -> Answer:
    return one(Made(list(items)), 201)


def listed(records: Sequence[Record], page: Page, item: Callable[[Record], Any]) -> Answer:
    """`records` has one more than the page if more follow."""
    return one(Listed(list(map(item, records[: page.limit])), len(records) > page.limit))


def list_item(kept: ContactList, users: Uids) -> ListItem:
    return ListItem(
        id=kept.uid,
        name=kept.name,
        is_live=kept.rule is not None,
        rule=None if kept.rule is None else _rule_item(kept.rule),
        created_by=uid_of(users, kept.created_by),
        updated_by=uid_of(users, kept.updated_by),
        created_at=instant(kept.created_at),
        updated_at=instant(kept.updated_at),
    )


def contact_item(contact: Contact, users: Uids) -> ContactItem:
    return ContactItem(
        id=contact.uid,
        display_name=contact.display_name,
        emails=contact.emails,
        phone_numbers=contact.phone_numbers,
        tags=contact.tags,
        owner=uid_of(users, contact.owner_id),
        touch_freq=contact.touch_freq,
        last_touch_at=instant_or_none(contact.last_touch_at),
        last_touch_action=contact.last_touch_action,
        next_touch_at=instant_or_none(contact.next_touch_at),
    )


def activity_item(activity: Activity, *, contacts: Uids, tasks: Uids, users: Uids) -> ActivityItem:
    return ActivityItem(
        id=activity.uid,
        contact=contacts[activity.contact_id],
        kind=activity.kind,
        at=instant(activity.at),
        outgoing=activity.outgoing,
        subject=activity.subject,
        body=activity.body,
        task=uid_of(tasks, activity.task_id),
        created_by=uid_of(users, activity.created_by),
        created_at=instant(activity.created_at),
        updated_at=instant(activity.updated_at),
    )


def notification_item(told: Notification) -> NotificationItem:
    return NotificationItem(
        id=told.uid,
        kind=told.kind,
        task=told.task_uid,
        title=told.title,
        reminder=told.reminder_uid,
        at=instant(told.at),
        created_at=instant(told.created_at),
        read_at=instant_or_none(told.read_at),
    )


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def instant_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def uid_of(uids: Uids, number: int | None) -> UUID | None:
    return None if number is None else uids.get(number)


def _rule_item(rule: Rule) -> RuleItem:
    """Show the rule as it is stored: an empty list of users matches nobody."""
    said = ((name, getattr(rule, name)) for name in rule.__struct_fields__)
    members = {name: _said(value) for name, value in said if value is not None}
    return RuleItem(**{**members, "attributes": rule.attributes or UNSET})


def _said(value: Any) -> Any:
    return instant(value) if isinstance(value, datetime) else value
