from touchbook.core.totals import BATCH, find_changed_totals, fold_total
from touchbook.store.postgres import Store


async def fold_totals(store: Store) -> bool:
    """Add up the oldest changes of totals, of all teams, and return whether more may be left."""
    async with store.reading() as reader:
        changed = await find_changed_totals(reader)
    folded = 0
    for row in changed:
        async with store.transaction() as tx:
            folded += await fold_total(tx, row["team_id"], row["noun"])
    return folded >= BATCH
