from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Template(Struct, frozen=True):
    """A text to send, in Liquid:

    `subject` is plain text, `body` HTML, both as they were written: see rendering.py.
    """

    id: int
    uid: UUID
    name: str
    subject: str | None
    body: str
    owner_id: int
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
