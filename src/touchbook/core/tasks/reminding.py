"""Reminders of tasks: they follow the due time, and each has its row in `due`.

The task is locked while they change, by verbs and by the job alike.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from msgspec import Struct, structs

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid, UnknownRecord
from touchbook.core.identity import new_uid
from touchbook.core.query.days import FIRST_DAY, LAST_DAY
from touchbook.core.tasks.reminder import Reminder, RequestedReminder
from touchbook.core.tasks.scheduled_actions import REMINDING
from touchbook.core.transaction import Reader, Transaction

MOST_REMINDERS = 100
# Clocks differ: what is set to a moment ago is meant for now. What has long passed reminds nobody.
LATE = timedelta(minutes=5)
# Instants that calendars of any zone can show.
CALENDAR = datetime.combine(FIRST_DAY, time(), UTC), datetime.combine(LAST_DAY, time(), UTC)
_COLUMNS = ", ".join(f"r.{name}" for name in Reminder.__struct_fields__)


async def reminders_of(reader: Reader, caller: Caller, task_ids: Collection[int]) -> dict[int, list[Reminder]]:
    """Return reminders by task in the order of creation; tasks without reminders are left out."""
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


class ReminderPlan(Struct, frozen=True):
    """Reminders of a task to write and to delete; `all` are those that it has afterwards, each with its uid."""

    all: list[RequestedReminder]
    written: list[RequestedReminder]
    gone: list[Reminder]

    @property
    def differs(self) -> bool:
        return bool(self.written or self.gone)


def plan_reminders(standing: Sequence[Reminder], requested: Sequence[RequestedReminder]) -> ReminderPlan:
    """Plan to replace all reminders (RT-42 to RT-44).

    UnknownRecord for a uid that the task does not have; Invalid for more than MOST_REMINDERS, and for a uid given
    twice.
    """
    before = {each.uid: each for each in standing}
    _check(requested, known=before)
    all_ = [each if each.uid else structs.replace(each, uid=new_uid()) for each in requested]
    named = {each.uid for each in all_}
    return ReminderPlan(
        all_,
        [each for each in all_ if each.uid not in before or _differs(before[each.uid], each)],
        [each for each in standing if each.uid not in named],
    )


async def write_reminders(tx: Transaction, caller: Caller, plans: Mapping[int, ReminderPlan]) -> None:
    """Write the reminders by task id. The tasks are locked."""
    written = await _write(tx, caller, [(task, each) for task, plan in plans.items() for each in plan.written])
    gone = [each.id for plan in plans.values() for each in plan.gone]
    await _delete(tx, caller, gone)
    await keep_due(tx, caller, [*written, *gone])


async def add_reminders(
    tx: Transaction, caller: Caller, *, task_id: int, requested: Sequence[RequestedReminder]
) -> None:
    """Add the reminders of a task that was just created."""
    if requested:
        await write_reminders(tx, caller, {task_id: plan_reminders((), requested)})


async def keep_due(tx: Transaction, caller: Caller, reminder_ids: Collection[int]) -> None:
    """Schedule the reminders at their present instants, and unschedule deleted ones."""
    if not reminder_ids:
        return
    await tx.execute(
        "delete from due d where d.team_id = $1 and d.kind = $2 and d.ref = any($3::bigint[])",
        caller.team_id,
        REMINDING,
        list(reminder_ids),
    )
    await tx.execute(
        """insert into due (team_id, kind, ref, at) select r.team_id, $2, r.id, r.at from reminders r
        where r.team_id = $1 and r.id = any($3::bigint[]) and r.deleted_at is null and r.at >= $4""",
        caller.team_id,
        REMINDING,
        list(reminder_ids),
        tx.now - LATE,
    )


def _check(requested: Sequence[RequestedReminder], *, known: Collection[UUID]) -> None:
    if len(requested) > MOST_REMINDERS:
        raise Invalid({"reminders": [f"A task has at most {MOST_REMINDERS} reminders."]})
    named: set[UUID] = set()
    for uid in (each.uid for each in requested if each.uid):
        if uid not in known:
            raise UnknownRecord("reminder", uid)
        if uid in named:
            raise Invalid({"reminders": [f"Reminder {uid} is given twice."]})
        named.add(uid)


def _differs(stands: Reminder, wish: RequestedReminder) -> bool:
    return (stands.relative, stands.at) != (wish.relative, wish.at)


async def _write(tx: Transaction, caller: Caller, new: Sequence[tuple[int, RequestedReminder]]) -> list[int]:
    """Write reminders by task. Return the ids of those that are new or have moved."""
    if not new:
        return []
    rows = await tx.fetch(
        """with before as (
            select b.uid, b.at from reminders b where b.team_id = $1 and b.uid = any($3::uuid[])
        ), written as (
            insert into reminders as r (team_id, uid, task_id, relative, at, created_at, updated_at)
            select $1, w.uid, w.task_id, w.relative, w.at, w.written, w.written
            from unnest($2::bigint[], $3::uuid[], $4::boolean[], $5::timestamptz[], $6::timestamptz[])
                as w (task_id, uid, relative, at, written)
            on conflict (team_id, uid) do update
            set relative = excluded.relative, at = excluded.at, updated_at = excluded.updated_at
            returning r.id, r.uid, r.at
        ) select written.id from written left join before on before.uid = written.uid
        where before.at is distinct from written.at""",
        caller.team_id,
        [task_id for task_id, _ in new],
        [each.uid for _, each in new],
        [each.relative for _, each in new],
        [each.at for _, each in new],
        [tx.tick() for _ in new],
    )
    return [row["id"] for row in rows]


async def _delete(tx: Transaction, caller: Caller, reminder_ids: Collection[int]) -> None:
    if not reminder_ids:
        return
    await tx.execute(
        """update reminders r set deleted_at = $3, updated_at = $3
        where r.team_id = $1 and r.id = any($2::bigint[])""",
        caller.team_id,
        list(reminder_ids),
        tx.tick(),
    )
