from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from touchbook.core.errors import Invalid


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


def called(first_name: str | None, last_name: str | None, reachable: Sequence[str]) -> str:
    """The name, else the first address or number. Invalid where there is none of them."""
    name = full_name(first_name, last_name) or next(iter(reachable), None)
    if name is None:
        raise Invalid({"name": ["A contact needs a name, an e-mail address or a phone number."]})
    return name


def sort_name(first_name: str | None, last_name: str | None) -> str | None:
    """Last name first (RC-031)."""
    return full_name(last_name, first_name)
