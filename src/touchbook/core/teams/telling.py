"""A user's password and a client belong to several teams, so that their events go to every team concerned."""

from typing import Any

import msgspec

from touchbook.core.event_kinds import KINDS
from touchbook.core.transaction import Transaction

# Nobody's in any team: it is done on the machine itself.
SURFACE = "command"


async def tell_teams(
    tx: Transaction, kind: str, subject_id: int, /, *, member: int | None = None, **changes: Any
) -> None:
    """Send the event to every team, or, with `member`, to those that this user is a member of."""
    await tx.execute(
        """insert into events (team_id, at, kind, subject, subject_id, surface, changes)
        select t.id, $1, $2, $3, $4, $5, $6 from teams t where $7::bigint is null
        or exists (select from members m where m.team_id = t.id and m.user_id = $7 and m.left_at is null)""",
        tx.tick(),
        kind,
        KINDS[kind].noun,
        subject_id,
        SURFACE,
        msgspec.json.encode(changes).decode(),
        member,
    )
