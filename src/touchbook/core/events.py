"""Every verb records an event for each record that it changes, in its own transaction (rule 4).

The kinds stand in `event_kinds.py`, the consequences in other rooms in `reactions.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.event_kinds import KINDS, Reference
from touchbook.core.query.where import Where
from touchbook.core.recordset import recordset
from touchbook.core.transaction import Event, Transaction

# A write of more records than this leaves one summary event of each kind.
MOST_EVENTS = 1000
# The tables of what events refer to. A user stands beside the teams, all others belong to one.
_TENANTS = {
    "account": "accounts",
    "contact": "contacts",
    "deal": "deals",
    "listing": "listings",
    "tag": "tags",
    "task": "tasks",
    "file": "files",
    "stage": "stages",
    "persona": "personas",
    "disposition": "task_dispositions",
    "purpose": "task_purposes",
    "sequence": "sequences",
    "sequence_state": "sequence_states",
    "sequence_step": "sequence_steps",
    "template": "templates",
    "mailing": "mailings",
}
_TYPES = {
    "at": "timestamptz",
    "kind": "text",
    "subject": "text",
    "subject_id": "bigint",
    "changes": "jsonb",
}


# By noun and id.
Uids = Mapping[tuple[str, int], UUID]
_NONE_KNOWN: Uids = {}


async def record_event(tx: Transaction, caller: Caller, event: str, subject_id: int, /, **changes: Any) -> None:
    await record_events(tx, caller, [Event(event, subject_id, changes)])


async def record_each(
    tx: Transaction, caller: Caller, kind: str, changes: Mapping[int, Mapping[str, Any]]
) -> None:
    """Record one kind for many records: id -> its changed fields."""
    await record_events(tx, caller, [Event(kind, record, fields) for record, fields in changes.items()])


async def record_events(
    tx: Transaction, caller: Caller, events: Sequence[Event], *, known: Uids = _NONE_KNOWN
) -> None:
    """Store the events in order, then run the reactions to each kind.

    More than MOST_EVENTS of a kind become one summary with their number and the fields that are the same in all.
    `known` are uids that need no lookup.
    """
    if events:
        where = Where(caller.team_id)
        rows = await describe_events(tx, caller, events, known=known)
        await tx.execute(insert_events(where, caller, rows), *where.args)
        await react_to_events(tx, caller, events)


async def describe_events(
    tx: Transaction, caller: Caller, events: Sequence[Event], *, known: Uids = _NONE_KNOWN
) -> str:
    """Return the rows of events for `insert_events`."""
    kept = _kept(events)
    uids = {**known, **await _find_uids(tx, caller, kept, known)}
    return msgspec.json.encode(
        [
            {
                "at": tx.tick(),
                "kind": event.kind,
                "subject": KINDS[event.kind].noun,
                "subject_id": event.subject_id,
                "changes": _told(event, uids),
            }
            for event in kept
        ]
    ).decode()


def insert_events(
    where: Where, caller: Caller, rows: str, *, subject: str = "r.subject_id", beside: str = ""
) -> str:
    """Return the insert of events, alone or as a part of the statement that changes their subjects.

    `subject` is the id of what they are about, maybe from a table `beside` them.
    """
    tables = ", ".join(filter(None, (beside, recordset(where.value(rows), _TYPES))))
    by, surface = where.value(caller.user_id), where.value(caller.surface)
    return f"""insert into events (team_id, at, kind, subject, subject_id, actor_id, surface, changes)
        select $1, r.at, r.kind, r.subject, {subject}, {by}::bigint, {surface}::text, r.changes from {tables}"""


async def react_to_events(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Run the reactions to each kind, after the events have been inserted."""
    for kind in dict.fromkeys(event.kind for event in events):
        for reaction in tx.reactions.after.get(kind, ()):
            await reaction(tx, caller, [event for event in events if event.kind == kind])


def _kept(events: Sequence[Event]) -> Sequence[Event]:
    if len(events) <= MOST_EVENTS:
        return events
    by_kind: dict[str, list[Event]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event)
    kept = [event for event in events if len(by_kind[event.kind]) <= MOST_EVENTS]
    return kept + [_summary(of_kind) for of_kind in by_kind.values() if len(of_kind) > MOST_EVENTS]


def _summary(events: Sequence[Event]) -> Event:
    first, *rest = events
    same = {
        name: value
        for name, value in first.changes.items()
        if all(name in other.changes and other.changes[name] == value for other in rest)
    }
    return Event(first.kind, None, same | {"count": len(events)})


async def _find_uids(tx: Transaction, caller: Caller, events: Sequence[Event], known: Uids) -> Uids:
    wanted: dict[str, set[int]] = {}
    for event in events:
        for reference, ids in _references(event):
            missing = {each for each in ids if (reference.noun, each) not in known}
            if missing:
                wanted.setdefault(reference.noun, set()).update(missing)
    if not wanted:
        return {}
    parts = [_UIDS[noun].format(ids=f"${number}::bigint[]") for number, noun in enumerate(wanted, start=2)]
    rows = await tx.fetch(" union all ".join(parts), caller.team_id, *map(list, wanted.values()))
    return {(row["noun"], row["id"]): row["uid"] for row in rows}


def _references(event: Event) -> Iterator[tuple[Reference, Sequence[int]]]:
    for name, reference in _REFERENCES[event.kind].items():
        value = event.changes.get(name)
        if value is not None:
            yield reference, value if reference.many else (value,)


def _told(event: Event, uids: Uids) -> Mapping[str, Any]:
    """Return the changed fields as they are stored.

    A field that is missing in the registry is a bug of the verb.
    """
    if not event.changes.keys() <= _FIELDS[event.kind]:
        raise KeyError(*event.changes.keys() - _FIELDS[event.kind])
    told = {
        name: [uids[reference.noun, each] for each in value] if reference.many else uids[reference.noun, value]
        for name, reference in _REFERENCES[event.kind].items()
        if (value := event.changes.get(name)) is not None
    }
    return {**event.changes, **told} if told else event.changes


_REFERENCES = {
    kind: {name: member for name, member in described.members.items() if isinstance(member, Reference)}
    for kind, described in KINDS.items()
}
_FIELDS = {kind: {*described.members, "count"} for kind, described in KINDS.items()}
_UIDS = {
    "user": """select 'user' as noun, u.id, u.uid from members m join users u on u.id = m.user_id
        where m.team_id = $1 and m.user_id = any({ids})""",
    **{
        noun: f"select '{noun}' as noun, x.id, x.uid from {table} x where x.team_id = $1 and x.id = any({{ids}})"
        for noun, table in _TENANTS.items()
    },
}
