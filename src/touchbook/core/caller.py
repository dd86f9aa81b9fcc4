"""The caller of a request: one user in one team, with one credential."""

from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from touchbook.core.errors import MissingScope

Role = Literal["admin", "member", "read_only"]
Scope = Literal["read", "write", "admin"]
Visibility = Literal["team", "owner"]

_REACH: dict[str, int] = {"read": 0, "write": 1, "admin": 2}
_ROLE_SCOPE: dict[str, Scope] = {"read_only": "read", "member": "write", "admin": "admin"}


class Caller(Struct, frozen=True, kw_only=True):
    """`scope` never exceeds the member's role; `surface` is where the request came in.

    Without a user the caller is Touchbook itself, doing scheduled work. `region` is the team's region for phone
    numbers. With `own_contacts_only` the caller sees no contacts of other members (A-41).
    """

    team_id: int
    team_uid: UUID
    user_id: int | None
    user_uid: UUID | None
    scope: Scope
    zone: ZoneInfo
    team_zone: ZoneInfo
    surface: str
    key_id: int | None = None
    grant_id: int | None = None
    region: str = "US"
    own_contacts_only: bool = False

    @property
    def only_owner(self) -> int | None:
        """Return the only owner whose contacts the caller sees, or None if the caller sees all of them (A-41)."""
        return self.user_id if self.own_contacts_only else None

    @property
    def credential(self) -> int:
        """Return the key that rate limits count by: the key's id, or the negated id of a sign-in."""
        return self.key_id or -(self.grant_id or 0)

    def require(self, scope: Scope) -> None:
        if _REACH[self.scope] < _REACH[scope]:
            raise MissingScope(f"The {scope} scope is required.")


_UTC = ZoneInfo("UTC")
NOBODY = Caller(
    team_id=0,
    team_uid=UUID(int=0),
    user_id=None,
    user_uid=None,
    scope="read",
    zone=_UTC,
    team_zone=_UTC,
    surface="public",
)


def narrowest(role: Role, scope: Scope) -> Scope:
    """Return the lesser of the credential's scope and what the member's role allows."""
    return min(scope, _ROLE_SCOPE[role], key=_REACH.__getitem__)


def sees_own_only(contacts_visible: Visibility, role: Role) -> bool:
    """Return whether the member sees only their own contacts; an admin always sees all (RC-179)."""
    return contacts_visible == "owner" and role != "admin"
