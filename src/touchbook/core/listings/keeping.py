from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Raw

from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.listings.listing import Listing, title_of, uid_of
from touchbook.core.listings.queries import find_listing_by_uid, listing_ids
from touchbook.core.plain_json import write_json
from touchbook.core.recordset import records, recordset
from touchbook.core.transaction import Transaction

Document = Mapping[str, Any]

# Of documents of some 10 kB; a statement takes 268 MB at most.
_AT_ONCE = 500
_TYPES = {"uid": "uuid", "title": "text", "document": "jsonb", "at": "timestamptz"}


async def keep_listing(tx: Transaction, caller: Caller, document: Document) -> Listing:
    uid = uid_of(document, caller.team_uid)
    await keep_listings(tx, caller, [{**document, "id": str(uid)}])
    return await find_listing_by_uid(tx, caller, uid)


async def keep_listings(tx: Transaction, caller: Caller, documents: Sequence[Document]) -> list[int]:
    """Store each document unchanged, replacing an earlier version.

    The uid becomes the document's `id` unless that is a uuid (RT-90). Return the ids in the order sent. Rows are
    written in the order of uids, so that two imports at once do not deadlock.
    """
    uids = [uid_of(document, caller.team_uid) for document in documents]
    kept = {uid: {**document, "id": str(uid)} for uid, document in zip(uids, documents, strict=True)}
    in_order = sorted(kept)
    for begin in range(0, len(in_order), _AT_ONCE):
        await _keep(tx, caller, {uid: kept[uid] for uid in in_order[begin : begin + _AT_ONCE]})
    ids = await listing_ids(tx, caller, in_order)
    return [ids[uid] for uid in uids]


async def _keep(tx: Transaction, caller: Caller, documents: Mapping[UUID, Document]) -> None:
    rows = await tx.fetch(
        f"""insert into listings as l (team_id, uid, title, document, created_at, updated_at)
        select $1, r.uid, r.title, r.document, r.at, r.at from {recordset("$2", _TYPES)}
        on conflict (team_id, uid) do update set title = excluded.title, document = excluded.document,
            updated_at = excluded.updated_at, deleted_at = null
            where l.document <> excluded.document or l.deleted_at is not null
        returning l.id, l.title, l.created_at = l.updated_at as added""",
        caller.team_id,
        records(
            _TYPES,
            [
                {
                    "uid": uid,
                    "title": title_of(document),
                    "document": Raw(write_json(document).encode()),
                    "at": tx.tick(),
                }
                for uid, document in documents.items()
            ],
        ),
    )
    for kind, added in (("listing.created", True), ("listing.updated", False)):
        told = {row["id"]: {"title": row["title"]} for row in rows if row["added"] is added}
        await record_each(tx, caller, kind, told)
