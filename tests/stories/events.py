"""The events of a team, as stories compare them."""

from typing import Any, NamedTuple

import msgspec

from tests.people import Person
from touchbook.store.postgres import Store


class Told(NamedTuple):
    kind: str
    subject_id: int | None
    changes: dict[str, Any]


async def told_in(store: Store, person: Person, after: int = 0) -> list[Told]:
    """In their order; `after`: how many came before those that are meant."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select e.kind, e.subject_id, e.changes from events e where e.team_id = $1 order by e.at, e.id",
            person.team.id,
        )
    return [Told(row["kind"], row["subject_id"], msgspec.json.decode(row["changes"])) for row in rows[after:]]


async def count_told(store: Store, person: Person) -> int:
    return len(await told_in(store, person))
