"""Creates touch tasks: in teams that enable them, a contact whose next touch is due gets one task."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import UNNAMED
from touchbook.core.due import claim_due, set_due
from touchbook.core.events import record_event
from touchbook.core.query.days import day_of
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.teams.queries import known_members
from touchbook.core.teams.settings import touch_spread
from touchbook.core.touch.tasks import TOUCH
from touchbook.core.touch.touching import ASKING
from touchbook.core.transaction import Reader, Transaction

_AT_ONCE = 200
_AT_LATEST = timedelta(days=1)


class _Asked(NamedTuple):
    id: int
    display_name: str | None
    owner_id: int
    last_touch_at: datetime | None


async def switch_touch_tasks(tx: Transaction, caller: Caller, *, on: bool) -> None:
    if on == await asks_for_touches(tx, caller):
        return
    await set_due(tx, caller, ASKING, ref=caller.team_id, at=tx.now if on else None)
    await record_event(tx, caller, "team.updated", caller.team_id, touch_tasks=on)


async def asks_for_touches(reader: Reader, caller: Caller) -> bool:
    on: bool = await reader.fetch_value(
        "select exists (select 1 from due d where d.team_id = $1 and d.kind = $2)", caller.team_id, ASKING
    )
    return on


async def ask_for_touches(tx: Transaction, caller: Caller, ref: int) -> None:
    """Create the tasks of team `ref`: one for each due date, however late, unless there is one already."""
    asked = await _due(tx, caller)
    if not await claim_due(tx, caller.team_id, ASKING, ref=ref):
        return
    spread = await touch_spread(tx, caller)
    waiting = await _asked_already(tx, caller, [contact.id for contact in asked])
    owners = await known_members(tx, caller.team_id, {contact.owner_id for contact in asked})
    for contact, days_ahead in zip(asked, _days_ahead(asked, spread), strict=True):
        if contact.id not in waiting:
            await _ask(tx, caller, contact, days_ahead, owned=contact.owner_id in owners)
    await tx.execute(
        """update contacts c set touch_asked_for = c.next_touch_at
        where c.team_id = $1 and c.id = any($2::bigint[])""",
        caller.team_id,
        [contact.id for contact in asked],
    )
    await set_due(tx, caller, ASKING, ref=ref, at=await _next(tx, caller))


async def _due(tx: Transaction, caller: Caller) -> list[_Asked]:
    rows = await tx.fetch(
        """select c.id, c.display_name, c.owner_id, c.last_touch_at from contacts c
        where c.team_id = $1 and c.deleted_at is null and c.next_touch_at <= $2
        and c.touch_asked_for is distinct from c.next_touch_at
        order by c.next_touch_at, c.id limit $3 for no key update""",
        caller.team_id,
        tx.now,
        _AT_ONCE,
    )
    return [_Asked(*row) for row in rows]


async def _asked_already(tx: Transaction, caller: Caller, contact_ids: Sequence[int]) -> set[int]:
    """Return contacts with an open touch task: moving the due date does not create a second one."""
    rows = await tx.fetch(
        """select s.contact_id from task_associations s join tasks t on t.team_id = s.team_id and t.id = s.task_id
        where s.team_id = $1 and s.contact_id = any($2::bigint[]) and s.deleted_at is null
        and t.origin = $3 and t.open and t.deleted_at is null""",
        caller.team_id,
        list(contact_ids),
        TOUCH,
    )
    return {row["contact_id"] for row in rows}


def _days_ahead(asked: Sequence[_Asked], spread: int) -> list[int]:
    """Contacts never touched are due by the date of creation, many at once: an owner's are spread over
    the days.
    """
    many = Counter(contact.owner_id for contact in asked if contact.last_touch_at is None)
    dealt: Counter[int] = Counter()
    days = []
    for contact in asked:
        if contact.last_touch_at is None:
            days.append(dealt[contact.owner_id] * spread // many[contact.owner_id])
            dealt[contact.owner_id] += 1
        else:
            days.append(0)
    return days


async def _ask(tx: Transaction, caller: Caller, contact: _Asked, days_ahead: int, *, owned: bool) -> None:
    """Assign the task to the owner, or to nobody if they have left; completing it counts as a call with the
    contact.
    """
    today = day_of(tx.now, caller.team_zone)
    new = NewTask(
        title=f"Keep in touch with {contact.display_name or UNNAMED}",
        kind="call",
        origin=TOUCH,
        due_on=today + timedelta(days=days_ahead),
        assignees=[contact.owner_id] if owned else [],
        associations=[NewAssociation("contact", contact.id)],
    )
    await create_task(tx, msgspec.structs.replace(caller, user_id=contact.owner_id), new)


async def _next(tx: Transaction, caller: Caller) -> datetime:
    """Return when the next contact is due, but no later than a day from now."""
    at: datetime | None = await tx.fetch_value(
        """select c.next_touch_at from contacts c
        where c.team_id = $1 and c.deleted_at is null and c.next_touch_at is not null
        and c.touch_asked_for is distinct from c.next_touch_at order by c.next_touch_at limit 1""",
        caller.team_id,
    )
    return min(at or tx.now + _AT_LATEST, tx.now + _AT_LATEST)
