"""Activities with contacts, and a contact's timeline."""

from collections.abc import Iterable, Sequence

from touchbook.core.activities.activity import Activity
from touchbook.core.activities.queries import find_activity, list_activities
from touchbook.core.activities.recording import record_activity, remove_activity
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import contacts_by_id, find_contact_by_uid
from touchbook.core.contacts.timeline import contact_timeline
from touchbook.core.tasks.queries import task_uids
from touchbook.core.teams.queries import user_uids
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.touchbook import parse, render, story
from touchbook.dialects.touchbook.lists import named_contacts
from touchbook.dialects.touchbook.wire import ActivityBody, ActivityItem
from touchbook.http.call import Answer, Call


async def record(call: Call[Transaction]) -> Answer:
    sent = parse.body(ActivityBody, call)
    parse.check_instants(at=sent.at)
    contacts = await named_contacts(call, sent.contacts)
    activities = await record_activity(
        call.tx,
        call.caller,
        contact_ids=[contact.id for contact in contacts],
        kind=sent.kind,
        at=sent.at,
        outgoing=sent.outgoing,
        subject=sent.subject,
        body=sent.body,
    )
    return render.made(await _items(call, activities, contacts))


async def get(call: Call[Reader]) -> Answer:
    activity = await _find(call)
    contacts = await contacts_by_id(call.tx, call.caller, [activity.contact_id])
    return render.one((await _items(call, [activity], contacts.values()))[0])


async def delete(call: Call[Transaction]) -> Answer:
    await remove_activity(call.tx, call.caller, await _find(call))
    return render.NO_CONTENT


async def list_of_contact(call: Call[Reader]) -> Answer:
    page = parse.page(call)
    contact = await _contact(call)
    found = await list_activities(
        call.tx, call.caller, contact_id=contact.id, offset=page.offset, limit=page.limit + 1
    )
    return render.listed(await _items(call, found, [contact]), page, lambda item: item)


async def timeline(call: Call[Reader]) -> Answer:
    page = parse.page(call)
    contact = await _contact(call)
    entries = await contact_timeline(
        call.tx, call.caller, contact_id=contact.id, offset=page.offset, limit=page.limit + 1
    )
    users = await user_uids(call.tx, call.caller, {entry.actor_id for entry in entries if entry.actor_id})
    return render.listed(entries, page, lambda entry: story.entry_item(entry, users))


async def _items(
    call: Call[Reader], activities: Sequence[Activity], contacts: Iterable[Contact]
) -> list[ActivityItem]:
    tasks = await task_uids(call.tx, call.caller, {each.task_id for each in activities if each.task_id})
    users = await user_uids(call.tx, call.caller, {each.created_by for each in activities if each.created_by})
    named = {contact.id: contact.uid for contact in contacts}
    return [render.activity_item(each, contacts=named, tasks=tasks, users=users) for each in activities]


async def _find(call: Call[Reader]) -> Activity:
    return await find_activity(call.tx, call.caller, parse.record_uid(call, "activity"))


async def _contact(call: Call[Reader]) -> Contact:
    return await find_contact_by_uid(call.tx, call.caller, parse.record_uid(call, "contact"))
