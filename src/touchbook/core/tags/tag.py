from datetime import datetime
from uuid import UUID

from msgspec import Struct

LONGEST_TAG = 255


class Tag(Struct, frozen=True):
    """`touch_freq` is the touch frequency in days for contacts with this tag.

    The members stand in the order of TAG_COLUMNS.
    """

    id: int
    uid: UUID
    text: str
    touch_freq: int | None
    created_by: int | None
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
