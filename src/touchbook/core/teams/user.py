from datetime import datetime
from uuid import UUID

from msgspec import Struct

from touchbook.core.caller import Role


class User(Struct, frozen=True, kw_only=True):
    """A person as a member of one team; `member_uid` is the uid of the membership.

    `profile` is a JSON object with details that some dialect shows and the core does not use.
    """

    id: int
    uid: UUID
    member_uid: UUID
    email: str
    first_name: str
    last_name: str
    phone_number: str | None
    zone: str | None
    role: Role
    profile: str
    has_password: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @property
    def display_name(self) -> str:
        return name_of_user(self.first_name, self.last_name, self.email)


def name_of_user(first_name: str, last_name: str, email: str) -> str:
    return f"{first_name} {last_name}".strip() or email
