"""Create, update, delete tasks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from touchbook.core.contacts.queries import find_contact
from touchbook.core.differing import said
from touchbook.core.query.days import is_in_range
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.changes import Due, TaskChanges
from touchbook.core.tasks.changing import change_locked_task
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.due_times import due_instant
from touchbook.core.tasks.locking import lock_task_rows
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.task import DEFAULT_PRIORITY, DealRule, Kind, RecordKind
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.errors import Refused
from touchbook.dialects.outreach.jsonapi.reading import find, find_by_id, id_of, show_now, show_record
from touchbook.dialects.outreach.jsonapi.resource import Ref
from touchbook.dialects.outreach.jsonapi.writing import (
    Related,
    differing_attributes,
    differing_relations,
    read_sent,
    required,
)
from touchbook.dialects.outreach.resources.tasks import (
    ACTIONS,
    DEAL_RULES,
    TASKS,
    OpportunityAssociation,
    subject_of,
)
from touchbook.dialects.outreach.times import NO_DATE, read_instant
from touchbook.http.call import Answer, Call

WRITABLE = ("account", "opportunity", "owner", "prospect", "subject", "taskPriority")
_TAKEN = ("owner",)
LONGEST_NOTE = 65_535
_KINDS: Mapping[str, Kind] = {action: kind for kind, action in ACTIONS.items()}
_RECORDS: Mapping[str, RecordKind] = {"account": "account", "opportunity": "deal", "prospect": "contact"}
_RANK: tuple[RecordKind, ...] = ("account", "contact", "deal")
_LINKED = ("account_id", "contacts", "deals", "accounts")
_TIMES = {"autoskip_at": "autoskipAt", "due_at": "dueAt", "scheduled_at": "scheduledAt"}
_Time = Annotated[str, Meta(max_length=64, extra_json_schema={"format": "date-time"})] | UnsetType | None


class TaskWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    action: Literal["action_item", "call", "email", "in_person"] | UnsetType = UNSET
    autoskip_at: _Time = UNSET
    due_at: _Time = UNSET
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] | UnsetType | None = UNSET
    opportunity_association: OpportunityAssociation | UnsetType | None = UNSET
    scheduled_at: _Time = UNSET


async def create(call: Call[Transaction]) -> Answer:
    """Owner and subject are required (A-33)."""
    sent = await read_sent(call, TASKS, TaskWrite, WRITABLE, taken=_TAKEN)
    given = {name: ref for name, ref in sent.related.items() if ref is not None}
    required({"/data/relationships/owner": given.get("owner")})
    if not given.keys() & {"subject", "prospect", "account"}:
        raise Refused({"/data/relationships/subject": "A subject, a prospect or an account is required."})
    attributes = _with_instants(said(sent.attributes), call.caller.team_zone)
    new = NewTask(
        description=attributes.get("note"),
        priority=_priority(sent.related),
        kind=_KINDS[attributes.get("action", "action_item")],
        due_at=attributes.get("due_at"),
        scheduled_at=attributes.get("scheduled_at"),
        autoskip_at=attributes.get("autoskip_at"),
        deal_rule=DEAL_RULES.get(attributes.get("opportunity_association", "")),
        assignees=[given["owner"].id],
        associations=await _links(call, given),
    )
    task = await create_task(call.tx, call.caller, new)
    return await show_now(call, TASKS, task.id, status=201)


async def update(call: Call[Transaction]) -> Answer:
    identifier = id_of(TASKS, call.path["id"])
    await lock_task_rows(call.tx, call.caller, [identifier], "no key update")
    record = await find_by_id(call, TASKS, identifier)
    sent = await read_sent(call, TASKS, TaskWrite, WRITABLE, identifier=identifier, shown=record, taken=_TAKEN)
    attributes: Any = _with_instants(said(sent.attributes), call.caller.team_zone)
    changes = differing_attributes(TaskWrite(**attributes), TASKS.show(record))
    related = {name: sent.related[name] for name in differing_relations(sent.related, TASKS, record)}
    named = "opportunity" in sent.related
    requested = _changes(changes, related, subject_of(record), named=named)
    task = await change_locked_task(call.tx, call.caller, record.task, requested) or record.task
    if any(getattr(task, name) != getattr(record.task, name) for name in _LINKED):
        return await show_now(call, TASKS, identifier)
    record = replace(record, task=task, due=due_instant(task, call.caller.team_zone))
    return await show_record(call, TASKS, identifier, record)


async def delete(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    await delete_task(call.tx, call.caller, task_id=identifier)
    return Answer(b"", 204)


def _priority(related: Related) -> int:
    """The least priority is the default."""
    if "taskPriority" not in related:
        return DEFAULT_PRIORITY
    chosen = related["taskPriority"]
    return chosen.id - 1 if chosen else 0


async def _links(call: Call[Transaction], given: Mapping[str, Ref]) -> list[NewAssociation]:
    """Link the subject first. A prospect's own account is not linked, since it would become the subject."""
    subject = given.get("subject")
    named = [ref for name in ("subject", *_RECORDS) if (ref := given.get(name)) is not None]
    if subject is not None and subject.kind == "prospect" and "account" in given:
        account = (await find_contact(call.tx, call.caller, subject.id)).account_id
        named = [ref for ref in named if ref != Ref("account", account)]
    return [NewAssociation(_RECORDS[ref.kind], ref.id) for ref in dict.fromkeys(named)]


def _changes(changes: Mapping[str, Any], related: Related, shown: Ref | None, *, named: bool) -> TaskChanges:
    """`named`: an opportunity was sent, even the present one; the rule then chooses none."""
    owner = related.get("owner")
    return TaskChanges(
        kind=_KINDS[changes["action"]] if "action" in changes else UNSET,
        description=changes.get("note", UNSET),
        autoskip_at=changes.get("autoskip_at", UNSET),
        priority=_priority(related) if "taskPriority" in related else UNSET,
        deal_rule=_deal_rule(changes),
        chooses_deal=not named,
        due=Due(at=changes["due_at"]) if "due_at" in changes else UNSET,
        scheduled_at=changes.get("scheduled_at", UNSET),
        assignee=UNSET if "owner" not in related else owner.id if owner else None,
        first_records=_first_records(related, shown),
    )


def _deal_rule(changes: Mapping[str, Any]) -> DealRule | UnsetType | None:
    return DEAL_RULES.get(changes["opportunity_association"]) if "opportunity_association" in changes else UNSET


def _first_records(related: Related, shown: Ref | None) -> dict[RecordKind, int | None]:
    """Replace the first of each kind.

    Records that would be shown before the subject are removed: an account before a prospect, a prospect before an
    opportunity.
    """
    records: dict[RecordKind, int | None] = {}
    if "subject" in related:
        subject = related["subject"]
        if subject is not None:
            records |= dict.fromkeys(_RANK[: _RANK.index(_RECORDS[subject.kind])])
            records[_RECORDS[subject.kind]] = subject.id
        elif shown is not None:
            records[_RECORDS[shown.kind]] = None
    for name, kind in _RECORDS.items():
        if name in related:
            record = related[name]
            records[kind] = record.id if record else None
    return records


def _with_instants(attributes: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Parse instants; Refused for invalid ones."""
    problems = {}
    for name in _TIMES.keys() & attributes.keys():
        try:
            attributes[name] = None if attributes[name] is None else _instant(attributes[name], zone)
        except (ValueError, OverflowError):
            problems[f"/data/attributes/{_TIMES[name]}"] = NO_DATE
    if problems:
        raise Refused(problems)
    return attributes


def _instant(text: str, zone: ZoneInfo) -> datetime:
    instant = read_instant(text)
    if not is_in_range(instant, zone):
        raise ValueError(text)
    return instant
