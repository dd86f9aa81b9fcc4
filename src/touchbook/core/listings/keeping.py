from collections.abc import Mapping, Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.events import record_events
from touchbook.core.listings.listing import Listing, title_of, uid_of
from touchbook.core.listings.queries import listings_by_uid
from touchbook.core.recordset import records, recordset
from touchbook.core.transaction import Transaction

Document = Mapping[str, Any]

_TYPES = {"uid": "uuid", "title": "text", "document": "jsonb", "at": "timestamptz"}


async def keep_listing(tx: Transaction, caller: Caller, document: Document) -> Listing:
    return (await keep_listings(tx, caller, [document]))[0]


async def keep_listings(tx: Transaction, caller: Caller, documents: Sequence[Document]) -> list[Listing]:
    """Each as it is; one that is there already is replaced. Its uid becomes its `id`, if that was none (RT-90)."""
    uids = [uid_of(document, caller.team_uid) for document in documents]
    kept = {uid: {**document, "id": str(uid)} for uid, document in zip(uids, documents, strict=True)}
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
                {"uid": uid, "title": title_of(document), "document": document, "at": tx.tick()}
                for uid, document in kept.items()
            ],
        ),
    )
    for kind, added in (("listing.added", True), ("listing.replaced", False)):
        told = {row["id"]: {"title": row["title"]} for row in rows if row["added"] is added}
        await record_events(tx, caller, kind, subject="listing", changes=told)
    found = await listings_by_uid(tx, caller, uids)
    return [found[uid] for uid in uids]
