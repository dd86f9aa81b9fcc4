"""Properties on the market, stored and shown as they were imported."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.listings.keeping import keep_listing
from touchbook.core.listings.queries import find_listing_by_uid
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.http.bodies import Everything, decode_object, free_json
from touchbook.http.call import Answer, Call


class ListingBody(Struct, frozen=True, kw_only=True):
    """Any members, all of which are stored. A listing with the same id is replaced."""

    id: (
        Annotated[
            Annotated[str, Meta(max_length=1024)] | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | None,
            Meta(description="Kept if it is a uuid, else replaced"),
        ]
        | UnsetType
    ) = UNSET


async def keep(call: Call[Transaction]) -> Answer:
    parse.body(ListingBody, call, free=Everything())
    document = decode_object(call.body, Everything())
    free_json(document)
    listing = await keep_listing(call.tx, call.caller, document)
    return render.one(listing.document)


async def get(call: Call[Reader]) -> Answer:
    listing = await find_listing_by_uid(call.tx, call.caller, parse.uid("id", call.path["id"]))
    return render.one(listing.document)
