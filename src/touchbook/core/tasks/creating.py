from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from touchbook.core.activities.recording import record_completions
from touchbook.core.caller import Caller
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.tasks.assignees import put_assignees
from touchbook.core.tasks.associating import check_associations, insert_associations
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.choosing_deals import deal_by_rule
from touchbook.core.tasks.duties import keep_duties
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.reminder import WishedReminder
from touchbook.core.tasks.reminding import add_reminders
from touchbook.core.tasks.task import (
    CLOSED,
    DEFAULT_PRIORITY,
    Kind,
    OpportunityRule,
    RecordKind,
    Status,
    Task,
    shown_title,
    sort_title,
)
from touchbook.core.tasks.text import write_text
from touchbook.core.transaction import Reader, Transaction


class NewTask(Struct, frozen=True, kw_only=True):
    """What a caller may choose of a task. Without `status`: scheduled if `scheduled_at` is to come, else open."""

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
    source: str | None = None
    opportunity_rule: OpportunityRule | None = None
    assignees: Sequence[int] = ()
    associations: Sequence[NewAssociation] = ()
    tags: Sequence[int] = ()
    reminders: Sequence[WishedReminder] = ()

    def status_at(self, now: datetime) -> Status:
        if self.status:
            return self.status
        return "scheduled" if self.scheduled_at and self.scheduled_at > now else "open"

    def first(self, kind: RecordKind) -> int | None:
        """As the task will show it: by index, those without one last, then as they were given."""
        of_kind = [link for link in self.associations if link.kind == kind]
        in_order = sorted(of_kind, key=lambda link: (link.index is None, link.index or 0))
        return in_order[0].record if in_order else None


async def create_task(tx: Transaction, caller: Caller, new: NewTask) -> Task:
    """Errors: UnknownRecord for a contact, deal, listing, account, assignee or tag the team does not have."""
    await check_associations(tx, caller, new.associations, assignees=new.assignees, tags=new.tags)
    new = await _with_ruled_deal(tx, caller, new)
    task_id = await _insert_task(tx, caller, new)
    if new.assignees:
        await put_assignees(tx, caller, task_id, list(dict.fromkeys(new.assignees)))
    await insert_associations(tx, caller, task_id, new.associations)
    await _insert_tags(tx, caller, new, task_id)
    await add_reminders(tx, caller, task_id=task_id, wished=new.reminders)
    task = await find_task(tx, caller, task_id)
    await write_text(tx, caller, task)
    if task.status == "completed":
        await record_completions(tx, caller, task_ids=[task_id])
    await keep_duties(tx, caller, task, new=True)
    await record_event(tx, caller, "task.created", subject="task", subject_id=task_id, changes=_described(new))
    return task


async def _with_ruled_deal(reader: Reader, caller: Caller, new: NewTask) -> NewTask:
    """A deal that was named goes before the rule."""
    if new.first("deal") is not None:
        return new
    deal = await deal_by_rule(reader, caller, new.opportunity_rule, contact_id=new.first("contact"))
    if deal is None:
        return new
    return msgspec.structs.replace(new, associations=[*new.associations, NewAssociation("deal", deal)])


async def _insert_task(tx: Transaction, caller: Caller, new: NewTask) -> int:
    status = new.status_at(tx.now)
    done = status in CLOSED
    task_id: int = await tx.fetch_value(
        """insert into tasks (team_id, uid, title, description, status, priority, kind, origin, due_at, due_on,
            end_at, scheduled_at, autoskip_at, completed_at, completed_by, metadata, source, opportunity_rule,
            created_by, created_at, updated_at, state_changed_at, sort_title, account_id, due_offset)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
            $20, $20, $21, coalesce($22,
                (select c.account_id from contacts c where c.team_id = $1 and c.id = $23),
                (select d.account_id from deals d where d.team_id = $1 and d.id = $24)), $25)
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
        new.source,
        new.opportunity_rule,
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


def _described(new: NewTask) -> dict[str, object]:
    members = {name: getattr(new, name) for name in NewTask.__struct_fields__}
    return {name: value for name, value in members.items() if value not in (None, (), timedelta())}
