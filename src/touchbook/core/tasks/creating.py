from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.due import set_due
from touchbook.core.events import record_events
from touchbook.core.identity import new_uid
from touchbook.core.tasks.assignees import put_assignees
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.associations import insert_links
from touchbook.core.tasks.choosing_deals import deals_by_rule
from touchbook.core.tasks.linking import told_of
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.references import take_references
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.reminding import add_reminders
from touchbook.core.tasks.scheduled_actions import OPENING, SKIPPING
from touchbook.core.tasks.task import (
    CLOSED,
    DEFAULT_PRIORITY,
    DealRule,
    Kind,
    RecordKind,
    Status,
    Task,
    shown_title,
    sort_title,
)
from touchbook.core.tasks.writing import opens_at, skips_at, text_of
from touchbook.core.transaction import Event, Reader, Transaction

_TOLD = ("title", "description", "priority", "kind", "origin", "due_at", "due_on", "due_offset", "end_at",
         "scheduled_at", "autoskip_at", "metadata", "deal_rule", "assignees", "tags",
         "reminders")  # fmt: skip


class NewTask(Struct, frozen=True, kw_only=True):
    """The members of a task that a caller may choose.

    `status` defaults to scheduled if `scheduled_at` is in the future, else to open.
    """

    title: str | None = None
    description: str | None = None
    status: Status | None = None
    priority: int = DEFAULT_PRIORITY
    kind: Kind = "todo"
    origin: str = "manual"
    due_at: datetime | None = None
    due_on: date | None = None
    due_offset: timedelta = timedelta()
    end_at: datetime | None = None
    scheduled_at: datetime | None = None
    autoskip_at: datetime | None = None
    metadata: str | None = None
    deal_rule: DealRule | None = None
    assignees: Sequence[int] = ()
    associations: Sequence[NewAssociation] = ()
    tags: Sequence[int] = ()
    reminders: Sequence[RequestedReminder] = ()

    def status_at(self, now: datetime) -> Status:
        if self.status:
            return self.status
        return "scheduled" if self.scheduled_at and self.scheduled_at > now else "open"

    def first(self, kind: RecordKind) -> int | None:
        """Return the record that the task will show first: by index, those without one last, then in the order
        given.
        """
        of_kind = [link for link in self.associations if link.kind == kind]
        in_order = sorted(of_kind, key=lambda link: (link.index is None, link.index or 0))
        return in_order[0].record if in_order else None


async def create_task(tx: Transaction, caller: Caller, new: NewTask) -> Task:
    """Errors: UnknownRecord for a contact, deal, listing, account, assignee or tag that the team does not have."""
    new = await _with_ruled_deal(tx, caller, new)
    uids = await take_references(tx, caller, records=new.associations, assignees=new.assignees, tags=new.tags)
    task_id = await _insert_task(tx, caller, new)
    if new.assignees:
        await put_assignees(tx, caller, task_id, list(dict.fromkeys(new.assignees)))
    await insert_links(tx, caller, {task_id: new.associations})
    await _insert_tags(tx, caller, new, task_id)
    await add_reminders(tx, caller, task_id=task_id, requested=new.reminders)
    task = await find_task(tx, caller, task_id)
    await _write_text(tx, caller, task)
    for kind, at in ((OPENING, opens_at(task)), (SKIPPING, skips_at(task))):
        if at is not None:
            await set_due(tx, caller, kind, ref=task.id, at=at)
    created = Event("task.created", task.id, _described(new, task), record=task)
    await record_events(tx, caller, [created], known=uids)
    return task


async def _write_text(tx: Transaction, caller: Caller, task: Task) -> None:
    text = text_of(task)
    await tx.execute(
        "insert into task_texts (team_id, task_id, title, folded) values ($1, $2, $3, $4)",
        caller.team_id,
        task.id,
        text["shown"],
        text["folded"],
    )


async def _with_ruled_deal(reader: Reader, caller: Caller, new: NewTask) -> NewTask:
    """A deal named in the request wins over the rule."""
    if new.first("deal") is not None:
        return new
    contact = new.first("contact")
    deals = await deals_by_rule(reader, caller, new.deal_rule, [] if contact is None else [contact])
    if not deals:
        return new
    (deal,) = deals.values()
    return msgspec.structs.replace(new, associations=[*new.associations, NewAssociation("deal", deal)])


async def _insert_task(tx: Transaction, caller: Caller, new: NewTask) -> int:
    status = new.status_at(tx.now)
    done = status in CLOSED
    task_id: int = await tx.fetch_value(
        """insert into tasks (team_id, uid, title, description, status, priority, kind, origin, due_at, due_on,
            end_at, scheduled_at, autoskip_at, completed_at, completed_by, metadata, deal_rule,
            created_by, created_at, updated_at, state_changed_at, sort_title, account_id, due_offset)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
            $19, $19, $20, coalesce($21,
                (select c.account_id from contacts c where c.team_id = $1 and c.id = $22),
                (select d.account_id from deals d where d.team_id = $1 and d.id = $23)), $24)
        returning id""",
        caller.team_id,
        new_uid(),
        new.title,
        new.description,
        status,
        new.priority,
        new.kind,
        new.origin,
        new.due_at,
        new.due_on,
        new.end_at,
        new.scheduled_at,
        new.autoskip_at,
        tx.now if done else None,
        caller.user_id if done else None,
        new.metadata,
        new.deal_rule,
        caller.user_id,
        tx.tick(),
        sort_title(shown_title(new.title, new.description, new.kind)),
        new.first("account"),
        new.first("contact"),
        new.first("deal"),
        new.due_offset,
    )
    return task_id


async def _insert_tags(tx: Transaction, caller: Caller, new: NewTask, task_id: int) -> None:
    if new.tags:
        await tx.execute(
            """insert into task_tags (team_id, task_id, tag_id, position)
            select $1, $2, g.id, g.position - 1
            from unnest($3::bigint[]) with ordinality as g (id, position)""",
            caller.team_id,
            task_id,
            list(dict.fromkeys(new.tags)),
        )


def _described(new: NewTask, task: Task) -> dict[str, Any]:
    """Return the chosen members, for the event."""
    told = {name: getattr(new, name) for name in _TOLD if getattr(new, name)}
    return {**told, "status": task.status, **told_of(new.associations)}
