from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Contact(Struct, frozen=True, kw_only=True):
    """A person the team keeps in touch with. Belongs to exactly one account: a company, or one of its own."""

    id: int
    uid: UUID
    account_id: int
    owner_id: int
    first_name: str | None
    last_name: str | None
    display_name: str | None
    emails: list[str]
    phone_numbers: list[str]
    created_at: datetime
    updated_at: datetime


def full_name(first_name: str | None, last_name: str | None) -> str | None:
    return " ".join(part for part in (first_name, last_name) if part) or None


def sort_name(first_name: str | None, last_name: str | None) -> str | None:
    """Last name first (RC-031)."""
    return full_name(last_name, first_name)
