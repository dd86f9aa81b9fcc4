"""The account of a contact: its company's, or one that it has to itself (7.5)."""

from collections.abc import Iterable, Mapping, Sequence

from touchbook.core.accounts.changing import AccountChanges, change_accounts
from touchbook.core.accounts.closing import close_empty_accounts, lead_on
from touchbook.core.accounts.opening import company_accounts, open_accounts
from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import UNNAMED, Contact
from touchbook.core.errors import UnknownRecord
from touchbook.core.events import record_each
from touchbook.core.transaction import Transaction


async def accounts_for(
    tx: Transaction, caller: Caller, wished: Sequence[tuple[int | None, str | None, str | None]]
) -> list[int]:
    """For each (account chosen, company, name): the chosen one, else the company's, else a new one of its own.

    UnknownRecord for a chosen one that is not there. All are held against deletion.
    """
    await _hold_accounts(tx, caller, {chosen for chosen, _, _ in wished if chosen})
    companies = await company_accounts(
        tx, caller, {company for chosen, company, _ in wished if company and not chosen}
    )
    alone = [name or UNNAMED for chosen, company, name in wished if not chosen and not company]
    own = iter(await open_accounts(tx, caller, kind="person", names=alone))
    return [chosen or (companies[company] if company else next(own).id) for chosen, company, _ in wished]


async def settle_accounts(
    tx: Transaction, caller: Caller, before: Mapping[int, Contact], after: Sequence[Contact]
) -> None:
    """Moves those whose company changed, names those accounts anew that a contact has to itself."""
    moved = [contact for contact in after if contact.company != before[contact.id].company]
    if moved:
        wished = [(None, contact.company, contact.display_name) for contact in moved]
        accounts = await accounts_for(tx, caller, wished)
        await _move(tx, caller, zip(moved, accounts, strict=True))
    named = [contact for contact in after if contact.display_name != before[contact.id].display_name]
    await _rename_own(tx, caller, named)


async def move_contact(tx: Transaction, caller: Caller, contact: Contact, *, account_id: int | None) -> None:
    """Into that account, with its tasks and deals; None: into one of its own."""
    [account] = await accounts_for(tx, caller, [(account_id, None, contact.display_name)])
    await _move(tx, caller, [(contact, account)])


async def _move(tx: Transaction, caller: Caller, places: Iterable[tuple[Contact, int]]) -> None:
    """An account of its own that a contact leaves empty is closed, and its uid leads to the new one."""
    moves = [(contact, account) for contact, account in places if account != contact.account_id]
    if not moves:
        return
    await tx.execute(
        """update contacts c set account_id = m.new from unnest($2::bigint[], $3::bigint[]) as m (contact, new)
        where c.team_id = $1 and c.id = m.contact""",
        caller.team_id,
        [contact.id for contact, _ in moves],
        [account for _, account in moves],
    )
    told = {contact.id: {"account": account, "left": contact.account_id} for contact, account in moves}
    await record_each(tx, caller, "contact.moved", told)
    # Of several that leave one account, its uid leads to where the first of them went.
    into = {contact.account_id: account for contact, account in sorted(moves, key=_by_id, reverse=True)}
    closed = await close_empty_accounts(tx, caller, list(into))
    await lead_on(tx, caller, {old: into[old] for old in closed})


def _by_id(move: tuple[Contact, int]) -> int:
    return move[0].id


async def _rename_own(tx: Transaction, caller: Caller, contacts: Sequence[Contact]) -> None:
    """An account of kind person is named after its contact."""
    if not contacts:
        return
    rows = await tx.fetch(
        """select c.id, c.account_id from contacts c join accounts a on a.team_id = $1 and a.id = c.account_id
        where c.team_id = $1 and c.id = any($2::bigint[]) and a.kind = 'person'""",
        caller.team_id,
        [contact.id for contact in contacts],
    )
    names = {contact.id: contact.display_name or UNNAMED for contact in contacts}
    await change_accounts(tx, caller, {row["account_id"]: AccountChanges(name=names[row["id"]]) for row in rows})


async def _hold_accounts(tx: Transaction, caller: Caller, account_ids: set[int]) -> None:
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
