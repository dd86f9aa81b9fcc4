import structlog

from touchbook.core.totals import BATCH, find_changed_totals, find_wrong_totals, fold_total, recount_total
from touchbook.store.postgres import Store

_log = structlog.get_logger()


async def fold_totals(store: Store) -> bool:
    """Add up the oldest changes of totals, of all teams, and return whether more may be left."""
    async with store.reading() as reader:
        changed = await find_changed_totals(reader)
    folded = 0
    for row in changed:
        async with store.transaction() as tx:
            folded += await fold_total(tx, row["team_id"], row["noun"])
    return folded >= BATCH


async def correct_totals(store: Store) -> None:
    """Correct what a server of an older version, which counts nothing, has left wrong."""
    async with store.reading() as reader:
        wrong = await find_wrong_totals(reader)
    for row in wrong:
        async with store.transaction() as tx:
            await recount_total(tx, row["team_id"], row["noun"])
        _log.warning("total corrected", team=row["team_id"], noun=row["noun"])
