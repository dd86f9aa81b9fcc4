from pathlib import Path

from touchbook.core.teams.queries import find_team
from touchbook.core.transaction import Transaction
from touchbook.demonstration.brokerage import TEAM
from touchbook.demonstration.credentials import provide_credentials
from touchbook.demonstration.describing import Demonstration, describe
from touchbook.demonstration.furnishing import furnish

_LOCK = 7_427_002


async def demonstrate(tx: Transaction, data_dir: Path) -> Demonstration:
    """Return the demonstration, created first if it is missing; one process at a time.

    The credentials are on disk before the transaction ends: if it fails, their keys are unknown and created again.
    """
    await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)
    team = await find_team(tx, TEAM) or await furnish(tx)
    return await describe(tx, team, await provide_credentials(tx, team, data_dir))
