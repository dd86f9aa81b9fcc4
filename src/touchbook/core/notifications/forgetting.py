from datetime import datetime, timedelta

from touchbook.core.transaction import Transaction

READ_KEPT = timedelta(days=90)


async def forget_notifications(tx: Transaction, *, before: datetime) -> None:
    """Delete notifications of all teams that were read before that instant."""
    await tx.execute("delete from notifications where read_at < $1", before)
