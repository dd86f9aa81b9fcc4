"""Create, update, delete opportunities."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.contacts.queries import find_contact
from touchbook.core.deals.changing import DealChanges, change_deal
from touchbook.core.deals.deleting import delete_deals
from touchbook.core.deals.opening import open_deal
from touchbook.core.differing import said
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.errors import Refused
from touchbook.dialects.outreach.jsonapi.members import beside, split_members, taking_members
from touchbook.dialects.outreach.jsonapi.reading import find, show_now
from touchbook.dialects.outreach.jsonapi.writing import (
    differing_attributes,
    differing_relations,
    read_sent,
    required,
)
from touchbook.dialects.outreach.resources.opportunities import KEPT, OPPORTUNITIES
from touchbook.dialects.outreach.times import read_day, with_shown_day
from touchbook.dialects.outreach.wire import SentTime
from touchbook.http.call import Answer, Call

WRITABLE = ("account", "owner", "primaryProspect", "prospects")
_MEMBERS = {
    "name": "title",
    "amount": "amount",
    "amount_precise": "amount",
    "currency_type": "currency",
    "close_date": "closes_on",
    "probability": "confidence",
}
_RELATED = {
    "account": "account_id",
    "owner": "owner_id",
    "primaryProspect": "contact_id",
    "prospects": "contact_id",
}
_MOST = 10**13
_CENT = Decimal("0.01")


class _OpportunityWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    """`close_date` is a date or a date-time, of which only the day counts."""

    amount: Annotated[float, Meta(ge=-_MOST, le=_MOST)] | UnsetType | None = UNSET
    amount_precise: Annotated[str, Meta(max_length=16, pattern=r"^-?\d{1,12}(\.\d{1,2})?$")] | UnsetType | None = (
        UNSET
    )
    close_date: SentTime | UnsetType | None = UNSET
    currency_type: Annotated[str, Meta(max_length=3, pattern=r"^[A-Z]{3}$")] | UnsetType = UNSET
    name: Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\S")] | UnsetType = UNSET
    probability: Annotated[int, Meta(ge=0, le=100)] | UnsetType | None = UNSET


OpportunityWrite = taking_members(_OpportunityWrite, KEPT)


async def create(call: Call[Transaction]) -> Answer:
    """An account or a prospect is required; the owner is the caller by default."""
    sent = await read_sent(call, OPPORTUNITIES, OpportunityWrite, WRITABLE)
    required({"/data/attributes/name": sent.attributes.name})
    related = _related({name: ref.id for name, ref in sent.related.items() if ref is not None})
    if not related.keys() & {"account_id", "contact_id"}:
        raise Refused({"/data/relationships/account": "An account or a prospect is required."})
    deal = await open_deal(call.tx, call.caller, **_members(said(sent.attributes)), **related)
    return await show_now(call, OPPORTUNITIES, deal.id, status=201)


async def update(call: Call[Transaction]) -> Answer:
    identifier, record = await find(call, OPPORTUNITIES, call.path["id"])
    sent = await read_sent(call, OPPORTUNITIES, OpportunityWrite, WRITABLE, identifier=identifier, shown=record)
    attributes = with_shown_day(said(sent.attributes), "close_date", "closeDate")
    changes = _members(differing_attributes(OpportunityWrite(**attributes), OPPORTUNITIES.show(record)))
    changes |= _related(differing_relations(sent.related, OPPORTUNITIES, record))
    if changes.get("account_id", 0) is None:
        changes["account_id"] = await _account_of_prospect(call, changes.get("contact_id", record.deal.contact_id))
    if changes.get("owner_id", 0) is None:
        raise Refused({"/data/relationships/owner": "The owner may not be null."})
    await change_deal(call.tx, call.caller, record.deal.id, DealChanges(**changes))
    return await show_now(call, OPPORTUNITIES, identifier)


async def delete(call: Call[Transaction]) -> Answer:
    _, record = await find(call, OPPORTUNITIES, call.path["id"])
    await delete_deals(call.tx, call.caller, [record.deal.id])
    return Answer(b"", 204)


async def _account_of_prospect(call: Call[Transaction], contact_id: int | None) -> int:
    if contact_id is None:
        raise Refused({"/data/relationships/account": "An account or a prospect is required."})
    return (await find_contact(call.tx, call.caller, contact_id)).account_id


def _related(related: Mapping[str, int | None]) -> dict[str, Any]:
    """Refused if the primary prospect is none of the prospects: an opportunity has one."""
    contacts = {related[name] for name in ("prospects", "primaryProspect") if name in related}
    if len(contacts) > 1:
        raise Refused({"/data/relationships/primaryProspect": "This contradicts the prospects."})
    return {_RELATED[name]: to for name, to in related.items()}


def _members(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Refused if the two amounts contradict each other."""
    kept, own = split_members(KEPT, attributes)
    amounts = [_amount(own[name]) for name in ("amount", "amount_precise") if name in own]
    if len(set(amounts)) > 1:
        raise Refused({"/data/attributes/amountPrecise": "This contradicts the amount."})
    members = {_MEMBERS[name]: value for name, value in own.items()}
    if amounts:
        members["amount"] = amounts[0]
    if kept:
        members["foreign_members"] = beside(kept)
    if members.get("closes_on") is not None:
        members["closes_on"] = read_day("closeDate", members["closes_on"])
    return members


def _amount(sent: float | str | None) -> Decimal | None:
    return None if sent is None else Decimal(str(sent)).quantize(_CENT)
