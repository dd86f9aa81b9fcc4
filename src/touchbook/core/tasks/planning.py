"""Plans the change of a task: pure rules in one fixed order, which is also the order of the events.

The order is: its own text, schedule, due time, assignees, links, reminders, and last its end, so that reactions to
the end find everything else as it is to be.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from touchbook.core.caller import Caller
from touchbook.core.differing import canonical
from touchbook.core.foreign_members import ForeignMembers, differing_members, merged_members
from touchbook.core.tasks.changes import Due, TaskChanges
from touchbook.core.tasks.due_times import given_instant
from touchbook.core.tasks.linking import LinkPlan
from touchbook.core.tasks.reminding import ReminderPlan
from touchbook.core.tasks.task import CLOSED, Task
from touchbook.core.transaction import Event

_SAID = ("title", "description", "priority", "kind", "metadata", "end_at", "autoskip_at", "deal_rule")
_LINKED = ("task.associated", "task.dissociated")
# What events call a member otherwise.
_TOLD = {"disposition_id": "disposition", "purpose_id": "purpose"}
_DUE = frozenset({"due_at", "due_on", "due_offset"})
_DAY = timedelta(days=1)


class Plan(Struct):
    """`after` grows while the parts of a change are applied to `before`; `events` holds the changes of each part,
    `columns` those of the task's row that differ.
    """

    before: Task
    after: Task
    columns: dict[str, Any]
    events: list[Event]
    links: LinkPlan
    reminders: ReminderPlan | None
    touched: bool

    @property
    def changes(self) -> bool:
        return bool(self.events) or self.touched

    def write(self, event: str, columns: Mapping[str, Any]) -> None:
        """Apply the columns that differ, and record them for the event, if there are any."""
        after = self.after
        changes = {name: value for name, value in columns.items() if getattr(after, name) != value}
        if changes:
            self.after = msgspec.structs.replace(after, **changes)
            self._note_columns(changes)
            told = {_TOLD.get(name, name): value for name, value in changes.items()}
            self.events.append(Event(event, self.before.id, told))

    def keep(self, event: str, foreign: ForeignMembers) -> None:
        """Merge foreign members that differ, and record for the event which ones."""
        merged = {"foreign_members": merged_members(self.before.foreign_members, foreign)}
        self.after = msgspec.structs.replace(self.after, **merged)
        self._note_columns(merged)
        self.events.append(Event(event, self.before.id, {"foreign_members": foreign}))

    def _note_columns(self, changes: Mapping[str, Any]) -> None:
        for name, value in changes.items():
            if name not in COLUMNS:
                continue
            if value == getattr(self.before, name):
                self.columns.pop(name, None)
            else:
                self.columns[name] = value

    def tell_account(self, account: int | None) -> None:
        """Record that the changed links give the task another account."""
        self.after = msgspec.structs.replace(self.after, account_id=account)
        last = max(n for n, event in enumerate(self.events) if event.kind in _LINKED)
        event = self.events[last]
        self.events[last] = event._replace(changes={**event.changes, "account": account})

    def moved_by(self, caller: Caller) -> timedelta:
        """Return by how much relative reminders move: zero if the task had or has no due time, or if they are set
        anew.
        """
        if _DUE.isdisjoint(self.columns) or (self.reminders is not None and self.reminders.differs):
            return timedelta()
        zone = caller.team_zone
        before, after = given_instant(self.before, zone), given_instant(self.after, zone)
        return after - before if before and after else timedelta()


# What a verb can change of a task's row.
COLUMNS = frozenset(_SAID) | {
    "foreign_members", "disposition_id", "purpose_id", "scheduled_at", "due_at", "due_on", "due_offset", "status",
    "completed_at", "completed_by",
}  # fmt: skip


class Rules(Struct, frozen=True):
    """The rules of one change, for any number of tasks. `said` are its plain members."""

    caller: Caller
    now: datetime
    changes: TaskChanges
    said: Mapping[str, Any]

    def plan(self, task: Task, links: LinkPlan, reminders: ReminderPlan | None) -> Plan:
        """`reminders` is None where the request sets none: existing ones move with the due time."""
        changes = self.changes
        plan = Plan(task, task, {}, [], links, reminders, changes.touched)
        if self.said or changes.disposition_id is not UNSET:
            _say(plan, changes, self.said)
        if foreign := differing_members(task.foreign_members, changes.foreign_members):
            plan.keep("task.updated", foreign)
        if changes.scheduled_at is not UNSET:
            _schedule(plan, changes.scheduled_at, self.now)
        if changes.due is not UNSET or changes.snooze is not UNSET:
            _move(plan, changes, self.caller, self.now)
        _assign(plan, changes)
        if links.differs:
            plan.events += links.events(task.id)
        if reminders is not None and reminders.differs:
            plan.events.append(Event("task.reminders_changed", task.id, {"reminders": reminders.all}))
        if changes.reopen or changes.status is not UNSET:
            _end_or_open(plan, changes, self.caller, self.now)
        return plan


def rules_of(caller: Caller, now: datetime, changes: TaskChanges) -> Rules:
    said = {name: value for name in _SAID if (value := getattr(changes, name)) is not UNSET}
    return Rules(caller, now, changes, said)


def _say(plan: Plan, changes: TaskChanges, said: Mapping[str, Any]) -> None:
    if "metadata" in said and canonical(said["metadata"]) == canonical(plan.before.metadata):
        said = {name: value for name, value in said.items() if name != "metadata"}
    if changes.disposition_id is UNSET:
        plan.write("task.updated", said)
        return
    meeting = {"disposition_id": changes.disposition_id, "purpose_id": changes.purpose_id}
    plan.write(
        "task.meeting_logged", {**said, **{name: value for name, value in meeting.items() if value is not UNSET}}
    )


def _schedule(plan: Plan, at: datetime | None, now: datetime) -> None:
    """Schedule until that instant; without an instant, or with one in the past, the task is open.

    An ended task stays ended.
    """
    columns: dict[str, Any] = {"scheduled_at": at}
    if plan.before.is_open and at is not None and at > now:
        columns["status"] = "scheduled"
    elif plan.before.status == "scheduled":
        columns["status"] = "open"
    plan.write("task.scheduled", columns)


def _move(plan: Plan, changes: TaskChanges, caller: Caller, now: datetime) -> None:
    if changes.snooze is not UNSET:
        plan.write("task.snoozed", _due_columns(plan.before, _snoozed(plan.before, changes.snooze, caller, now)))
    if changes.due is not UNSET:
        plan.write("task.rescheduled", _due_columns(plan.before, changes.due))


def _snoozed(task: Task, until: datetime | None, caller: Caller, now: datetime) -> Due:
    """Return a day after now or after the due time, whichever is later; a date-only task stays date-only."""
    if until is not None:
        return Due(at=until)
    if task.due_on is not None:
        return Due(on=max(now.astimezone(caller.zone).date(), task.due_on) + _DAY)
    return Due(at=max(now, task.due_at or now) + _DAY)


def _due_columns(task: Task, due: Due) -> dict[str, Any]:
    offset = due.offset
    if offset is None:
        offset = task.due_offset if due.on else timedelta()
    return {"due_at": due.at, "due_on": due.on, "due_offset": offset}


def _assign(plan: Plan, changes: TaskChanges) -> None:
    requested = assignees_after(plan.before, changes)
    if requested != plan.before.assignees:
        plan.write("task.reassigned", {"assignees": requested})


def assignees_after(task: Task, changes: TaskChanges) -> list[int]:
    """Return all assignees, each once; `assignee` replaces the first and keeps the rest (M-8)."""
    if changes.assignees is not UNSET:
        return list(dict.fromkeys(changes.assignees))
    if changes.handed_over is not UNSET and task.is_open:
        giver, receiver = changes.handed_over
        return list(dict.fromkeys(receiver if user == giver else user for user in task.assignees))
    if changes.assignee is UNSET:
        return task.assignees
    rest = [other for other in task.assignees[1:] if other != changes.assignee]
    return rest if changes.assignee is None else [changes.assignee, *rest]


def _end_or_open(plan: Plan, changes: TaskChanges, caller: Caller, now: datetime) -> None:
    """An ended task keeps its status until it is reopened; an end that no user caused has no completer (A-16)."""
    if changes.reopen and not plan.after.is_open:
        skips = plan.after.autoskip_at
        plan.write(
            "task.reopened",
            {
                "status": "open" if changes.status is UNSET else changes.status,
                "completed_at": None,
                "completed_by": None,
                "autoskip_at": skips if skips and skips > now else None,
            },
        )
    elif changes.status is not UNSET and plan.after.is_open:
        _write_status(plan, changes.status, caller, now)


def _write_status(plan: Plan, status: str, caller: Caller, now: datetime) -> None:
    if status in CLOSED:
        by = None if status == "skipped" else caller.user_id
        plan.write(f"task.{status}", {"status": status, "completed_at": now, "completed_by": by})
    else:
        plan.write("task.started" if status == "in_progress" else "task.opened", {"status": status})


def new_assignees(tasks: Sequence[Task], changes: TaskChanges) -> Collection[int]:
    """Return members that are new to one of the tasks; a member who left may stay assigned, but not be added."""
    return {user for task in tasks for user in assignees_after(task, changes) if user not in task.assignees}


def reassigned(tasks: Sequence[Task], changes: TaskChanges) -> Collection[int]:
    """Return the assignees afterwards of the tasks whose assignees differ, for their events."""
    requested = ((task, assignees_after(task, changes)) for task in tasks)
    return {user for task, after in requested if after != task.assignees for user in after}
