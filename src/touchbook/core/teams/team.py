from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Team(Struct, frozen=True, kw_only=True):
    """A brokerage or sales team; `zone` an IANA name, `region` an ISO 3166 code for phone numbers."""

    id: int
    uid: UUID
    name: str
    zone: str
    region: str
    created_at: datetime
