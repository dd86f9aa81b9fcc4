from uuid import UUID

from msgspec import Struct


class Tag(Struct, frozen=True, kw_only=True):
    """`touch_freq`: every so many days a contact with this tag wants a touch."""

    id: int
    uid: UUID
    text: str
    touch_freq: int | None
