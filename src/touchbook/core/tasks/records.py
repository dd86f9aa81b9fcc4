"""Finds the records that tasks can be linked to, by their uids."""

from collections.abc import Collection, Mapping
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.contacts.seeing import visible_contacts
from touchbook.core.tasks.task import RecordKind
from touchbook.core.transaction import Reader

Records = Mapping[tuple[RecordKind, UUID], int]


async def find_records(reader: Reader, caller: Caller, requested: Collection[tuple[RecordKind, UUID]]) -> Records:
    """Return the ids of records that are visible to the caller, in one query."""
    if not requested:
        return {}
    uids = {kind: [uid for of, uid in requested if of == kind] for kind in ("contact", "deal", "listing")}
    contacts = visible_contacts(caller).add("c.uid = any({}::uuid[])", uids["contact"])
    rows = await reader.fetch(
        f"""select 'contact' as kind, c.uid, c.id from contacts c where {contacts.sql}
        union all select 'deal', d.uid, d.id from deals d
            where d.team_id = $1 and d.uid = any({contacts.value(uids["deal"])}::uuid[]) and d.deleted_at is null
        union all select 'listing', l.uid, l.id from listings l
            where l.team_id = $1 and l.uid = any({contacts.value(uids["listing"])}::uuid[])
            and l.deleted_at is null""",
        *contacts.args,
    )
    return {(row["kind"], row["uid"]): row["id"] for row in rows}
