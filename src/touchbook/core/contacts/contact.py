from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

UNNAMED = "Unnamed contact"
OptStatus = Literal["opted_in", "opted_out"]


class Contact(Struct, frozen=True):
    """A person the team keeps in touch with.

    Every contact belongs to exactly one account: a company's, or a personal one. `stage_id` says how far the
    relation has come, `persona_id` what kind of person this is. The members from `title` to `addresses` are
    derived from the attributes (deriving.py); `addresses` is a JSON list. An opt status of None means that nobody
    has said. The members stand in the order of CONTACT_COLUMNS.
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
        """Return whether the contact opted out of everything."""
        return self.opted_out_at is not None

    @property
    def takes_emails(self) -> bool:
        return not self.opted_out and self.email_opt_status != "opted_out"

    @property
    def takes_calls(self) -> bool:
        return not self.opted_out and self.call_opt_status != "opted_out"


def full_name(first_name: str | None, last_name: str | None) -> str | None:
    return " ".join(part for part in (first_name, last_name) if part) or None
