"""Keeping in touch: when a contact was last touched, how often it wants to be, when next.

The rhythm is the least of the contact's own days and those of its tags (A-07). It counts from the last touch;
without one, from when this rhythm began. For one contact or a hundred thousand it is the same few statements.
"""

from collections.abc import Collection, Mapping, Sequence

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import find_contact
from touchbook.core.events import record_each, record_event
from touchbook.core.folding import same
from touchbook.core.recordset import records, recordset
from touchbook.core.transaction import Transaction

ASKING = "contacts.touch"
_TAGGED = {"id": "bigint", "keys": "text[]"}

_SETTLE = """
update contacts c set touch_every = w.every, touch_since = w.since,
    next_touch_at = coalesce(c.last_touch_at, w.since) + w.every * interval '24 hours'
from (
    select k.id, r.every, case when r.every is distinct from k.touch_every then $3 else k.touch_since end as since
    from contacts k, lateral (select least(k.touch_freq, (select min(g.touch_freq) from tags g
        where g.team_id = $1 and g.text_key = any(k.tag_keys) and g.touch_freq is not null)) as every) r
    where k.team_id = $1 and k.id = any($2::bigint[])
) w where c.team_id = $1 and c.id = w.id"""
# A row that stays as it is need not be written.
_SETTLE_CHANGED = f"""{_SETTLE} and (c.touch_every, c.touch_since, c.next_touch_at) is distinct from
    (w.every, w.since, coalesce(c.last_touch_at, w.since) + w.every * interval '24 hours')"""


async def set_touch_frequency(tx: Transaction, caller: Caller, contact: Contact, *, days: int | None) -> Contact:
    """Every so many days; None: as its tags want it (RC-152 to RC-156)."""
    if days == contact.touch_freq:
        return contact
    await tx.execute(
        """update contacts c set touch_freq = $3, updated_at = $4, updated_by = $5,
            updated_for = 'direct_request' where c.team_id = $1 and c.id = $2""",
        caller.team_id,
        contact.id,
        days,
        tx.tick(),
        caller.user_id,
    )
    await settle_touch(tx, caller, [contact.id])
    await record_event(tx, caller, "contact.updated", contact.id, touch_freq=days)
    return await find_contact(tx, caller, contact.id)


async def inherit_touch(
    tx: Transaction, caller: Caller, attached: Mapping[int, Sequence[str]], *, tell: bool = True
) -> None:
    """A contact takes over the least days of the tags that it has just been given (2.5.14); removing one does not
    undo that (A-29). By contact id; without a tag its rhythm is settled anew alone.
    """
    if not attached:
        return
    given = [{"id": contact, "keys": list(map(same, tags))} for contact, tags in attached.items() if tags]
    if given:
        rows = await tx.fetch(
            f"""update contacts c set touch_freq = n.days, updated_at = $3, updated_by = $4 from (
                select r.id, min(g.touch_freq) as days from {recordset("$2", _TAGGED)}
                join tags g on g.team_id = $1 and g.text_key = any(r.keys) group by r.id
            ) n where c.team_id = $1 and c.id = n.id and (c.touch_freq > n.days or c.touch_freq is null)
            and n.days is not null returning c.id, c.touch_freq""",
            caller.team_id,
            records(_TAGGED, given),
            tx.tick(),
            caller.user_id,
        )
        told = {row["id"]: {"touch_freq": row["touch_freq"]} for row in rows}
        if tell:
            await record_each(tx, caller, "contact.updated", told)
    await settle_touch(tx, caller, list(attached))


async def settle_touch(tx: Transaction, caller: Caller, contact_ids: Collection[int]) -> None:
    """What follows from own days, tags and last touch as they stand now."""
    await tx.execute(_SETTLE_CHANGED, caller.team_id, list(contact_ids), tx.now)
    await _hasten(tx, caller, contact_ids)


async def note_touches(tx: Transaction, caller: Caller, contact_ids: Collection[int]) -> None:
    """The last touch is the latest activity with the contact that is no note (2.5.15).

    The contacts are held first: what others have recorded meanwhile is then seen.
    """
    if not contact_ids:
        return
    await tx.execute(
        """select c.id from contacts c where c.team_id = $1 and c.id = any($2::bigint[])
        order by c.id for no key update""",
        caller.team_id,
        list(contact_ids),
    )
    await tx.execute(
        """update contacts c set last_touch_at = l.at, last_touch_action = l.kind, updated_at = $3
        from (select k.id, a.at, a.kind from contacts k left join lateral (
            select a.at, a.kind from activities a where a.team_id = $1 and a.contact_id = k.id
            and a.kind <> 'note' and a.deleted_at is null order by a.at desc, a.id desc limit 1
        ) a on true where k.team_id = $1 and k.id = any($2::bigint[])) l
        where c.team_id = $1 and c.id = l.id
        and (c.last_touch_at, c.last_touch_action) is distinct from (l.at, l.kind)""",
        caller.team_id,
        list(contact_ids),
        tx.tick(),
    )
    await settle_touch(tx, caller, contact_ids)


async def _hasten(tx: Transaction, caller: Caller, contact_ids: Collection[int]) -> None:
    """Where the team has itself asked for touches, it is asked no later than the first of these is due.

    The row is written only if it has to be earlier: else every change of a contact would wait for the others.
    """
    await tx.execute(
        """update due d set at = n.at from (select min(c.next_touch_at) as at from contacts c
            where c.team_id = $1 and c.id = any($2::bigint[])
            and c.touch_asked_for is distinct from c.next_touch_at) n
        where d.team_id = $1 and d.kind = $3 and n.at < d.at""",
        caller.team_id,
        list(contact_ids),
        ASKING,
    )
