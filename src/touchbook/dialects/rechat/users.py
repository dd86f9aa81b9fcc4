"""A user as Rechat shows them: data of Touchbook and of their profile."""

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import NODEFAULT, Meta, Raw, Struct

from touchbook.core.caller import Caller
from touchbook.core.teams.user import User
from touchbook.dialects.rechat.agents import AgentItem, read_agents
from touchbook.dialects.rechat.times import seconds, seconds_or_none

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class UserItem(Struct, frozen=True, kw_only=True):
    """Members with a default may come from the profile."""

    type: Literal["user"] = "user"
    username: str | None = None
    first_name: str
    last_name: str
    email: str
    phone_number: str | None
    created_at: float
    id: str
    address_id: str | None = None
    cover_image_url: str | None = None
    profile_image_url: str | None = None
    updated_at: float
    user_status: str = "Active"
    profile_image_thumbnail_url: str | None = None
    cover_image_thumbnail_url: str | None = None
    email_confirmed: bool = False
    timezone: str
    user_type: str = "Agent"
    deleted_at: float | None
    phone_confirmed: bool = False
    is_shadow: bool | None = False
    personal_room: str | None = None
    brand: str | None = None
    fake_email: bool | None = False
    features: list[str] | None = None
    last_seen_at: float | None = None
    email_signature: str | None = None
    daily_enabled: bool = False
    email_quota: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 30_000
    website: str | None = None
    instagram: str | None = None
    twitter: str | None = None
    linkedin: str | None = None
    youtube: str | None = None
    facebook: str | None = None
    designation: str | None = None
    tiktok: str | None = None
    mfa_enabled: bool = False
    xpressdocs_user_id: str | None = None
    current_time: str
    push_allowed: bool = False
    agents: list[AgentItem] | None = None
    last_seen_type: str | None = None
    active_brand: str
    display_name: str
    abbreviated_display_name: str
    online_state: str = "Offline"
    has_password: bool


_profile = msgspec.json.Decoder(dict[str, Raw])
_agents = msgspec.json.Decoder(list[Raw] | None)
_members = {
    field.name: msgspec.json.Decoder(field.type)
    for field in msgspec.structs.fields(UserItem)
    if field.default is not NODEFAULT and field.name != "agents"
}


def user_item(user: User, caller: Caller, now: datetime) -> UserItem:
    """A user of two teams is shown with the brand of the team, never with both."""
    team = str(caller.team_uid)
    zone = ZoneInfo(user.zone) if user.zone else caller.team_zone
    profile = read_profile(user.profile)
    if profile.get("brand") != team:
        profile.pop("brand", None)
    return UserItem(
        **profile,
        id=str(user.uid),
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        phone_number=user.phone_number,
        created_at=seconds(user.created_at),
        updated_at=seconds(user.updated_at),
        deleted_at=seconds_or_none(user.deleted_at),
        timezone=zone.key,
        current_time=show_clock(now.astimezone(zone)),
        active_brand=team,
        display_name=user.display_name,
        abbreviated_display_name=user.first_name or user.display_name,
        has_password=user.has_password,
    )


def show_clock(moment: datetime) -> str:
    """Show "9:14 PM - Sunday Dec 07, 2025", in English whatever the server's locale (RT-89)."""
    day = f"{_DAYS[moment.weekday()]} {_MONTHS[moment.month - 1]} {moment:%d}, {moment.year}"
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'} - {day}"


def read_profile(text: str) -> dict[str, Any]:
    """Return the members of a profile that have a valid shape; the others are ignored."""
    try:
        given = _profile.decode(text)
    except msgspec.DecodeError:
        return {}
    said: dict[str, Any] = {}
    for name in given.keys() & _members.keys():
        try:
            said[name] = _members[name].decode(given[name])
        except msgspec.DecodeError:
            continue
    return said | _agents_in(given)


def _agents_in(given: dict[str, Raw]) -> dict[str, list[AgentItem] | None]:
    try:
        agents = _agents.decode(given.get("agents", b"null"))
    except msgspec.DecodeError:
        return {}
    return {"agents": None if agents is None else read_agents(agents)}
