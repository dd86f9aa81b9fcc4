"""A contact's timeline: activities, and events of the contact and of its tasks."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.transaction import Reader


class Entry(Struct, frozen=True, kw_only=True):
    """`kind` is the event (`task.completed`) of the record `uid`; an activity is placed at the instant it
    happened. `changes` are the changed members by their names in the core. An entry without a surface is older
    than the events.
    """

    at: datetime
    kind: str
    subject: Literal["activity", "contact", "sequence_state", "task"]
    uid: UUID
    actor_id: int | None
    surface: str | None
    changes: dict[str, Any]


_changes = msgspec.json.Decoder(dict[str, Any])


async def contact_timeline(
    reader: Reader, caller: Caller, *, contact_id: int, offset: int, limit: int
) -> list[Entry]:
    """Return the latest entry first.

    Deleted tasks and activities are left out. For a sequence, `changes` also name the `sequence` by its present
    name and the kind of the `step` reached.
    """
    rows = await reader.fetch(_STORY, caller.team_id, contact_id, offset + limit, offset, limit)
    return [
        Entry(
            at=row["at"],
            kind=row["kind"],
            subject=row["subject"],
            uid=row["uid"],
            actor_id=row["actor_id"],
            surface=row["surface"],
            changes=_changes.decode(row["changes"]),
        )
        for row in rows
    ]


# Task by task and state by state, so that each is found by its index however many events the team has.
_STORY = """
with story as (
    (select e.at, e.id, e.subject, e.subject_id, e.kind, e.actor_id, e.surface, e.changes from events e
    where e.team_id = $1 and e.subject = 'contact' and e.subject_id = $2
    order by e.at desc, e.id desc limit $3)
    union all
    (select w.at, w.id, w.subject, w.subject_id, w.kind, w.actor_id, w.surface, w.changes
    from (select distinct s.task_id from task_associations s
        join tasks t on t.team_id = s.team_id and t.id = s.task_id and t.deleted_at is null
        where s.team_id = $1 and s.contact_id = $2 and s.deleted_at is null) h
    cross join lateral (
        select e.at, e.id, e.subject, e.subject_id, e.kind, e.actor_id, e.surface, e.changes from events e
        where e.team_id = $1 and e.subject = 'task' and e.subject_id = h.task_id
        order by e.at desc, e.id desc limit $3) w
    order by w.at desc, w.id desc limit $3)
    union all
    (select w.at, w.id, w.subject, w.subject_id, w.kind, w.actor_id, w.surface, w.changes
    from sequence_states k join sequences q on q.team_id = k.team_id and q.id = k.sequence_id
    cross join lateral (
        select e.at, e.id, e.subject, e.subject_id, e.kind, e.actor_id, e.surface, e.changes || jsonb_strip_nulls(
            jsonb_build_object('sequence', q.name, 'step', (select g.kind from sequence_steps g
                where g.team_id = $1 and g.uid = (e.changes ->> 'step')::uuid))) as changes
        from events e where e.team_id = $1 and e.subject = 'sequence_state' and e.subject_id = k.id
        order by e.at desc, e.id desc limit $3) w
    where k.team_id = $1 and k.contact_id = $2 and k.deleted_at is null
    order by w.at desc, w.id desc limit $3)
    union all
    (select a.at, a.id, 'activity', a.id, 'activity.created', a.created_by, null, jsonb_strip_nulls(
        jsonb_build_object('kind', a.kind, 'outgoing', a.outgoing, 'subject', a.subject, 'body', a.body))
    from activities a where a.team_id = $1 and a.contact_id = $2 and a.deleted_at is null
    order by a.at desc, a.id desc limit $3)
), page as (
    select y.at, y.id, y.subject, y.subject_id, y.kind, y.actor_id, y.surface, y.changes from story y
    order by y.at desc, y.subject, y.id desc offset $4 limit $5
)
select p.at, p.kind, p.subject, p.actor_id, p.changes,
    coalesce(p.surface, (select r.surface from events r where r.team_id = $1 and r.subject = 'activity'
        and r.subject_id = p.subject_id and r.kind = p.kind limit 1)) as surface,
    case p.subject
        when 'contact' then (select c.uid from contacts c where c.team_id = $1 and c.id = p.subject_id)
        when 'task' then (select t.uid from tasks t where t.team_id = $1 and t.id = p.subject_id)
        when 'sequence_state' then (select k.uid from sequence_states k
            where k.team_id = $1 and k.id = p.subject_id)
        else (select a.uid from activities a where a.team_id = $1 and a.id = p.subject_id)
    end as uid
from page p order by p.at desc, p.subject, p.id desc"""
