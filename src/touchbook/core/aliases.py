"""Ids that records have in other systems."""

from collections import defaultdict
from collections.abc import Collection

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.transaction import Reader

OURS = "touchbook"


class Alias(Struct, frozen=True):
    """`dialect` names the other system: a service or a file."""

    dialect: str
    external_id: str


async def aliases_of(reader: Reader, caller: Caller, kind: str, ids: Collection[int]) -> dict[int, list[Alias]]:
    """Return the aliases of records of one kind (`contact`), without those that Touchbook uses internally."""
    rows = await reader.fetch(
        """select x.record_id, x.dialect, x.external_id from aliases x
        where x.team_id = $1 and x.kind = $2 and x.record_id = any($3::bigint[]) and x.dialect <> $4
        order by x.dialect, x.external_id""",
        caller.team_id,
        kind,
        list(ids),
        OURS,
    )
    aliases: dict[int, list[Alias]] = defaultdict(list)
    for row in rows:
        aliases[row["record_id"]].append(Alias(row["dialect"], row["external_id"]))
    return aliases
