from uuid import UUID

from msgspec import Struct

from touchbook.core.caller import Role


class User(Struct, frozen=True, kw_only=True):
    """A person, as a member of one team; `member_uid` is the membership's."""

    id: int
    uid: UUID
    member_uid: UUID
    email: str
    first_name: str
    last_name: str
    zone: str | None
    role: Role

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email
