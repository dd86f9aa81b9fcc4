"""What happened with contacts is written down, and they count as touched by it.

Tasks are held before contacts, here and where tasks are completed, so that nobody waits for each other.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from touchbook.core.activities.activity import Activity, ActivityKind
from touchbook.core.activities.queries import ACTIVITY_COLUMNS
from touchbook.core.caller import Caller
from touchbook.core.contacts.touching import note_touches
from touchbook.core.errors import Invalid
from touchbook.core.events import record_events
from touchbook.core.identity import new_uid
from touchbook.core.tasks.touch import end_touch_tasks
from touchbook.core.transaction import Transaction

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
) -> list[Activity]:
    """One a contact, in the order of `contact_ids`; without `at` it is now. All but a note ends what asked for a
    touch (RC-157). Invalid for what is yet to come: clocks may differ by five minutes.
    """
    if at is not None and at > tx.now + _AHEAD:
        raise Invalid({"at": ["An activity is recorded when it has happened."]})
    rows = await tx.fetch(
        f"""insert into activities as a (team_id, uid, contact_id, kind, at, outgoing, subject, body, created_by,
            created_at, updated_at)
        select $1, n.uid, n.contact_id, $4, $5, $6, $7, $8, $9, n.at, n.at
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
    )
    activities = sorted((Activity(*row) for row in rows), key=lambda activity: activity.created_at)
    told = {activity.id: {"kind": kind, "contact_id": activity.contact_id} for activity in activities}
    await record_events(tx, caller, "activity.recorded", subject="activity", changes=told)
    if kind != "note":
        await end_touch_tasks(tx, caller, contact_ids=contact_ids, at=at or tx.now)
        await note_touches(tx, caller, contact_ids)
    return activities


async def remove_activity(tx: Transaction, caller: Caller, activity: Activity) -> None:
    """As if it had not happened: the last touch is the one before."""
    await tx.execute(
        "update activities a set deleted_at = $3, updated_at = $3 where a.team_id = $1 and a.id = $2",
        caller.team_id,
        activity.id,
        tx.tick(),
    )
    told = {activity.id: {"contact_id": activity.contact_id}}
    await record_events(tx, caller, "activity.removed", subject="activity", changes=told)
    await note_touches(tx, caller, [activity.contact_id])


async def record_completions(tx: Transaction, caller: Caller, *, task_ids: Collection[int]) -> None:
    """A call that was made, a message that was sent, a meeting that was held: with each contact of the task."""
    rows = await tx.fetch(
        """insert into activities (team_id, uid, contact_id, kind, at, subject, task_id, created_by, created_at,
            updated_at)
        select distinct on (t.id, s.contact_id) $1, gen_random_uuid(), s.contact_id,
            case t.kind when 'call' then 'call' when 'message' then 'email' else 'meeting' end,
            t.completed_at, t.title, t.id, $3, $4::timestamptz, $4
        from tasks t join task_associations s on s.team_id = $1 and s.task_id = t.id and s.kind = 'contact'
            and s.deleted_at is null
        where t.team_id = $1 and t.id = any($2::bigint[]) and t.kind <> 'todo' and t.status = 'completed'
        returning id, contact_id, kind""",
        caller.team_id,
        list(task_ids),
        caller.user_id,
        tx.tick(),
    )
    if not rows:
        return
    told = {row["id"]: {"kind": row["kind"], "contact_id": row["contact_id"]} for row in rows}
    await record_events(tx, caller, "activity.recorded", subject="activity", changes=told)
    touched = sorted({row["contact_id"] for row in rows})
    await end_touch_tasks(tx, caller, contact_ids=touched, at=tx.now)
    await note_touches(tx, caller, touched)


async def withdraw_completions(tx: Transaction, caller: Caller, *, task_ids: Collection[int]) -> None:
    """What is open again has not happened after all."""
    rows = await tx.fetch(
        """update activities a set deleted_at = $3, updated_at = $3
        where a.team_id = $1 and a.task_id = any($2::bigint[]) and a.deleted_at is null
        returning a.id, a.contact_id""",
        caller.team_id,
        list(task_ids),
        tx.tick(),
    )
    told = {row["id"]: {"contact_id": row["contact_id"]} for row in rows}
    await record_events(tx, caller, "activity.removed", subject="activity", changes=told)
    await note_touches(tx, caller, sorted({row["contact_id"] for row in rows}))
