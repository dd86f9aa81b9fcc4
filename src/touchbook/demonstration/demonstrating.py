from pathlib import Path

from touchbook.core.teams.queries import find_team
from touchbook.core.transaction import Transaction
from touchbook.demonstration.brokerage import TEAM
from touchbook.demonstration.credentials import provide_credentials
from touchbook.demonstration.describing import Demonstration, describe
from touchbook.demonstration.furnishing import furnish

_LOCK = 7_427_002


async def demonstrate(tx: Transaction, data_dir: Path) -> Demonstration:
    """The demonstration as it stands, made first if it is not there; one process at a time.

    The credentials are on disk before the transaction ends: should it fail, their keys are unknown and made anew.
    """
    await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)
    team = await find_team(tx, TEAM) or await furnish(tx)
    return await describe(tx, team, await provide_credentials(tx, team, data_dir))
