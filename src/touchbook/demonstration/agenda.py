"""The sixty tasks: the seed alone decides which there are, today decides when they are due."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.task import Kind, Status

COUNT = 60
_SEED = 20260101
_PAST, _TODAY = 22, 10

_SUBJECTS: tuple[tuple[Kind, str, str | None], ...] = (
    (
        "call",
        "Call about the offer",
        "The counter-offer stands until the end of the week.\nAsk about the closing date.",
    ),
    ("message", "Send the comparables", "Three sales within half a mile, the last ninety days."),
    ("in_person", "Show the house", "Bring the second set of keys."),
    ("todo", "Prepare the listing agreement", None),
    ("call", "Check in after the move", "Ask how the school run works out."),
    ("message", "Write about the inspection report", None),
    ("in_person", "Coffee with a past client", "They know somebody who sells."),
    ("todo", "Order the yard sign", None),
    ("call", "Call back, missed twice", "Best reached after five."),
    ("message", "Congratulate on the anniversary of the purchase", "Two years in the house."),
    ("in_person", "Final walk-through", "Meter readings, garage remote, mailbox key."),
    ("todo", "Review the title commitment", "Easement at the back of the lot: ask the title company."),
    ("call", "Talk through the mortgage pre-approval", None),
    ("message", "Confirm the photographer", "Twilight shots of the front, please."),
    ("in_person", "Open house", "Signs at both ends of the street; sheets for visitors."),
)

_ENDED: tuple[Status, ...] = (
    "completed",
    "completed",
    "cancelled",
    "completed",
    "no_show",
    "completed",
    "skipped",
)
_STILL_OPEN_OF_PAST = 4


class Item(Struct, frozen=True):
    """A task to create, by the colleague of that number, and the changes made to it since."""

    new: NewTask
    author: int
    outcome: Status


class Material(Struct, frozen=True):
    """The ids that tasks may refer to, in the order of the demonstration's own lists."""

    users: Sequence[int]
    contacts: Sequence[int]
    deals: Sequence[int]
    listings: Sequence[int]
    tags: Sequence[int]


def plan(material: Material, now: datetime, zone: ZoneInfo) -> Iterator[Item]:
    """The first task is the fullest: open, timed, with a contact, a deal, a listing and tags."""
    chance = Random(_SEED)  # noqa: S311
    for number in range(COUNT):
        kind, title, description = _SUBJECTS[number % len(_SUBJECTS)]
        outcome = _outcome(number)
        day = now.astimezone(zone).date() + timedelta(days=_distance(number, chance))
        hour = time(chance.randrange(8, 19), chance.choice((0, 15, 30, 45)))
        timed = number == 0 or number % 5 not in (1, 4)
        due_at = datetime.combine(day, hour, zone) if timed else None
        new = NewTask(
            title=title,
            description=description,
            kind=kind,
            priority=2 if number == 0 else chance.choices(range(5), (1, 2, 4, 2, 1))[0],
            due_at=due_at,
            due_on=None if timed else day,
            end_at=due_at + timedelta(hours=1) if due_at and kind == "in_person" else None,
            scheduled_at=_opening(now, day, zone) if outcome == "scheduled" else None,
            status="scheduled" if outcome == "scheduled" else "open",
            assignees=_assignees(number, material, chance),
            associations=_associations(number, material, chance),
            tags=chance.sample(material.tags, (2, 0, 1, 0)[number % 4]),
            reminders=_reminders(number, due_at),
        )
        yield Item(new, number % len(material.users), outcome)


def _distance(number: int, chance: Random) -> int:
    """Return days from today: past ones first, then today, then future ones; but the first task is tomorrow's."""
    if number == 0:
        return 1
    if number <= _PAST:
        return -chance.randrange(1, 46)
    return 0 if number <= _PAST + _TODAY else chance.randrange(1, 61)


def _outcome(number: int) -> Status:
    if number == 0:
        return "open"
    if number <= _PAST:
        return "open" if number % _STILL_OPEN_OF_PAST == 0 else _ENDED[number % len(_ENDED)]
    if number <= _PAST + _TODAY:
        return ("open", "in_progress", "open", "completed", "open")[number % 5]
    return "scheduled" if number % 4 == 0 else "open"


def _opening(now: datetime, day: date, zone: ZoneInfo) -> datetime:
    """Open a scheduled task on the morning of the day before, and never in the past."""
    morning = datetime.combine(day - timedelta(days=1), time(6), zone)
    return max(morning, now + timedelta(hours=6))


def _assignees(number: int, material: Material, chance: Random) -> list[int]:
    """Mostly one; every ninth task has nobody, every sixth two."""
    if number % 9 == 8:
        return []
    return chance.sample(material.users, 2 if number % 6 == 5 else 1)


def _reminders(number: int, due_at: datetime | None) -> list[RequestedReminder]:
    """Remind an hour before, for every third task that has a time."""
    return [RequestedReminder(True, due_at - timedelta(hours=1))] if due_at and number % 3 == 0 else []


def _associations(number: int, material: Material, chance: Random) -> list[NewAssociation]:
    if number == 0:
        contacts = [material.contacts[0]]
    else:
        contacts = chance.sample(material.contacts, 0 if number % 12 == 11 else 2 if number % 7 == 3 else 1)
    links = [NewAssociation("contact", contact) for contact in contacts]
    if number % 4 == 0:
        deal = material.deals[0] if number == 0 else chance.choice(material.deals)
        links.append(NewAssociation("deal", deal))
    if number % 5 == 0:
        listing = material.listings[0] if number == 0 else chance.choice(material.listings)
        links.append(NewAssociation("listing", listing))
    return links
