"""Counts what waits for a worker, in all teams, for whoever watches: one statement that never counts far."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from touchbook.core.tasks.scheduled_actions import REMINDING
from touchbook.core.transaction import Reader

# Whoever sees this many knows enough; the instants are exact all the same, as the oldest come first.
MOST_COUNTED = 10_000


class Backlog(Struct, frozen=True, kw_only=True):
    """Counts end at MOST_COUNTED. Held jobs are not due. Seconds are how late the oldest is, 0 if none is due."""

    due: int
    held: int
    oldest_due_seconds: float
    reminders_late_seconds: float


class Readable(Protocol):
    def reading(self) -> AbstractAsyncContextManager[Reader]: ...


async def read_backlog(store: Readable) -> Backlog:
    async with store.reading() as reader:
        row = await reader.fetch_row(
            f"""with held as materialized (
                select q.dedupe_key as key from pgqueuer q where q.status = 'failed' limit {MOST_COUNTED}
            ), waiting as materialized (
                select d.kind, d.at from due d
                where d.at <= $1 and d.kind || ':' || d.team_id || ':' || d.ref <> all(
                    array(select key from held where key is not null))
                order by d.at limit {MOST_COUNTED}
            )
            select (select count(*) from waiting) as due, (select count(*) from held) as held,
                (select min(at) from waiting) as oldest_due,
                (select min(at) from waiting where kind = $2) as oldest_reminder""",
            reader.now,
            REMINDING,
        )
        assert row is not None
        return Backlog(
            due=row["due"],
            held=row["held"],
            oldest_due_seconds=_age(row["oldest_due"], reader.now),
            reminders_late_seconds=_age(row["oldest_reminder"], reader.now),
        )


def _age(instant: datetime | None, now: datetime) -> float:
    return (now - instant).total_seconds() if instant else 0.0
