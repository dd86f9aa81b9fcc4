from collections.abc import Collection
from uuid import UUID

from msgspec import Raw

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.listings.listing import Listing
from touchbook.core.transaction import Reader, Row

_COLUMNS = "l.id, l.uid, l.title, l.document, l.created_at, l.updated_at"


async def find_listing_by_uid(reader: Reader, caller: Caller, uid: UUID) -> Listing:
    row = await reader.fetch_row(
        f"select {_COLUMNS} from listings l where l.team_id = $1 and l.uid = $2 and l.deleted_at is null",
        caller.team_id,
        uid,
    )
    if row is None:
        raise NotFound("listing", uid)
    return _listing_from(row)


async def listing_ids(reader: Reader, caller: Caller, uids: Collection[UUID]) -> dict[UUID, int]:
    rows = await reader.fetch(
        """select l.uid, l.id from listings l
        where l.team_id = $1 and l.uid = any($2::uuid[]) and l.deleted_at is null""",
        caller.team_id,
        list(uids),
    )
    return {row["uid"]: row["id"] for row in rows}


async def listings_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Listing]:
    """Include deleted listings, so that records which refer to them can still show them."""
    rows = await reader.fetch(
        f"select {_COLUMNS} from listings l where l.team_id = $1 and l.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: _listing_from(row) for row in rows}


def _listing_from(row: Row) -> Listing:
    row_id, uid, title, document, created_at, updated_at = row
    return Listing(row_id, uid, title, Raw(document.encode()), created_at, updated_at)
