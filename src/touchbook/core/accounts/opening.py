from touchbook.core.accounts.account import Account, AccountKind, AccountStatus
from touchbook.core.accounts.queries import ACCOUNT_COLUMNS
from touchbook.core.caller import Caller
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.transaction import Transaction


async def open_account(
    tx: Transaction, caller: Caller, *, kind: AccountKind, name: str, status: AccountStatus = "potential"
) -> Account:
    row = await tx.fetch_row(
        f"""insert into accounts as a (team_id, uid, kind, name, status, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7) returning {ACCOUNT_COLUMNS}""",
        caller.team_id,
        new_uid(),
        kind,
        name,
        status,
        caller.user_id,
        tx.tick(),
    )
    assert row is not None
    account = Account(**row)
    await record_event(tx, caller, "account.created", account.id, kind=kind, name=name, status=status)
    return account
