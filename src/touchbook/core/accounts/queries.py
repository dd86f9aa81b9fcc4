from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import msgspec

from touchbook.core.accounts.account import Account, AccountAddress
from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.query.where import Where
from touchbook.core.transaction import Reader

ACCOUNT_COLUMNS = ", ".join(f"a.{name}" for name in Account.__struct_fields__)
_addresses = msgspec.json.Decoder(list[AccountAddress])


def account_from(values: Iterable[Any]) -> Account:
    """The values have the order of ACCOUNT_COLUMNS."""
    members = dict(zip(Account.__struct_fields__, values, strict=True))
    return Account(**{**members, "addresses": _addresses.decode(members["addresses"])})


# The account with that uid, or the one that it was left for (companies.py).
_ID = """a.id = (with asked as (select {}::uuid as uid) select coalesce(
    (select o.id from accounts o, asked where o.team_id = $1 and o.uid = asked.uid and o.deleted_at is null),
    (select x.record_id from aliases x, asked where x.team_id = $1 and x.dialect = 'touchbook'
        and x.kind = 'account' and x.external_id = asked.uid::text)))"""


def _is_seen(owner: str) -> str:
    """Return a condition on accounts `a`: who sees a contact sees the account it has to itself (RC-179)."""
    return f"""(a.kind <> 'person' or exists (select 1 from contacts c
        where c.team_id = $1 and c.account_id = a.id and c.owner_id = {owner} and c.deleted_at is null))"""


async def find_account(reader: Reader, caller: Caller, uid: UUID) -> Account:
    where = visible_accounts(caller).add(_ID, uid)
    row = await reader.fetch_row(f"select {ACCOUNT_COLUMNS} from accounts a where {where.sql}", *where.args)
    if row is None:
        raise NotFound("account", uid)
    return account_from(row)


async def accounts_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Account]:
    """Include deleted accounts, so that records which refer to them can still show where they belonged."""
    rows = await reader.fetch(
        f"select {ACCOUNT_COLUMNS} from accounts a where a.team_id = $1 and a.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: account_from(row) for row in rows}


async def account_id_of(reader: Reader, caller: Caller, uid: UUID) -> int | None:
    where = visible_accounts(caller).add(_ID, uid)
    found: int | None = await reader.fetch_value(f"select a.id from accounts a where {where.sql}", *where.args)
    return found


async def has_unseen_contacts(reader: Reader, caller: Caller, account_id: int) -> bool:
    """Return whether the account has contacts that this caller, who sees only their own, does not see."""
    if not caller.own_contacts_only:
        return False
    found: bool = await reader.fetch_value(
        """select exists (select 1 from contacts c where c.team_id = $1 and c.account_id = $2
            and c.owner_id <> $3 and c.deleted_at is null)""",
        caller.team_id,
        account_id,
        caller.user_id,
    )
    return found


def visible_accounts(caller: Caller) -> Where:
    """Accounts that are not deleted and that the caller may see."""
    where = Where(caller.team_id, "a.team_id = $1", "a.deleted_at is null")
    return where.add(_is_seen("{}"), caller.user_id) if caller.own_contacts_only else where


def seen_account(account: str, owner: str) -> str:
    """Return SQL for the account id in that column, or NULL if the caller may not see that account.

    `owner` is the `$n` of `Caller.only_owner`.
    """
    return f"(select a.id from accounts a where a.team_id = $1 and a.id = {account} and {account_is_seen(owner)})"


def account_is_seen(owner: str) -> str:
    """Return a condition that account `a` is visible to the caller."""
    return f"(a.deleted_at is null and ({owner}::bigint is null or {_is_seen(owner)}))"
