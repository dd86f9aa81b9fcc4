"""Derives stored columns anew when the fold or the team's region changes, or where a revision of the schema asks.

A job does it in slices of one part, each a transaction; `derivations` holds the parts that are left and the
position of each, so that the job resumes where it stopped. Until then reads return the old values, and what is
written meanwhile has the new ones. A column that is new is null until then, and reads do without it.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from touchbook.core.accounts.opening import FOLDED_NAME
from touchbook.core.caller import Caller
from touchbook.core.contacts.rederiving import rederive_contacts
from touchbook.core.deals.rederiving import rederive_roles
from touchbook.core.due import claim_due, set_due
from touchbook.core.folding import fold, same
from touchbook.core.refolding import refold
from touchbook.core.sequences.nouns import tag_keys
from touchbook.core.tags.refolding import refold_tags
from touchbook.core.tasks.columns import rederive_columns
from touchbook.core.tasks.refolding import refold_tasks
from touchbook.core.teams.refolding import note_fold, refold_users
from touchbook.core.transaction import Event, Reader, Transaction

REDERIVING = "team.rederive"
# A request knows its caller for some seconds: what it writes by the region of before is then derived anew too.
_SETTLED = timedelta(seconds=10)

# Derives the rows beyond an id; answers the last one, None where there are no more.
Part = Callable[[Transaction, Caller, int], Awaitable[int | None]]


async def _refold_accounts(tx: Transaction, caller: Caller, after: int) -> int | None:
    return await refold(tx, caller, "accounts", "name", FOLDED_NAME, after=after)


async def _refold_deals(tx: Transaction, caller: Caller, after: int) -> int | None:
    return await refold(tx, caller, "deals", "title", {"title_folded": fold}, after=after)


async def _refold_searched_names(table: str, tx: Transaction, caller: Caller, after: int) -> int | None:
    return await refold(tx, caller, table, "name", {"name_folded": fold}, after=after)


async def _refold_sequence_tags(tx: Transaction, caller: Caller, after: int) -> int | None:
    return await refold(tx, caller, "sequences", "tags", {"tag_keys": tag_keys}, after=after, kind="text[]")


async def _refold_names(table: str, tx: Transaction, caller: Caller, after: int) -> int | None:
    return await refold(tx, caller, table, "name", {"name_key": same}, after=after, key="name_key")


_SEARCHED_BY_NAME = ("stages", "personas", "task_dispositions", "task_purposes", "sequences", "templates")
PARTS: Mapping[str, Part] = {
    "users": refold_users,
    "tags": refold_tags,
    "attribute_definitions": partial(_refold_names, "attribute_definitions"),
    "contact_lists": partial(_refold_names, "contact_lists"),
    "accounts": _refold_accounts,
    "contacts": rederive_contacts,
    "deals": _refold_deals,
    "deal_roles": rederive_roles,
    "tasks": refold_tasks,
    "task_columns": rederive_columns,
    "sequence_tags": _refold_sequence_tags,
    **{table: partial(_refold_searched_names, table) for table in _SEARCHED_BY_NAME},
}
_WITH_NUMBERS = ("contacts", "deal_roles")


async def rederive_all(tx: Transaction, caller: Caller) -> None:
    """The fold is another."""
    await _ask(tx, caller, PARTS, tx.now)
    await note_fold(tx, caller)


async def rederive_numbers(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """The team's phone numbers are read as those of another region."""
    if any("region" in event.changes for event in events):
        await _ask(tx, caller, _WITH_NUMBERS, tx.now + _SETTLED)


async def rederive(tx: Transaction, caller: Caller, ref: int) -> bool:
    """Derive one slice of one part, and return whether more is left, which is due at once."""
    row = await tx.fetch_row(
        "select d.part, d.after from derivations d where d.team_id = $1 order by d.part limit 1 for update",
        caller.team_id,
    )
    if not await claim_due(tx, caller.team_id, REDERIVING, ref=ref):
        return False
    if row is not None:
        await _note(tx, caller, row["part"], await PARTS[row["part"]](tx, caller, row["after"]))
    left: bool = await tx.fetch_value(
        "select exists (select 1 from derivations d where d.team_id = $1)", caller.team_id
    )
    await set_due(tx, caller, REDERIVING, ref=ref, at=tx.now if left else None)
    return left


async def parts_left(reader: Reader) -> Mapping[str, int]:
    """Return of how many teams each part is left."""
    rows = await reader.fetch("select d.part, count(*)::int as teams from derivations d group by 1 order by 1")
    return {row["part"]: row["teams"] for row in rows}


async def _note(tx: Transaction, caller: Caller, part: str, last: int | None) -> None:
    if last is None:
        await tx.execute("delete from derivations d where d.team_id = $1 and d.part = $2", caller.team_id, part)
        return
    await tx.execute(
        "update derivations d set after = $3 where d.team_id = $1 and d.part = $2", caller.team_id, part, last
    )


async def _ask(tx: Transaction, caller: Caller, parts: Collection[str], at: datetime) -> None:
    """A part that was in progress starts again."""
    await tx.execute(
        """insert into derivations (team_id, part) select $1, p.part from unnest($2::text[]) as p (part)
        on conflict (team_id, part) do update set after = 0""",
        caller.team_id,
        sorted(parts),
    )
    await set_due(tx, caller, REDERIVING, ref=caller.team_id, at=at)
