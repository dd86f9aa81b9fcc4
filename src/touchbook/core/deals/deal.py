from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from msgspec import Struct

DealStatus = Literal["active", "won", "lost"]
ValuePeriod = Literal["one_time", "monthly", "annual"]


class Deal(Struct, frozen=True, kw_only=True):
    """A sale in progress.

    `amount` is in `currency` (ISO 4217), paid once or in each `value_period`; `confidence`, in percent, is how
    likely it is. `contact_id` is the first contact. `account_id` and `contact_id` are None if the caller may not
    see the record. `foreign_members` is JSON (foreign_members.py).
    """

    id: int
    uid: UUID
    account_id: int | None
    contact_id: int | None
    owner_id: int
    title: str
    status: DealStatus
    amount: Decimal | None
    currency: str
    value_period: ValuePeriod
    confidence: int | None
    closes_on: date | None
    created_at: datetime
    updated_at: datetime
    foreign_members: str | None
