"""A personal account is closed when its one contact leaves it."""

from collections.abc import Collection, Mapping

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import ACCOUNT_COLUMNS, account_from
from touchbook.core.aliases import OURS
from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.transaction import Transaction


async def close_empty_accounts(tx: Transaction, caller: Caller, account_ids: Collection[int]) -> list[Account]:
    """Close those of the accounts that are personal and have no contact left, and return these."""
    # The emptiness below must be read after the lock, or a contact that joins meanwhile would lose its account.
    await tx.execute(
        """select a.id from accounts a where a.team_id = $1 and a.id = any($2::bigint[]) and a.kind = 'person'
        and a.deleted_at is null order by a.id for update""",
        caller.team_id,
        list(account_ids),
    )
    rows = await tx.fetch(
        f"""update accounts a set deleted_at = $3, updated_at = $3, updated_by = $4
        where a.team_id = $1 and a.id = any($2::bigint[]) and a.kind = 'person' and a.deleted_at is null
        and not exists (select from contacts c
            where c.team_id = $1 and c.account_id = a.id and c.deleted_at is null)
        returning {ACCOUNT_COLUMNS}""",
        caller.team_id,
        list(account_ids),
        tx.tick(),
        caller.user_id,
    )
    closed = list(map(account_from, rows))
    await record_each(tx, caller, "account.closed", {account.id: {} for account in closed})
    return closed


async def redirect_uid(tx: Transaction, caller: Caller, into: Mapping[int, int]) -> None:
    """Record that the uid of a closed account leads to the account that its contact is in now."""
    await tx.execute(
        """insert into aliases (team_id, dialect, kind, external_id, record_id)
        select a.team_id, $4, 'account', a.uid::text, m.new from unnest($2::bigint[], $3::bigint[]) as m (old, new)
        join accounts a on a.team_id = $1 and a.id = m.old
        on conflict (team_id, dialect, kind, external_id) do update set record_id = excluded.record_id""",
        caller.team_id,
        list(into),
        list(into.values()),
        OURS,
    )
