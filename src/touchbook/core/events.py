"""What happened, written by every verb in its own transaction (rule 4)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.transaction import Transaction


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
