from uuid import UUID

from msgspec import Raw, Struct


class Listing(Struct, frozen=True, kw_only=True):
    """A property on the market: `document` is kept as it was imported."""

    id: int
    uid: UUID
    title: str
    document: Raw
