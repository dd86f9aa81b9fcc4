from uuid import UUID

from msgspec import Struct


class Role(Struct, frozen=True, kw_only=True):
    """A participant of a deal with their role (`Buyer`, `SellerAgent`)."""

    id: int
    uid: UUID
    deal_id: int
    role: str
    first_name: str | None
    last_name: str | None
    email: str | None
    phone_number: str | None
