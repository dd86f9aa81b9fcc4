"""Finds teams and members by the names that a person types."""

from touchbook.core.errors import Invalid, NotFound
from touchbook.core.teams.queries import find_team, find_user, list_teams
from touchbook.core.teams.team import Team
from touchbook.core.teams.user import User
from touchbook.core.transaction import Reader

_NO_TEAM = (
    "There is no team yet. Create one with `touchbook team add NAME`, or a demonstration with `touchbook demo`."
)


async def get_team(reader: Reader, name: str) -> Team:
    team = await find_team(reader, name)
    if team is None:
        raise NotFound("team", name)
    return team


async def get_user(reader: Reader, team: Team, email: str, *, left_too: bool = False) -> User:
    user = await find_user(reader, team.id, email=email, left_too=left_too)
    if user is None:
        raise NotFound("user", f"{email} of {team.name}")
    return user


async def choose_team(reader: Reader, name: str | None, *, email: str | None = None) -> Team:
    """Return the team of that name, or the only one there is (that this person is a member of).

    Errors: Invalid, with what to do about it.
    """
    if name is not None:
        return await get_team(reader, name)
    teams = await list_teams(reader, email=email)
    if not teams:
        raise Invalid({"team": [f"{email} is a member of no team." if email else _NO_TEAM]})
    if len(teams) > 1:
        raise Invalid(
            {
                "team": [
                    f"There are several teams. Choose one with --team: {', '.join(team.name for team in teams)}."
                ]
            }
        )
    return teams[0]
