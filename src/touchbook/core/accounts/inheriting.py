"""Facts of a personal account go over to the account that its contact is in now."""

from collections.abc import Mapping
from typing import Any

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.changing import AccountChanges, change_account
from touchbook.core.accounts.queries import accounts_by_id
from touchbook.core.caller import Caller
from touchbook.core.foreign_members import members_by_dialect
from touchbook.core.transaction import Transaction

_FACTS = ("owner_id", "description", "url", "addresses")


async def inherit_facts(tx: Transaction, caller: Caller, left: Mapping[int, Account]) -> None:
    """`left` are closed accounts by the id of the other one, whose own facts stay."""
    heirs = {heir: account for heir, account in left.items() if account.foreign_members or _facts(account)}
    if not heirs:
        return
    known = await accounts_by_id(tx, caller, heirs)
    for heir, account in heirs.items():
        await change_account(tx, caller, heir, _missing(known[heir], account))


def _facts(account: Account) -> dict[str, Any]:
    return {name: value for name in _FACTS if (value := getattr(account, name))}


def _missing(heir: Account, account: Account) -> AccountChanges:
    own = _facts(heir)
    held = members_by_dialect(heir.foreign_members)
    foreign = {
        dialect: {name: value for name, value in members.items() if name not in held.get(dialect, {})}
        for dialect, members in members_by_dialect(account.foreign_members).items()
    }
    facts = {name: value for name, value in _facts(account).items() if name not in own}
    return AccountChanges(**facts, foreign_members=foreign)
