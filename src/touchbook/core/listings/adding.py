from collections.abc import Mapping
from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.listings.listing import Listing
from touchbook.core.transaction import Transaction


async def add_listing(tx: Transaction, caller: Caller, *, title: str, document: Mapping[str, Any]) -> Listing:
    text = msgspec.json.encode(document)
    row = await tx.fetch_row(
        """insert into listings (team_id, uid, title, document, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $5) returning id, uid""",
        caller.team_id,
        new_uid(),
        title,
        text.decode(),
        tx.tick(),
    )
    assert row is not None
    await record_event(
        tx, caller, "listing.added", subject="listing", subject_id=row["id"], changes={"title": title}
    )
    return Listing(id=row["id"], uid=row["uid"], title=title, document=msgspec.Raw(text))
