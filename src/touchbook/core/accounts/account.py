from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

AccountKind = Literal["company", "person"]
KINDS: tuple[AccountKind, ...] = ("company", "person")
AccountStatus = Literal["potential", "qualified", "customer", "bad_fit", "lost"]


class AccountAddress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address of a company; `label` says what is there."""

    label: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = None


class Account(Struct, frozen=True, kw_only=True):
    """A company, or the personal account of a contact that belongs to no company.

    `foreign_members` is JSON (foreign_members.py).
    """

    id: int
    uid: UUID
    kind: AccountKind
    name: str
    owner_id: int | None
    status: AccountStatus
    description: str | None
    url: str | None
    addresses: list[AccountAddress]
    created_by: int | None
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
    foreign_members: str | None
