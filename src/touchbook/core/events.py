"""What happened, written by every verb in its own transaction (rule 4)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.transaction import Transaction

# Above so many records a write is one summary event.
MOST_EVENTS = 1000
NOTHING: Mapping[str, Any] = {}


async def record_event(
    tx: Transaction,
    caller: Caller,
    kind: str,
    *,
    subject: str,
    subject_id: int | None,
    changes: Mapping[str, Any],
) -> None:
    """`kind` is what was done (`task.completed`); `changes` holds the changed fields only."""
    await tx.execute(
        """insert into events (team_id, at, kind, subject, subject_id, actor_id, surface, changes)
        values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        caller.team_id,
        tx.tick(),
        kind,
        subject,
        subject_id,
        caller.user_id,
        caller.surface,
        msgspec.json.encode(changes).decode(),
    )


async def record_events(
    tx: Transaction,
    caller: Caller,
    kind: str,
    *,
    subject: str,
    changes: Mapping[int, Mapping[str, Any]],
    summary: Mapping[str, Any] = NOTHING,
) -> None:
    """One event for each record (id -> its changed fields); above MOST_EVENTS `summary` and how many."""
    if len(changes) > MOST_EVENTS:
        whole = {**summary, "count": len(changes)}
        await record_event(tx, caller, kind, subject=subject, subject_id=None, changes=whole)
        return
    if not changes:
        return
    await tx.execute(
        """insert into events (team_id, at, kind, subject, subject_id, actor_id, surface, changes)
        select $1, e.at, $2, $3, e.id, $4, $5, e.changes
        from unnest($6::timestamptz[], $7::bigint[], $8::jsonb[]) as e (at, id, changes)""",
        caller.team_id,
        kind,
        subject,
        caller.user_id,
        caller.surface,
        [tx.tick() for _ in changes],
        list(changes),
        [msgspec.json.encode(change).decode() for change in changes.values()],
    )
