from zoneinfo import ZoneInfo

from touchbook.core.caller import Caller, narrowest, sees_own_only
from touchbook.core.teams.team import Team
from touchbook.core.teams.user import User


def act_as(team: Team, user: User | None, *, surface: str) -> Caller:
    """A command on the server itself needs no key: it acts as a member of the team, or (None) as Touchbook."""
    zone = ZoneInfo(team.zone)
    return Caller(
        team_id=team.id,
        team_uid=team.uid,
        user_id=user.id if user else None,
        user_uid=user.uid if user else None,
        scope=narrowest(user.role, "admin") if user else "admin",
        zone=ZoneInfo(user.zone) if user and user.zone else zone,
        team_zone=zone,
        surface=surface,
        region=team.region,
        own_contacts_only=sees_own_only(team.contacts_visible, user.role if user else "admin"),
    )
