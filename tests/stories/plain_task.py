"""A task as a plain model keeps it: what each write through a dialect should make of it, without SQL."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass
class PlainTask:
    """`links` by id: what they lead to, index, metadata; `reminders` by id: relative, instant."""

    zone: ZoneInfo
    title: str
    description: str | None
    due_at: datetime | None
    metadata: Any
    assignees: list[str]
    due_on: date | None = None
    offset: timedelta = timedelta()
    end_at: datetime | None = None
    done: bool = False
    kind: str = "Todo"
    links: dict[str, tuple[str, int | None, Any]] = field(default_factory=dict)
    reminders: dict[str, tuple[bool, datetime]] = field(default_factory=dict)

    @property
    def given(self) -> datetime | None:
        """The due time as Rechat shows it."""
        if self.due_on is not None:
            start = start_of(self.due_on, self.zone)
            latest = start_of(self.due_on + timedelta(days=1), self.zone) - timedelta.resolution
            return max(start, min(start + self.offset, latest))
        return self.due_at

    def move(
        self, *, due_at: datetime | None = None, due_on: date | None = None, offset: timedelta | None = None
    ) -> None:
        """Relative reminders keep their distance; a day that becomes another keeps the time within it."""
        before = self.given
        self.offset = (self.offset if offset is None else offset) if due_on else timedelta()
        self.due_at, self.due_on = due_at, due_on
        if before is not None and self.given is not None:
            distance = self.given - before
            for uid, (relative, at) in self.reminders.items():
                self.reminders[uid] = (relative, at + distance if relative else at)

    def move_to_instant(self, instant: datetime, *, all_day: bool) -> None:
        if not all_day:
            self.move(due_at=instant)
            return
        day = instant.astimezone(self.zone).date()
        self.move(due_on=day, offset=instant - start_of(day, self.zone))

    def hand_over(self, to: str | None) -> None:
        """The first one's place is another's; nobody: the first alone goes."""
        rest = [user for user in self.assignees[1:] if user != to]
        self.assignees = [to, *rest] if to else rest


def start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
