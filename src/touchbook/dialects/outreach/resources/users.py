"""Users: members of the team; former members are locked."""

from msgspec import Struct

from touchbook.core.teams.query_schema import MEMBERS, Member
from touchbook.dialects.outreach.jsonapi.resource import TIMES, Resource
from touchbook.dialects.outreach.times import show_instant


class UserAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    created_at: str
    email: str
    first_name: str
    last_name: str
    locked: bool
    name: str
    phone_number: str | None
    updated_at: str


def _show(member: Member) -> UserAttributes:
    user = member.user
    return UserAttributes(
        created_at=show_instant(user.created_at),
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        locked=member.left,
        name=user.display_name,
        phone_number=user.phone_number,
        updated_at=show_instant(user.updated_at),
    )


_NAMES = {"id": "id", "email": "email", "firstName": "first_name", "lastName": "last_name", **TIMES}

USERS = Resource(
    kind="user",
    path="/users",
    schema=MEMBERS,
    attributes=UserAttributes,
    show=_show,
    filters=_NAMES,
    sorts=_NAMES,
    choosable=lambda member: not member.left,
)
