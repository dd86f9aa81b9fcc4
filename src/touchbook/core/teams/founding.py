from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

from touchbook.core.errors import Conflict, Invalid
from touchbook.core.events import record_event
from touchbook.core.folding import FOLD_VERSION, same
from touchbook.core.identity import new_uid
from touchbook.core.numbers import check_region
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.team import Team
from touchbook.core.teams.telling import SURFACE
from touchbook.core.transaction import Transaction

TEAM_COLUMNS = "id, uid, name, zone, region, contacts_visible, created_at, updated_at"


async def found_team(
    tx: Transaction, *, name: str, zone: str = "UTC", region: str = "US", uid: UUID | None = None
) -> Team:
    """Create a team; names are unique. Invalid for an unknown zone or region."""
    if not same(name):
        raise Invalid({"name": ["The name of a team may not be blank."]})
    check_zone(zone)
    check_region(region)
    if await tx.fetch_value("select id from teams where name = $1", name) is not None:
        raise Conflict(f"A team named {name} already exists.")
    row = await tx.fetch_row(
        f"""insert into teams (uid, name, zone, region, created_at, updated_at, fold_version)
        values ($1, $2, $3, $4, $5, $5, $6) returning {TEAM_COLUMNS}""",
        uid or new_uid(),
        name,
        zone,
        region,
        tx.tick(),
        FOLD_VERSION,
    )
    assert row is not None
    team = Team(**row)
    caller = act_as(team, None, surface=SURFACE)
    await record_event(tx, caller, "team.created", team.id, name=name, zone=zone, region=region)
    return team


def check_zone(zone: str) -> None:
    if zone not in _zones():
        raise Invalid({"zone": [f'"{zone}" is not a time zone. Use a name like America/Chicago.']})


@cache
def _zones() -> frozenset[str]:
    """Return the zones of the IANA: a machine's own are unknown elsewhere."""
    return frozenset(available_timezones() - {"Factory", "localtime", "posixrules"})
