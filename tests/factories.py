"""Records for tests, made by the same verbs as everything else."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from tests.people import Person
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.opening import open_deal
from touchbook.core.notifications.notification import Notification
from touchbook.core.notifications.queries import list_notifications
from touchbook.core.tags.adding import add_tag
from touchbook.core.tags.tag import Tag
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.reminding import reminders_of
from touchbook.core.tasks.scheduled_actions import REMINDING
from touchbook.core.tasks.task import Task
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store

NOON = datetime(2026, 7, 15, 17, tzinfo=UTC)


async def contact_of(store: Store, person: Person, name: str = "Sarah Connor", **members: Any) -> Contact:
    """`members` are plain ones, or an owner's or an account's id."""
    first, _, last = name.partition(" ")
    about = {each: members.pop(each) for each in ("owner_id", "account_id") if each in members}
    plain = PlainMembers(first_name=first, last_name=last or None, **members)
    async with store.transaction() as tx:
        return await add_contact(tx, person.caller, plain, **about)


async def deal_of(store: Store, person: Person, title: str = "12 Elm Street") -> Deal:
    contact = await contact_of(store, person)
    async with store.transaction() as tx:
        return await open_deal(tx, person.caller, title=title, contact_id=contact.id)


async def tag_of(store: Store, person: Person, text: str = "Hot") -> Tag:
    async with store.transaction() as tx:
        return await add_tag(tx, person.caller, text=text)


async def task_of(
    store: Store,
    person: Person,
    title: str | None = "Follow up",
    *,
    due_at: datetime | None = NOON,
    due_on: date | None = None,
    contact_id: int | None = None,
    associations: Sequence[NewAssociation] = (),
    **members: Any,
) -> Task:
    """Due at NOON unless a day (`due_on`) is given."""
    links = [*([NewAssociation("contact", contact_id)] if contact_id else []), *associations]
    new = NewTask(title=title, due_at=None if due_on else due_at, due_on=due_on, associations=links, **members)
    async with store.transaction() as tx:
        return await create_task(tx, person.caller, new)


async def notification_of(
    store: Store, person: Person, title: str | None = "Follow up", **members: Any
) -> Notification:
    """They are reminded now, of a task of theirs."""
    requested = [RequestedReminder(False, store.clock())]
    task = await task_of(store, person, title, reminders=requested, **{"assignees": [person.user_id], **members})
    async with store.reading() as reader:
        [reminder] = (await reminders_of(reader, person.caller, [task.id]))[task.id]
    await perform(store, KINDS[REMINDING], ScheduledAction(REMINDING, person.team.id, reminder.id))
    async with store.reading() as reader:
        told = await list_notifications(reader, person.caller, offset=0, limit=1)
    return told[0]
