"""Touches of a contact: the last one, the frequency, the next one.

The frequency is the shortest of the contact's own and those of its tags (A-07), in days. It counts from the last
touch, or, without one, from the instant the frequency was set. One contact or a hundred thousand take the same few
statements.
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

# An instant and an interval add up by the session's zone, which a node of its own may have; in UTC they do not.
_NEXT = """(coalesce(c.last_touch_at, w.since) at time zone 'UTC'
    + w.every * interval '24 hours') at time zone 'UTC'"""
_SETTLE = f"""
update contacts c set touch_every = w.every, touch_since = w.since,
    next_touch_at = {_NEXT}
from (
    select k.id, r.every, case when r.every is distinct from k.touch_every then $3 else k.touch_since end as since
    from contacts k, lateral (select least(k.touch_freq, (select min(g.touch_freq) from tags g
        where g.team_id = $1 and g.text_key = any(k.tag_keys) and g.touch_freq is not null)) as every) r
    where k.team_id = $1 and k.id = any($2::bigint[])
) w where c.team_id = $1 and c.id = w.id"""
# A row that stays as it is need not be written.
_SETTLE_CHANGED = f"""{_SETTLE} and (c.touch_every, c.touch_since, c.next_touch_at) is distinct from
    (w.every, w.since, {_NEXT})"""


async def set_touch_frequency(tx: Transaction, caller: Caller, contact: Contact, *, days: int | None) -> Contact:
    """Set the contact's own frequency in days; None leaves it to its tags (RC-152 to RC-156)."""
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


async def inherit_touch(tx: Transaction, caller: Caller, attached: Mapping[int, Sequence[str]]) -> None:
    """A contact inherits the shortest frequency of its new tags (2.5.14); removing a tag does not undo that
    (A-29). `attached` goes by contact id; without tags the next touch is only computed anew.
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
        await record_each(tx, caller, "contact.updated", told)
    await settle_touch(tx, caller, list(attached))


async def settle_touch(tx: Transaction, caller: Caller, contact_ids: Collection[int]) -> None:
    """Compute the next touch from own frequency, tags and last touch."""
    await tx.execute(_SETTLE_CHANGED, caller.team_id, list(contact_ids), tx.now)
    await hasten(tx, caller, contact_ids)


async def note_touches(tx: Transaction, caller: Caller, contact_ids: Collection[int]) -> None:
    """Set the last touch to the latest activity that is no note (2.5.15).

    Contacts are locked first, so that activities recorded meanwhile count.
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


async def hasten(tx: Transaction, caller: Caller, contact_ids: Collection[int]) -> None:
    """In a team with touch tasks, schedule their creation no later than the first due contact.

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
