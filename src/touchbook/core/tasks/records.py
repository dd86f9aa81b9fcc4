"""Which records tasks can be linked to, by their uids."""

from collections.abc import Collection, Mapping
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.tasks.task import RecordKind
from touchbook.core.transaction import Reader

Records = Mapping[tuple[RecordKind, UUID], int]


async def find_records(reader: Reader, caller: Caller, wished: Collection[tuple[RecordKind, UUID]]) -> Records:
    """The ids of those that stand and that the caller sees, in one query."""
    if not wished:
        return {}
    uids = {kind: [uid for of, uid in wished if of == kind] for kind in ("contact", "deal", "listing")}
    rows = await reader.fetch(
        """select 'contact' as kind, c.uid, c.id from contacts c
            where c.team_id = $1 and c.uid = any($2::uuid[]) and c.deleted_at is null
            and ($5::bigint is null or c.owner_id = $5)
        union all select 'deal', d.uid, d.id from deals d
            where d.team_id = $1 and d.uid = any($3::uuid[]) and d.deleted_at is null
        union all select 'listing', l.uid, l.id from listings l
            where l.team_id = $1 and l.uid = any($4::uuid[]) and l.deleted_at is null""",
        caller.team_id,
        *uids.values(),
        caller.user_id if caller.own_contacts_only else None,
    )
    return {(row["kind"], row["uid"]): row["id"] for row in rows}
