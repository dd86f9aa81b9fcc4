"""Access and refresh tokens are opaque, `tba_<id>_<secret>` and `tbr_<id>_<secret>`; only the hash is stored."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.teams.user import User

Kind = Literal["access", "refresh"]

PREFIXES: dict[Kind, str] = {"access": "tba", "refresh": "tbr"}
LIVES: dict[Kind, timedelta] = {"access": timedelta(hours=2), "refresh": timedelta(days=60)}


class Given(Struct, frozen=True, kw_only=True):
    """The tokens that a sign-in gives; `refresh_token` is the key itself if the sign-in was by key."""

    access_token: str
    refresh_token: str
    expires_in: int
    created_at: datetime
    caller: Caller
    user: User
