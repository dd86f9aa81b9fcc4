"""Opportunities: list, create, get, update, delete."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from msgspec import UNSET

from touchbook.core.accounts.queries import account_id_of, accounts_by_id
from touchbook.core.contacts.queries import contact_id_of, contacts_by_id
from touchbook.core.deals.changing import DealChanges, change_deal
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.deleting import delete_deals
from touchbook.core.deals.listing import list_deals
from touchbook.core.deals.opening import open_deal
from touchbook.core.deals.queries import find_deal_by_uid
from touchbook.core.deals.valuing import annualized, confidence_of, expected
from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.core.foreign_members import members_of
from touchbook.core.teams.queries import user_id_of, users_by_id
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close import ids, parse, render
from touchbook.dialects.close.custom_fields import (
    DIALECT,
    Fields,
    beside,
    by_name,
    known_fields,
    named_as_sent,
    read_sent,
    take_fields,
    values_beside,
    with_fields,
)
from touchbook.dialects.close.filters import NOBODY
from touchbook.dialects.close.opportunity_filters import read_conditions
from touchbook.dialects.close.query import read_words
from touchbook.dialects.close.statuses import OPPORTUNITY, opportunity_status_id, read_opportunity_status
from touchbook.dialects.close.times import read_date, show_date, show_instant
from touchbook.dialects.close.wire.opportunities import NewOpportunity, OpportunityBody, OpportunityItem
from touchbook.http.call import Answer, Call

# Shown where nobody said how likely an opportunity is and none has decided it.
UNSAID = 50
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_ADVERBS = {"one_time": "", "monthly": " monthly", "annual": " annually"}


async def list_(call: Call[Reader]) -> Answer:
    given = parse.parameters(call)
    page = parse.page(given)
    account = None
    if "lead_id" in given:
        account = await account_id_of(call.tx, call.caller, ids.uid_of("lead", given["lead_id"])) or NOBODY
    deals = await list_deals(
        call.tx,
        call.caller,
        search=read_words(given.get("query", "")),
        account=account,
        conditions=await read_conditions(call, given),
        offset=page.skip,
        limit=page.limit + 1,
    )
    return render.listed(await _items(call, deals), page)


async def get(call: Call[Reader]) -> Answer:
    return await _answer(call, await _deal(call))


async def create(call: Call[Transaction]) -> Answer:
    sent = parse.body(NewOpportunity, call)
    parse.required(lead_id=sent.lead_id)
    _check_now(call, sent)
    account = await account_id_of(call.tx, call.caller, ids.uid_of("lead", str(sent.lead_id)))
    if account is None:
        raise UnknownRecord("account", sent.lead_id)
    members = await _members(call, sent)
    given = await take_fields(call.tx, call.caller, read_sent(parse.members(call)), {})
    members["foreign_members"] = {DIALECT: {**_foreign(sent), **beside(given)}}
    title = members.pop("title", None) or "Opportunity"
    with named_as_sent(given):
        deal = await open_deal(call.tx, call.caller, title=title, account_id=account, **members)
    return await _answer(call, deal)


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(OpportunityBody, call)
    deal = await _deal(call)
    [shown] = await _plain_items(call, [deal], Fields())
    changes = parse.changes(sent, shown)
    members = await _members(call, changes)
    values = values_beside(deal.foreign_members)
    given = await take_fields(call.tx, call.caller, read_sent(parse.members(call)), values)
    members["foreign_members"] = {DIALECT: {**_foreign(changes), **beside(given)}}
    with named_as_sent(given):
        changed = await change_deal(call.tx, call.caller, deal.id, DealChanges(**members))
    return await _answer(call, changed or deal)


async def delete(call: Call[Transaction]) -> Answer:
    await delete_deals(call.tx, call.caller, [(await _deal(call)).id])
    return Answer(b"{}")


async def _members(call: Call[Reader], sent: OpportunityBody) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if sent.note:
        members["title"] = sent.note
    if sent.status_id is not UNSET:
        members["status"] = read_opportunity_status(call.caller, sent.status_id)
    if sent.value is not UNSET:
        members["amount"] = None if sent.value is None else Decimal(sent.value) / 100
    if sent.value_currency is not UNSET:
        members["currency"] = sent.value_currency
    if sent.value_period is not UNSET:
        members["value_period"] = sent.value_period or "one_time"
    if sent.confidence is not UNSET:
        members["confidence"] = sent.confidence
    for name in ("expected_date", "date_won"):
        if getattr(sent, name) is not UNSET:
            members["closes_on"] = _day(name, getattr(sent, name))
    if sent.contact_id is not UNSET:
        members["contact_id"] = await _contact_id(call, sent.contact_id)
    if sent.user_id is not UNSET:
        members["owner_id"] = await _user_id(call, sent.user_id)
    return members


def _foreign(sent: OpportunityBody) -> dict[str, Any]:
    members = {"pipeline_id": sent.pipeline_id, "attachments": sent.attachments}
    return {name: value or None for name, value in members.items() if value is not UNSET}


def _check_now(call: Call[Any], sent: NewOpportunity) -> None:
    caller = call.caller
    mine = (UNSET, None, ids.user_id(caller.user_uid) if caller.user_uid else None)
    members = {"created_by": sent.created_by not in mine, "date_created": sent.date_created not in (UNSET, None)}
    if wrong := [name for name, given in members.items() if given]:
        raise Invalid(
            {name: ["Cannot be chosen: an opportunity is created now, by the caller."] for name in wrong}
        )


def _day(name: str, text: str | None) -> Any:
    if text is None:
        return None
    value = read_date(name, text, UTC)
    return value.date() if isinstance(value, datetime) else value


async def _contact_id(call: Call[Reader], text: str | None) -> int | None:
    if text is None:
        return None
    found = await contact_id_of(call.tx, call.caller, ids.uid_of("cont", text))
    if found is None:
        raise UnknownRecord("contact", text)
    return found


async def _user_id(call: Call[Reader], text: str) -> int:
    found = await user_id_of(call.tx, call.caller, ids.uid_of("user", text))
    if found is None:
        raise UnknownRecord("user", text)
    return found


async def _deal(call: Call[Reader]) -> Deal:
    try:
        return await find_deal_by_uid(call.tx, call.caller, ids.uid_of("oppo", call.path["id"]))
    except NotFound:
        raise NotFound("opportunity", call.path["id"]) from None


async def _answer(call: Call[Reader], deal: Deal) -> Answer:
    return render.one((await _items(call, [deal]))[0], parse.fields(call))


async def _items(call: Call[Reader], deals: list[Deal]) -> list[Any]:
    values = [values_beside(deal.foreign_members) for deal in deals]
    fields = await known_fields(call.tx, call.caller) if any(values) else Fields()
    items = await _plain_items(call, deals, fields)
    return [with_fields(item, some, fields) for item, some in zip(items, values, strict=True)]


async def _plain_items(call: Call[Reader], deals: list[Deal], fields: Fields) -> list[OpportunityItem]:
    """Return opportunities without the members of their custom fields."""
    accounts = await accounts_by_id(call.tx, call.caller, {deal.account_id for deal in deals if deal.account_id})
    asked = {deal.contact_id for deal in deals if deal.contact_id}
    contacts = await contacts_by_id(call.tx, call.caller, asked)
    users = await users_by_id(call.tx, call.caller, {deal.owner_id for deal in deals})
    return [
        _item(
            call,
            deal,
            accounts.get(deal.account_id or 0),
            contacts.get(deal.contact_id or 0),
            users[deal.owner_id],
            fields,
        )
        for deal in deals
    ]


def _item(
    call: Call[Reader], deal: Deal, account: Any, contact: Any, owner: Any, fields: Fields
) -> OpportunityItem:
    said = confidence_of(deal)
    confidence = UNSAID if said is None else said
    amount = deal.amount
    kept = members_of(deal.foreign_members, DIALECT)
    yearly = None if amount is None else annualized(amount, deal.value_period)
    return OpportunityItem(
        id=ids.opportunity_id(deal.uid),
        lead_id=ids.lead_id(account.uid) if account else None,
        lead_name=account.name if account else None,
        contact_id=ids.contact_id(contact.uid) if contact else None,
        contact_name=contact.display_name if contact else None,
        user_id=ids.user_id(owner.uid),
        user_name=owner.display_name,
        status_id=opportunity_status_id(call.caller, deal.status),
        status_label=OPPORTUNITY[deal.status],
        status_type=deal.status,
        note=deal.title,
        value=_hundredths(amount),
        value_currency=deal.currency,
        value_formatted=None if amount is None else _formatted(deal, amount),
        value_period=deal.value_period,
        confidence=confidence,
        annualized_value=_hundredths(yearly),
        expected_value=None if amount is None else _hundredths(expected(amount, confidence)),
        annualized_expected_value=None if yearly is None else _hundredths(expected(yearly, confidence)),
        date_won=show_date(deal.closes_on),
        expected_date=show_date(deal.closes_on),
        pipeline_id=kept.get("pipeline_id"),
        attachments=kept.get("attachments", []),
        custom=by_name(values_beside(deal.foreign_members), fields),
        organization_id=ids.organization_id(call.caller.team_uid),
        date_created=show_instant(deal.created_at),
        date_updated=show_instant(deal.updated_at),
    )


def _hundredths(amount: Decimal | None) -> int | None:
    return None if amount is None else int((amount * 100).to_integral_value(ROUND_HALF_UP))


def _formatted(deal: Deal, amount: Decimal) -> str:
    """Write `$500`, `$0.50 monthly`, `SEK 1,000 annually`."""
    number = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return f"{_SIGNS.get(deal.currency, f'{deal.currency} ')}{number}{_ADVERBS[deal.value_period]}"
