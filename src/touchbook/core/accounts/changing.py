"""Changes to accounts. All of them go through this module."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType, structs

from touchbook.core.accounts.account import KINDS, Account, AccountAddress, AccountKind, AccountStatus
from touchbook.core.accounts.opening import check_owners, folded_name
from touchbook.core.accounts.queries import ACCOUNT_COLUMNS, account_from
from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.foreign_members import NONE, ForeignMembers, as_json, differing_members, merged_members
from touchbook.core.recordset import records, recordset
from touchbook.core.transaction import Transaction

_TYPES = {
    "id": "bigint",
    "name": "text",
    "name_key": "text",
    "name_folded": "text",
    "status": "text",
    "owner_id": "bigint",
    "description": "text",
    "url": "text",
    "addresses": "jsonb",
    "foreign_members": "jsonb",
    "at": "timestamptz",
}


class AccountChanges(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is."""

    name: str | UnsetType = UNSET
    status: AccountStatus | UnsetType = UNSET
    owner_id: int | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    url: str | UnsetType | None = UNSET
    addresses: Sequence[AccountAddress] | UnsetType = UNSET
    foreign_members: ForeignMembers | UnsetType = UNSET


async def change_account(
    tx: Transaction, caller: Caller, account_id: int, changes: AccountChanges
) -> Account | None:
    """Return the changed account, or None if nothing differed or the account is gone."""
    return (await change_accounts(tx, caller, {account_id: changes})).get(account_id)


async def change_accounts(
    tx: Transaction, caller: Caller, changes: Mapping[int, AccountChanges], *, kinds: Sequence[AccountKind] = KINDS
) -> dict[int, Account]:
    """Apply changes by account id to accounts of the kinds. Return those that changed, as they are afterwards.

    UnknownRecord for an owner who is no member.
    """
    rows = await tx.fetch(
        f"""select {ACCOUNT_COLUMNS} from accounts a
        where a.team_id = $1 and a.id = any($2::bigint[]) and a.kind = any($3::text[])
        and a.deleted_at is null order by a.id for no key update""",
        caller.team_id,
        list(changes),
        list(kinds),
    )
    before = {row["id"]: account_from(row) for row in rows}
    told = {each: _differing(account, changes[each]) for each, account in before.items()}
    told = {account: fields for account, fields in told.items() if fields}
    if not told:
        return {}
    await check_owners(tx, caller, {fields["owner_id"] for fields in told.values() if fields.get("owner_id")})
    written = await tx.fetch(
        f"""update accounts a set name = r.name, name_key = coalesce(r.name_key, a.name_key),
            name_folded = coalesce(r.name_folded, a.name_folded), status = r.status, owner_id = r.owner_id,
            description = r.description,
            url = r.url, addresses = r.addresses, foreign_members = r.foreign_members, updated_at = r.at,
            updated_by = $3
        from {recordset("$2", _TYPES)} where a.team_id = $1 and a.id = r.id returning {ACCOUNT_COLUMNS}""",
        caller.team_id,
        records(_TYPES, [_row(tx, before[account], fields) for account, fields in told.items()]),
        caller.user_id,
    )
    await record_each(tx, caller, "account.updated", {each: _named(fields) for each, fields in told.items()})
    return {row["id"]: account_from(row) for row in written}


def _named(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Name references by the noun that they refer to."""
    return {name.removesuffix("_id"): value for name, value in fields.items()}


def _row(tx: Transaction, account: Account, fields: Mapping[str, Any]) -> dict[str, Any]:
    folded = folded_name(fields["name"]) if "name" in fields else {}
    foreign = as_json(merged_members(account.foreign_members, fields.get("foreign_members", NONE)))
    return {**structs.asdict(account), **fields, **folded, "foreign_members": foreign, "at": tx.tick()}


def _differing(account: Account, changes: AccountChanges) -> dict[str, Any]:
    said = structs.asdict(structs.replace(changes, foreign_members=UNSET))
    own = {name: value for name, value in said.items() if value is not UNSET and getattr(account, name) != value}
    foreign = differing_members(account.foreign_members, changes.foreign_members)
    return {**own, "foreign_members": foreign} if foreign else own
