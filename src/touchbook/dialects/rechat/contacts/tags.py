"""Tags: list, add, rename, delete, and their touch frequencies."""

from touchbook.core.tags.adding import add_tag
from touchbook.core.tags.changing import delete_tag, rename_tag, set_tag_frequency
from touchbook.core.tags.queries import list_tags
from touchbook.core.tags.tag import Tag
from touchbook.core.teams.queries import user_uids
from touchbook.core.touch.touching import set_touch_frequency
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.contacts.bodies import NewTagBody, TagBody, TouchBody
from touchbook.dialects.rechat.contacts.contacts import answer_with, contact_of
from touchbook.dialects.rechat.contacts.items import TagItem
from touchbook.dialects.rechat.render import Uids, uid_text
from touchbook.dialects.rechat.times import seconds
from touchbook.http.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    tags = await list_tags(call.tx, call.caller)
    authors = {user for tag in tags for user in (tag.created_by, tag.updated_by) if user}
    uids = await user_uids(call.tx, call.caller, authors)
    return render.listed([_item(tag, uids) for tag in tags], omitted=parse.omitted(call))


async def add(call: Call[Transaction]) -> Answer:
    sent = parse.body(NewTagBody, call)
    await add_tag(call.tx, call.caller, text=sent.tag, touch_freq=sent.touch_freq)
    return render.NO_CONTENT


async def rename(call: Call[Transaction]) -> Answer:
    await rename_tag(call.tx, call.caller, text=call.path["tag"], to=parse.record(TagBody, call, TagItem).tag)
    return render.NO_CONTENT


async def set_frequency(call: Call[Transaction]) -> Answer:
    days = parse.record(TouchBody, call, TagItem).touch_freq
    await set_tag_frequency(call.tx, call.caller, text=call.path["tag"], days=days)
    return render.NO_CONTENT


async def delete(call: Call[Transaction]) -> Answer:
    await delete_tag(call.tx, call.caller, text=call.path["tag"])
    return render.NO_CONTENT


async def set_contact_frequency(call: Call[Transaction]) -> Answer:
    days = parse.body(TouchBody, call).touch_freq
    contact = await contact_of(call)
    return await answer_with(call, await set_touch_frequency(call.tx, call.caller, contact, days=days))


def _item(tag: Tag, uids: Uids) -> TagItem:
    return TagItem(
        id=str(tag.uid),
        created_at=seconds(tag.created_at),
        updated_at=seconds(tag.updated_at),
        created_by=uid_text(uids, tag.created_by),
        updated_by=uid_text(uids, tag.updated_by),
        tag=tag.text,
        text=tag.text,
        touch_freq=tag.touch_freq,
    )
