from datetime import datetime
from uuid import UUID

from msgspec import Struct

from touchbook.core.caller import Visibility


class Team(Struct, frozen=True, kw_only=True):
    """A brokerage or sales team; `zone` is an IANA name, `region` an ISO 3166 code for phone numbers.

    `contacts_visible`: to all members, or each to its owner and the admins only (A-41).
    """

    id: int
    uid: UUID
    name: str
    zone: str
    region: str
    contacts_visible: Visibility
    created_at: datetime
    updated_at: datetime
