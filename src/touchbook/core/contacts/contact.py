from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

UNNAMED = "Unnamed contact"
OptStatus = Literal["opted_in", "opted_out"]


class Contact(Struct, frozen=True):
    """A person the team keeps in touch with. Belongs to exactly one account: a company, or one of its own.

    `stage_id`: how far things are with them; `persona_id`: what sort of person they are. From `title` to
    `addresses` all is derived of the attributes (deriving.py); `addresses` is JSON text, a list.
    An opt status of None: nobody has said. The members stand in the order of CONTACT_COLUMNS.
    """

    id: int
    uid: UUID
    account_id: int
    owner_id: int
    stage_id: int | None
    persona_id: int | None
    title: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    marketing_name: str | None
    nickname: str | None
    partner_first_name: str | None
    partner_last_name: str | None
    partner_email: str | None
    display_name: str | None
    sort_field: str | None
    partner_name: str | None
    company: str | None
    job_title: str | None
    source_type: str | None
    source: str | None
    website: str | None
    profile_image_url: str | None
    cover_image_url: str | None
    birthday: date | None
    emails: list[str]
    phone_numbers: list[str]
    tags: list[str]
    tags_as_added: list[str]
    addresses: str | None
    parked: bool
    ios_address_book_id: str | None
    android_address_book_id: str | None
    touch_freq: int | None
    last_touch_at: datetime | None
    last_touch_action: str | None
    next_touch_at: datetime | None
    opted_out_at: datetime | None
    email_opt_status: OptStatus | None
    email_opted_at: datetime | None
    call_opt_status: OptStatus | None
    call_opted_at: datetime | None
    created_for: str
    updated_for: str
    deleted_for: str | None
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @property
    def opted_out(self) -> bool:
        """They want to be asked for nothing at all."""
        return self.opted_out_at is not None

    @property
    def takes_emails(self) -> bool:
        return not self.opted_out and self.email_opt_status != "opted_out"

    @property
    def takes_calls(self) -> bool:
        return not self.opted_out and self.call_opt_status != "opted_out"


def full_name(first_name: str | None, last_name: str | None) -> str | None:
    return " ".join(part for part in (first_name, last_name) if part) or None
