"""Who asks: one user in one team, by one credential."""

from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from touchbook.core.errors import Forbidden

Role = Literal["admin", "member", "read_only"]
Scope = Literal["read", "write", "admin"]
Visibility = Literal["team", "owner"]

_REACH: dict[str, int] = {"read": 0, "write": 1, "admin": 2}
_ROLE_SCOPE: dict[str, Scope] = {"read_only": "read", "member": "write", "admin": "admin"}


class Caller(Struct, frozen=True, kw_only=True):
    """`scope` never reaches beyond the member's role; `surface` is where the request came in.

    Without a user it is Touchbook itself, working off what is due. `region` is where the team's phone numbers
    are from; `own_contacts_only`: other members' contacts are not there for them (A-41).
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
        """The one owner whose contacts are there for them; None: all contacts are (A-41)."""
        return self.user_id if self.own_contacts_only else None

    @property
    def credential(self) -> int:
        """What its rate is counted by: a key, or (below zero) a sign-in."""
        return self.key_id or -(self.grant_id or 0)

    def require(self, scope: Scope) -> None:
        if _REACH[self.scope] < _REACH[scope]:
            raise Forbidden(f"This needs the {scope} scope.")


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
    """What a credential of `scope` may do in the hands of a member with `role`."""
    return min(scope, _ROLE_SCOPE[role], key=_REACH.__getitem__)


def sees_own_only(contacts_visible: Visibility, role: Role) -> bool:
    """Where contacts are their owners', an admin sees all the same (RC-179)."""
    return contacts_visible == "owner" and role != "admin"
