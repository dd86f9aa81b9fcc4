"""A task's reminders: which it has, how they follow its due time, and what of them stands in `due`.

Whoever changes them holds the task, as the job does that works them off.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid, UnknownRecord
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.tasks.amending import touch_task
from touchbook.core.tasks.duties import REMINDING
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.reminder import Reminder, WishedReminder
from touchbook.core.transaction import Reader, Transaction

MOST_REMINDERS = 100
# Clocks differ: what is set to a moment ago is meant for now. What has long passed reminds nobody.
_LATE = timedelta(minutes=5)
# Instants that calendars of any zone can show.
_TIME = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
_COLUMNS = ", ".join(f"r.{name}" for name in Reminder.__struct_fields__)


async def reminders_of(reader: Reader, caller: Caller, task_ids: Collection[int]) -> dict[int, list[Reminder]]:
    """Of each task in the order of their creation; a task that has none is not in it."""
    rows = await reader.fetch(
        f"""select {_COLUMNS} from reminders r
        where r.team_id = $1 and r.task_id = any($2::bigint[]) and r.deleted_at is null
        order by r.created_at, r.id""",
        caller.team_id,
        list(task_ids),
    )
    found: dict[int, list[Reminder]] = defaultdict(list)
    for row in rows:
        found[row["task_id"]].append(Reminder(*row))
    return dict(found)


async def add_reminders(
    tx: Transaction, caller: Caller, *, task_id: int, wished: Sequence[WishedReminder]
) -> None:
    """Of a task that has just been made."""
    if wished:
        _check(wished, known=())
        await keep_due(tx, caller, await _write(tx, caller, task_id, wished))


async def set_reminders(
    tx: Transaction, caller: Caller, *, task_id: int, wished: Sequence[WishedReminder]
) -> list[Reminder] | None:
    """These and no others (RT-42 to RT-44); None if it has just these.

    UnknownRecord for a uid that the task does not have; Invalid for more than MOST_REMINDERS, and for one twice.
    """
    await lock_task(tx, caller, task_id)
    before = {each.uid: each for each in (await reminders_of(tx, caller, [task_id])).get(task_id, ())}
    _check(wished, known=before)
    changed = [each for each in wished if each.uid is None or _differs(before[each.uid], each)]
    named = {each.uid for each in wished}
    gone = [each.id for uid, each in before.items() if uid not in named]
    if not changed and not gone:
        return None
    await _write(tx, caller, task_id, changed)
    await _delete(tx, caller, gone)
    after = (await reminders_of(tx, caller, [task_id])).get(task_id, [])
    # One that stays at its instant has its turn once, whatever else of it changes.
    moved = [each.id for each in after if each.uid not in before or before[each.uid].at != each.at]
    await keep_due(tx, caller, [*gone, *moved])
    await touch_task(tx, caller, task_id)
    changes = {"reminders": [WishedReminder(each.relative, each.at, each.uid) for each in after]}
    await record_event(tx, caller, "task.reminders_set", subject="task", subject_id=task_id, changes=changes)
    return after


def distance(before: datetime | None, after: datetime | None) -> timedelta:
    """Between two due times, both in UTC; nothing if there is but one."""
    return after - before if before and after else timedelta()


async def shift_reminders(tx: Transaction, caller: Caller, distances: Mapping[int, timedelta]) -> None:
    """The relative ones of each task (id -> by how much its due time moves), so that they keep their distance."""
    moving = {task: distance for task, distance in distances.items() if distance}
    if not moving:
        return
    rows = await tx.fetch(
        """update reminders r set at = r.at + m.distance, updated_at = $4
        from unnest($2::bigint[], $3::interval[]) as m (task_id, distance)
        where r.team_id = $1 and r.task_id = m.task_id and r.relative and r.deleted_at is null
        returning r.id, r.at < $5 or r.at > $6 as lost""",
        caller.team_id,
        list(moving),
        list(moving.values()),
        tx.tick(),
        *_TIME,
    )
    if any(row["lost"] for row in rows):
        raise Invalid({"due": ["A reminder would move beyond all calendars."]})
    await keep_due(tx, caller, [row["id"] for row in rows])


async def keep_due(tx: Transaction, caller: Caller, reminder_ids: Collection[int]) -> None:
    """Those that are new, moved or deleted: due at their instants as they stand now, or not at all."""
    if not reminder_ids:
        return
    await tx.execute(
        "delete from due d where d.team_id = $1 and d.kind = $2 and d.ref = any($3::bigint[])",
        caller.team_id,
        REMINDING,
        list(reminder_ids),
    )
    await tx.execute(
        """insert into due (team_id, kind, ref, at) select $1, $2, r.id, r.at from reminders r
        where r.team_id = $1 and r.id = any($3::bigint[]) and r.deleted_at is null and r.at >= $4""",
        caller.team_id,
        REMINDING,
        list(reminder_ids),
        tx.now - _LATE,
    )


def _check(wished: Sequence[WishedReminder], *, known: Collection[UUID]) -> None:
    if len(wished) > MOST_REMINDERS:
        raise Invalid({"reminders": [f"A task has at most {MOST_REMINDERS} reminders."]})
    named: set[UUID] = set()
    for uid in (each.uid for each in wished if each.uid):
        if uid not in known:
            raise UnknownRecord("reminder", uid)
        if uid in named:
            raise Invalid({"reminders": [f"Reminder {uid} is named twice."]})
        named.add(uid)


def _differs(stands: Reminder, wish: WishedReminder) -> bool:
    return (stands.relative, stands.at) != (wish.relative, wish.at)


async def _write(tx: Transaction, caller: Caller, task_id: int, wished: Sequence[WishedReminder]) -> list[int]:
    """Answers their ids."""
    rows = await tx.fetch(
        """insert into reminders as r (team_id, uid, task_id, relative, at, created_at, updated_at)
        select $1, w.uid, $2, w.relative, w.at, w.written, w.written
        from unnest($3::uuid[], $4::boolean[], $5::timestamptz[], $6::timestamptz[])
            as w (uid, relative, at, written)
        on conflict (team_id, uid) do update
        set relative = excluded.relative, at = excluded.at, updated_at = excluded.updated_at
        returning r.id""",
        caller.team_id,
        task_id,
        [each.uid or new_uid() for each in wished],
        [each.relative for each in wished],
        [each.at for each in wished],
        [tx.tick() for _ in wished],
    )
    return [row["id"] for row in rows]


async def _delete(tx: Transaction, caller: Caller, reminder_ids: Collection[int]) -> None:
    await tx.execute(
        """update reminders r set deleted_at = $3, updated_at = $3
        where r.team_id = $1 and r.id = any($2::bigint[])""",
        caller.team_id,
        list(reminder_ids),
        tx.tick(),
    )
