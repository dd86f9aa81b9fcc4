"""Converts requests on tasks to calls of the core."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType, structs

from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.core.query.days import day_of, start_of_day
from touchbook.core.tasks.association import Association, AssociationChange, NewAssociation
from touchbook.core.tasks.changes import Due
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.records import find_records
from touchbook.core.tasks.references import References, take_by_uid
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.task import RecordKind
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.rechat import parse
from touchbook.dialects.rechat.tasks.bodies import AssociationBody, NewTaskBody, Reference, ReminderBody
from touchbook.dialects.rechat.tasks.render import KINDS
from touchbook.dialects.rechat.times import instant_of
from touchbook.http.bodies import free_json
from touchbook.http.call import Call

Body = TypeVar("Body", bound=AssociationBody)


async def new_task(call: Call[Transaction], sent: NewTaskBody) -> tuple[NewTask, References]:
    """Return the task with the records that it names, which are taken."""
    zone = call.caller.team_zone
    due = due_of(instant_of("due_date", sent.due_date, zone), sent.all_day is True, zone)
    people, linked = people_of(sent.assignees or ()), placed(sent.associations or ())
    taken = await take(call, people, linked)
    return NewTask(
        title=sent.title,
        description=sent.description or None,
        status="completed" if sent.status == "DONE" else "open",
        kind=KINDS[sent.task_type][0],
        end_at=None if sent.end_date is UNSET else instant("end_date", sent.end_date, zone),
        metadata=None if sent.metadata is UNSET else json_of(sent.metadata),
        assignees=members(taken, people),
        associations=new_associations(taken, linked),
        reminders=[structs.replace(each, uid=None) for each in requested_reminders(sent.reminders or ())],
        due_at=due.at,
        due_on=due.on,
        due_offset=due.offset or timedelta(),
    ), taken


async def take(
    call: Call[Transaction],
    people: Sequence[UUID],
    linked: Mapping[str, AssociationBody],
    *,
    assigned: Sequence[int] = (),
) -> References:
    """Take the named records in one statement. `assigned` are the present assignees."""
    uids: dict[str, list[UUID]] = {"assignee": [*people]}
    for kind, uid in _records_of(linked):
        uids.setdefault(kind, []).append(uid)
    return await take_by_uid(call.tx, call.caller, uids, ids={"user": assigned})


def due_of(instant: datetime, all_day: bool, zone: ZoneInfo) -> Due:
    """All day is the day of the team's zone that contains the instant, which is kept (design, section 7)."""
    if not all_day:
        return Due(at=instant)
    day = day_of(instant, zone)
    return Due(on=day, offset=instant - start_of_day(day, zone))


def instant(name: str, sent: float | None, zone: ZoneInfo) -> datetime | None:
    return None if sent is None else instant_of(name, sent, zone)


def json_of(metadata: Mapping[str, Any] | None) -> str | None:
    return None if metadata is None else free_json(metadata)


def people_of(sent: Sequence[Reference]) -> list[UUID]:
    return [parse.uid(f"assignees.{number}", parse.reference(each)) for number, each in enumerate(sent)]


def members(taken: References, people: Sequence[UUID], assigned: Sequence[int] = ()) -> list[int]:
    """The `assigned` may stay though they left the team. UnknownRecord for anybody else."""
    standing = {taken.uids["user", user]: user for user in assigned if ("user", user) in taken.uids}
    found = []
    for uid in people:
        user = standing.get(uid) or taken.find("assignee", uid)
        if user is None:
            raise UnknownRecord("assignee", uid)
        found.append(user)
    return found


def requested_reminders(sent: Sequence[ReminderBody]) -> list[RequestedReminder]:
    return [
        RequestedReminder(
            relative=each.is_relative,
            at=instant_of(f"reminders.{number}.timestamp", each.timestamp),
            uid=parse.uid(f"reminders.{number}.id", each.id) if each.id else None,
        )
        for number, each in enumerate(sent)
    ]


async def find_associations(call: Call[Reader], sent: Mapping[str, AssociationBody]) -> list[NewAssociation]:
    """Find the records without taking them: the task is to be locked before."""
    found = References()
    for (kind, uid), record in (await find_records(call.tx, call.caller, _records_of(sent))).items():
        found.add(kind, record, uid)
    return new_associations(found, sent)


def new_associations(taken: References, sent: Mapping[str, AssociationBody]) -> list[NewAssociation]:
    """`sent` goes by the position of each. NotFound for a missing record (RT-79)."""
    new = []
    for (kind, uid), each in zip(_records_of(sent), sent.values(), strict=True):
        record = taken.find(kind, uid)
        if record is None:
            raise NotFound(kind, uid)
        index = None if each.index is UNSET else each.index
        metadata = None if each.metadata is UNSET else json_of(each.metadata)
        new.append(NewAssociation(kind, record, index, metadata))
    return new


def association_change(
    sent: AssociationBody, standing: Mapping[UUID, Association], place: str
) -> AssociationChange:
    """The record may be sent, but not changed. NotFound for an association that the task does not have."""
    uid = parse.uid(f"{place}id", str(sent.id))
    if uid not in standing:
        raise NotFound("association", uid)
    association = standing[uid]
    record = getattr(sent, association.kind) or None
    if sent.association_type not in (UNSET, association.kind) or (
        record is not None
        and parse.uid(f"{place}{association.kind}", parse.reference(record)) != association.record_uid
    ):
        raise Invalid({place.rstrip("."): ["The record of an association cannot be changed."]})
    metadata: str | UnsetType | None = UNSET if sent.metadata is UNSET else json_of(sent.metadata)
    return AssociationChange(id=association.id, index=sent.index, metadata=metadata)


def placed(sent: Sequence[Body]) -> dict[str, Body]:
    """Return the bodies by the path that errors show."""
    return {f"associations.{number}.": each for number, each in enumerate(sent)}


def _records_of(sent: Mapping[str, AssociationBody]) -> list[tuple[RecordKind, UUID]]:
    return [_record_of(each, place) for place, each in sent.items()]


def _record_of(sent: AssociationBody, place: str) -> tuple[RecordKind, UUID]:
    kind = sent.association_type
    if kind is UNSET:
        raise Invalid({f"{place}association_type": [f"{place}association_type is required."]})
    record = getattr(sent, kind) or None
    if record is None:
        raise Invalid({f"{place}{kind}": [f"{place}{kind} is required."]})
    return kind, parse.uid(f"{place}{kind}", parse.reference(record))
