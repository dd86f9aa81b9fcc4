"""Accounts are created on request, or for the contacts that need one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

from touchbook.core.accounts.account import Account, AccountAddress, AccountKind, AccountStatus
from touchbook.core.accounts.queries import ACCOUNT_COLUMNS, account_from
from touchbook.core.caller import Caller
from touchbook.core.errors import UnknownRecord
from touchbook.core.events import record_each
from touchbook.core.folding import fold, same
from touchbook.core.foreign_members import NONE, ForeignMembers, differing_members, merged_members
from touchbook.core.identity import new_uid
from touchbook.core.recordset import records, recordset
from touchbook.core.teams.queries import known_members
from touchbook.core.transaction import Transaction

_TYPES = {"uid": "uuid", "name": "text", "name_key": "text", "name_folded": "text", "at": "timestamptz"}
# The columns by which an account is found: a company by its whole name, any by a part of it.
FOLDED_NAME: Mapping[str, Callable[[str], str]] = {"name_key": same, "name_folded": fold}
# Of a company's name so much is in the index.
_INDEXED = 150


async def open_account(
    tx: Transaction, caller: Caller, *, kind: AccountKind, name: str, **members: Any
) -> Account:
    """`members` are those of `open_accounts`."""
    return (await open_accounts(tx, caller, kind=kind, names=[name], **members))[0]


async def open_accounts(
    tx: Transaction,
    caller: Caller,
    *,
    kind: AccountKind,
    names: Sequence[str],
    status: AccountStatus = "potential",
    owner_id: int | None = None,
    description: str | None = None,
    url: str | None = None,
    addresses: Sequence[AccountAddress] = (),
    foreign_members: ForeignMembers = NONE,
) -> list[Account]:
    """Return the new accounts in the order of the names; what is beside these is alike in all.

    UnknownRecord for an owner who is no member.
    """
    if not names:
        return []
    await check_owners(tx, caller, {owner_id} if owner_id else ())
    foreign = differing_members(None, foreign_members)
    rows = [{"uid": new_uid(), "name": name, **folded_name(name), "at": tx.tick()} for name in names]
    inserted = await tx.fetch(
        f"""insert into accounts as a (team_id, uid, kind, name, name_key, name_folded, status, created_by,
            created_at, updated_at, description, url, addresses, foreign_members, owner_id)
        select $1, r.uid, $3, r.name, r.name_key, r.name_folded, $4, $5, r.at, r.at, $6, $7, $8::jsonb, $9::jsonb,
            $10 from {recordset("$2", _TYPES)}
        returning {ACCOUNT_COLUMNS}""",
        caller.team_id,
        records(_TYPES, rows),
        kind,
        status,
        caller.user_id,
        description,
        url,
        msgspec.json.encode(addresses).decode(),
        merged_members(None, foreign),
        owner_id,
    )
    by_uid = {row["uid"]: account_from(row) for row in inserted}
    opened = [by_uid[row["uid"]] for row in rows]
    facts = {
        "owner": owner_id,
        "description": description,
        "url": url,
        "addresses": addresses,
        "foreign_members": foreign,
    }
    known = {name: fact for name, fact in facts.items() if fact}
    told = {each.id: {"kind": kind, "name": each.name, "status": status, **known} for each in opened}
    await record_each(tx, caller, "account.created", told)
    return opened


async def check_owners(tx: Transaction, caller: Caller, owners: Collection[int]) -> None:
    for missing in set(owners) - await known_members(tx, caller.team_id, owners) if owners else ():
        raise UnknownRecord("user", missing)


def folded_name(name: str) -> dict[str, str]:
    return {column: form(name) for column, form in FOLDED_NAME.items()}


async def company_accounts(tx: Transaction, caller: Caller, names: Collection[str]) -> dict[str, int]:
    """Return the ids of company accounts by name, in whatever case or form; missing ones are created.

    One transaction of the team at a time creates accounts, so that no company is there twice.
    """
    if not names:
        return {}
    keys = {name: same(name) for name in names}
    held = await _companies(tx, caller, keys.values())
    if not held.keys() >= set(keys.values()):
        await tx.execute(_ONE_AT_A_TIME, caller.team_id)
        held = await _companies(tx, caller, keys.values())
    missing: dict[str, str] = {}
    for name, key in sorted(keys.items()):
        if key not in held:
            missing.setdefault(key, name)
    opened = await open_accounts(tx, caller, kind="company", names=list(missing.values()))
    found = {**held, **{key: account.id for key, account in zip(missing, opened, strict=True)}}
    return {name: found[key] for name, key in keys.items()}


_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('companies', $1))"


async def _companies(tx: Transaction, caller: Caller, keys: Collection[str]) -> dict[str, int]:
    """Return by key the oldest, locked against deletion until its new contacts are written."""
    rows = await tx.fetch(
        f"""select a.id, a.name_key from accounts a
        where a.team_id = $1 and a.kind = 'company' and a.deleted_at is null
        and left(a.name_key, {_INDEXED}) = any($2::text[]) and a.name_key = any($3::text[])
        order by a.id for key share""",
        caller.team_id,
        sorted({key[:_INDEXED] for key in keys}),
        sorted(set(keys)),
    )
    return {row["name_key"]: row["id"] for row in reversed(rows)}
