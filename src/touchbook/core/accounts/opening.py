"""Accounts are created on request, or for the contacts that need one."""

from collections.abc import Collection, Sequence

from touchbook.core.accounts.account import Account, AccountKind, AccountStatus
from touchbook.core.accounts.queries import ACCOUNT_COLUMNS
from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.identity import new_uid
from touchbook.core.recordset import records, recordset
from touchbook.core.transaction import Row, Transaction

_TYPES = {"uid": "uuid", "name": "text", "at": "timestamptz"}


async def open_account(
    tx: Transaction, caller: Caller, *, kind: AccountKind, name: str, status: AccountStatus = "potential"
) -> Account:
    return (await open_accounts(tx, caller, kind=kind, names=[name], status=status))[0]


async def open_accounts(
    tx: Transaction,
    caller: Caller,
    *,
    kind: AccountKind,
    names: Sequence[str],
    status: AccountStatus = "potential",
) -> list[Account]:
    """Return the new accounts in the order of the names."""
    if not names:
        return []
    rows = [{"uid": new_uid(), "name": name, "at": tx.tick()} for name in names]
    inserted = await tx.fetch(
        f"""insert into accounts as a (team_id, uid, kind, name, status, created_by, created_at, updated_at)
        select $1, r.uid, $3, r.name, $4, $5, r.at, r.at from {recordset("$2", _TYPES)}
        returning {ACCOUNT_COLUMNS}""",
        caller.team_id,
        records(_TYPES, rows),
        kind,
        status,
        caller.user_id,
    )
    by_uid = {row["uid"]: Account(**row) for row in inserted}
    opened = [by_uid[row["uid"]] for row in rows]
    told = {each.id: {"kind": kind, "name": each.name, "status": status} for each in opened}
    await record_each(tx, caller, "account.created", told)
    return opened


async def company_accounts(tx: Transaction, caller: Caller, names: Collection[str]) -> dict[str, int]:
    """Return the ids of company accounts by name, compared without case; missing ones are created.

    One transaction of the team at a time creates accounts, so that no company is there twice.
    """
    if not names:
        return {}
    rows = await _companies(tx, caller, names)
    if any(row["id"] is None for row in rows):
        await tx.execute(_ONE_AT_A_TIME, caller.team_id)
        rows = await _companies(tx, caller, names)
    missing = {row["folded"]: row["name"] for row in rows if row["id"] is None}
    opened = await open_accounts(tx, caller, kind="company", names=list(missing.values()))
    new = {folded: account.id for folded, account in zip(missing, opened, strict=True)}
    return {row["name"]: row["id"] or new[row["folded"]] for row in rows}


_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('companies', $1))"


async def _companies(tx: Transaction, caller: Caller, names: Collection[str]) -> Sequence[Row]:
    """Lock the existing companies against deletion until their new contacts are written."""
    return await tx.fetch(
        """with held as (
            select a.id, lower(a.name) as folded from accounts a
            where a.team_id = $1 and a.kind = 'company' and a.deleted_at is null
            and left(lower(a.name), 150) = any(array(select left(lower(w), 150) from unnest($2::text[]) as w))
            order by a.id for key share
        )
        select n.name, lower(n.name) as folded, min(held.id) as id
        from unnest($2::text[]) as n (name) left join held on held.folded = lower(n.name)
        group by n.name order by n.name""",
        caller.team_id,
        list(names),
    )
