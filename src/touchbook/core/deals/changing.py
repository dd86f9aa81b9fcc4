"""Changes to deals. All of them go through this module."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import UNSET, Struct, UnsetType, structs

from touchbook.core.caller import Caller
from touchbook.core.deals.deal import Deal, DealStatus, ValuePeriod
from touchbook.core.deals.queries import deal_columns
from touchbook.core.deals.references import NOUNS, take_references
from touchbook.core.differing import said
from touchbook.core.errors import NotFound, UnknownRecord
from touchbook.core.events import record_event
from touchbook.core.folding import fold
from touchbook.core.foreign_members import ForeignMembers, differing_members, merged_members
from touchbook.core.transaction import Transaction


class DealChanges(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is."""

    title: str | UnsetType = UNSET
    status: DealStatus | UnsetType = UNSET
    amount: Decimal | UnsetType | None = UNSET
    currency: str | UnsetType = UNSET
    value_period: ValuePeriod | UnsetType = UNSET
    confidence: int | UnsetType | None = UNSET
    closes_on: date | UnsetType | None = UNSET
    contact_id: int | UnsetType | None = UNSET
    owner_id: int | UnsetType = UNSET
    account_id: int | UnsetType = UNSET
    foreign_members: ForeignMembers | UnsetType = UNSET


async def change_deal(tx: Transaction, caller: Caller, deal_id: int, changes: DealChanges) -> Deal | None:
    """Return the changed deal, or None if nothing differed.

    Errors: NotFound; UnknownRecord for an account, a contact or an owner that does not exist.
    """
    requested = said(structs.replace(changes, foreign_members=UNSET))
    standing = await take_references(tx, caller, **{name: requested.get(name) for name in NOUNS})
    deal = await _lock(tx, caller, deal_id)
    told = {name: value for name, value in requested.items() if getattr(deal, name) != value}
    foreign = differing_members(deal.foreign_members, changes.foreign_members)
    if foreign:
        told["foreign_members"] = foreign
    if not told:
        return None
    for name in NOUNS.keys() & told.keys() - standing:
        if told[name] is not None:
            raise UnknownRecord(NOUNS[name], told[name])
    written = await _write(tx, caller, deal, told)
    await record_event(
        tx, caller, "deal.updated", deal_id, **{name.removesuffix("_id"): value for name, value in told.items()}
    )
    return written


async def _lock(tx: Transaction, caller: Caller, deal_id: int) -> Deal:
    row = await tx.fetch_row(
        f"""select {deal_columns("$3")} from deals d
        where d.team_id = $1 and d.id = $2 and d.deleted_at is null for no key update of d""",
        caller.team_id,
        deal_id,
        caller.only_owner,
    )
    if row is None:
        raise NotFound("deal", deal_id)
    return Deal(**row)


async def _write(tx: Transaction, caller: Caller, deal: Deal, told: Mapping[str, Any]) -> Deal:
    """Write only what differs, so that a contact which the caller does not see stays."""
    columns = {**told, **({"title_folded": fold(told["title"])} if "title" in told else {})}
    if "foreign_members" in told:
        columns["foreign_members"] = merged_members(deal.foreign_members, told["foreign_members"])
    assigned = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=6))
    row = await tx.fetch_row(
        f"""update deals d set updated_at = $3, updated_by = $4, {assigned}
        where d.team_id = $1 and d.id = $2 returning {deal_columns("$5")}""",
        caller.team_id,
        deal.id,
        tx.tick(),
        caller.user_id,
        caller.only_owner,
        *columns.values(),
    )
    assert row is not None
    return Deal(**row)
