"""Activities are recorded, and count as touches of their contacts.

Tasks are locked before contacts, here and where tasks are completed, so that two transactions never wait for each
other.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from touchbook.core.activities.activity import Activity, ActivityKind
from touchbook.core.activities.queries import ACTIVITY_COLUMNS
from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid
from touchbook.core.events import record_events
from touchbook.core.foreign_members import NONE, ForeignMembers, differing_members, merged_members
from touchbook.core.identity import new_uid
from touchbook.core.transaction import Event, Transaction

_AHEAD = timedelta(minutes=5)


async def record_activity(
    tx: Transaction,
    caller: Caller,
    *,
    contact_ids: Sequence[int],
    kind: ActivityKind,
    at: datetime | None = None,
    outgoing: bool = True,
    subject: str | None = None,
    body: str | None = None,
    foreign_members: ForeignMembers = NONE,
) -> list[Activity]:
    """Record one activity per contact, in the order of `contact_ids`; `at` defaults to now.

    Every kind but `note` completes the touch tasks of the contacts (RC-157). Invalid for an instant more than five
    minutes ahead: clocks may differ by that much.
    """
    if at is not None and at > tx.now + _AHEAD:
        raise Invalid({"at": ["at may not be in the future."]})
    foreign = differing_members(None, foreign_members)
    rows = await tx.fetch(
        f"""insert into activities as a (team_id, uid, contact_id, kind, at, outgoing, subject, body, created_by,
            created_at, updated_at, foreign_members)
        select $1, n.uid, n.contact_id, $4, $5, $6, $7, $8, $9, n.at, n.at, $11::jsonb
        from unnest($2::uuid[], $3::bigint[], $10::timestamptz[]) as n (uid, contact_id, at)
        returning {ACTIVITY_COLUMNS}""",
        caller.team_id,
        [new_uid() for _ in contact_ids],
        list(contact_ids),
        kind,
        at or tx.now,
        outgoing,
        subject,
        body,
        caller.user_id,
        [tx.tick() for _ in contact_ids],
        merged_members(None, foreign),
    )
    activities = sorted((Activity(*row) for row in rows), key=lambda activity: activity.created_at)
    await _tell(tx, caller, "activity.created", activities, **({"foreign_members": foreign} if foreign else {}))
    return activities


async def remove_activity(tx: Transaction, caller: Caller, activity: Activity) -> None:
    """Delete an activity. The last touch becomes the one before it."""
    await tx.execute(
        "update activities a set deleted_at = $3, updated_at = $3 where a.team_id = $1 and a.id = $2",
        caller.team_id,
        activity.id,
        tx.tick(),
    )
    await _tell(tx, caller, "activity.deleted", [activity])


async def record_completions(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Record an activity for each contact of a call, message or meeting task that was completed."""
    done = [
        task.id
        for task in (event.record for event in events)
        if task.status == "completed" and task.kind != "todo"
    ]
    if not done:
        return
    rows = await tx.fetch(
        f"""insert into activities as a (team_id, uid, contact_id, kind, at, subject, task_id, created_by,
            created_at, updated_at)
        select distinct on (t.id, s.contact_id) t.team_id, gen_random_uuid(), s.contact_id,
            case t.kind when 'call' then 'call' when 'message' then 'email' else 'meeting' end,
            t.completed_at, t.title, t.id, $3, $4::timestamptz, $4
        from tasks t join task_associations s on s.team_id = t.team_id and s.task_id = t.id and s.kind = 'contact'
            and s.deleted_at is null
        where t.team_id = $1 and t.id = any($2::bigint[])
        returning {ACTIVITY_COLUMNS}""",
        caller.team_id,
        done,
        caller.user_id,
        tx.tick(),
    )
    await _tell(tx, caller, "activity.created", [Activity(*row) for row in rows])


async def withdraw_completions(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Remove the activities of tasks that were reopened."""
    undone = [task.id for task in (event.record for event in events) if task.kind != "todo"]
    if not undone:
        return
    rows = await tx.fetch(
        f"""update activities a set deleted_at = $3, updated_at = $3
        where a.team_id = $1 and a.task_id = any($2::bigint[]) and a.deleted_at is null
        returning {ACTIVITY_COLUMNS}""",
        caller.team_id,
        undone,
        tx.tick(),
    )
    await _tell(tx, caller, "activity.deleted", [Activity(*row) for row in rows])


async def _tell(tx: Transaction, caller: Caller, kind: str, activities: Collection[Activity], **more: Any) -> None:
    told = [
        Event(kind, activity.id, {"kind": activity.kind, "contact": activity.contact_id, **more}, record=activity)
        for activity in activities
    ]
    await record_events(tx, caller, told)
