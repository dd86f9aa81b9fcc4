from datetime import datetime
from uuid import UUID

from msgspec import Struct

from touchbook.core.lists.rule import Rule


class ContactList(Struct, frozen=True):
    """A named list of contacts: chosen ones, or, with a rule, all that match it now.

    The members stand in the order of LIST_COLUMNS.
    """

    id: int
    uid: UUID
    name: str
    rule: Rule | None
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
