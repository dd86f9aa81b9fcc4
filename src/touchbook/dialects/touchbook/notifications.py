"""The notifications of the caller."""

from touchbook.core.errors import Invalid
from touchbook.core.notifications.queries import count_unread, list_notifications
from touchbook.core.notifications.reading import mark_all_read, mark_read
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.touchbook import parse, render
from touchbook.dialects.touchbook.wire import Marked, NotificationsPage, ReadBody, Unread
from touchbook.http.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    page = parse.query(NotificationsPage, call)
    told = await list_notifications(
        call.tx, call.caller, unread=page.unread, offset=page.offset, limit=page.limit + 1
    )
    return render.listed(told, page, render.notification_item)


async def count(call: Call[Reader]) -> Answer:
    return render.one(Unread(await count_unread(call.tx, call.caller)))


async def read(call: Call[Transaction]) -> Answer:
    sent = parse.body(ReadBody, call)
    if sent.all == (sent.notifications is not None):
        raise Invalid({"notifications": ["Name notifications, or all of them."]})
    if sent.notifications is None:
        return render.one(Marked(await mark_all_read(call.tx, call.caller)))
    return render.one(Marked(await mark_read(call.tx, call.caller, uids=sent.notifications)))
