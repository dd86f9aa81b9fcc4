"""Who asks: one user in one team, by one credential."""

from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from touchbook.core.errors import Forbidden

Role = Literal["admin", "member", "read_only"]
Scope = Literal["read", "write", "admin"]

_REACH: dict[str, int] = {"read": 0, "write": 1, "admin": 2}
_ROLE_SCOPE: dict[str, Scope] = {"read_only": "read", "member": "write", "admin": "admin"}


class Caller(Struct, frozen=True, kw_only=True):
    """`scope` never reaches beyond the member's role; `surface` is where the request came in.

    Without a user it is Touchbook itself, working off what is due.
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

    def require(self, scope: Scope) -> None:
        if _REACH[self.scope] < _REACH[scope]:
            raise Forbidden(f"This needs the {scope} scope.")


def narrowest(role: Role, scope: Scope) -> Scope:
    """What a credential of `scope` may do in the hands of a member with `role`."""
    return min(scope, _ROLE_SCOPE[role], key=_REACH.__getitem__)
