"""The account of a contact: its company's, or a personal one (7.5)."""

from collections.abc import Mapping, Sequence, Set

from touchbook.core.accounts.changing import AccountChanges, change_accounts
from touchbook.core.accounts.closing import close_empty_accounts, redirect_uid
from touchbook.core.accounts.inheriting import inherit_facts
from touchbook.core.accounts.opening import company_accounts, open_accounts
from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import UNNAMED, Contact
from touchbook.core.errors import UnknownRecord
from touchbook.core.transaction import Transaction


async def accounts_for(
    tx: Transaction, caller: Caller, requested: Sequence[tuple[int | None, str | None, str | None]]
) -> list[int]:
    """Return an account id for each (chosen account, company, name): the chosen one, else the company's, else a
    new personal one. Chosen accounts were locked by `lock_accounts`; companies are locked here.
    """
    if not requested:
        return []
    companies = await company_accounts(
        tx, caller, {company for chosen, company, _ in requested if company and not chosen}
    )
    alone = [name or UNNAMED for chosen, company, name in requested if not chosen and not company]
    own = iter(await open_accounts(tx, caller, kind="person", names=alone))
    return [chosen or (companies[company] if company else next(own).id) for chosen, company, _ in requested]


async def leave_accounts(
    tx: Transaction, caller: Caller, before: Mapping[int, Contact], after: Mapping[int, Contact]
) -> None:
    """Close personal accounts that were left empty, and let their uids, and what is known of them, go over to the
    new account.
    """
    moved = [each for each in after if after[each].account_id != before[each].account_id]
    if not moved:
        return
    # Of several that leave one account, its uid leads to where the first of them went.
    into = {before[each].account_id: after[each].account_id for each in sorted(moved, reverse=True)}
    closed = await close_empty_accounts(tx, caller, list(into))
    await redirect_uid(tx, caller, {account.id: into[account.id] for account in closed})
    await inherit_facts(tx, caller, {into[account.id]: account for account in closed})


async def rename_own_accounts(
    tx: Transaction, caller: Caller, before: Mapping[int, Contact], after: Mapping[int, Contact]
) -> None:
    """Give personal accounts the new names of their contacts."""
    names = {
        each.account_id: AccountChanges(name=each.display_name or UNNAMED)
        for each in after.values()
        if each.display_name != before[each.id].display_name
    }
    if names:
        await change_accounts(tx, caller, names, kinds=["person"])


async def lock_accounts(tx: Transaction, caller: Caller, account_ids: Set[int]) -> None:
    """Lock the accounts against deletion, before their contacts are locked. UnknownRecord for a missing one."""
    if not account_ids:
        return
    rows = await tx.fetch(
        """select a.id from accounts a where a.team_id = $1 and a.id = any($2::bigint[]) and a.deleted_at is null
        order by a.id for key share""",
        caller.team_id,
        list(account_ids),
    )
    for missing in account_ids - {row["id"] for row in rows}:
        raise UnknownRecord("account", missing)
