"""Opportunities: deals."""

from decimal import Decimal
from typing import Any

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.query_schema import DEALS
from touchbook.core.deals.valuing import confidence_of
from touchbook.dialects.outreach.companies import with_company
from touchbook.dialects.outreach.jsonapi.members import (
    CUSTOM,
    INSTANT,
    LONG_TEXT,
    TEXT,
    TEXTS,
    Members,
    columns_of,
    filters_by,
    kept_in,
    showing_members,
    text,
)
from touchbook.dialects.outreach.jsonapi.resource import OF_USER, TIMES, Many, Ref, Resource, below, to_one
from touchbook.dialects.outreach.times import show_day, show_instant

KEPT: Members = {
    **CUSTOM,
    "customId": TEXT,
    "description": LONG_TEXT,
    "externalCreatedAt": INSTANT,
    "externalUpdatedAt": INSTANT,
    "forecastCategory": text(32_000),
    "leadSource": text(32_000),
    "lostReason": text(32_000),
    "mapLink": TEXT,
    "mapNextSteps": TEXT,
    "mapStatus": TEXT,
    "nextStep": LONG_TEXT,
    "opportunityType": TEXT,
    "prospectingRepId": TEXT,
    "recordType": text(32_000),
    "sharingTeamId": TEXT,
    "tags": TEXTS,
    "trashedAt": INSTANT,
}


class _OpportunityAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """`probability` is in percent; a deal that was decided has one without anybody saying so."""

    amount: int | float | None
    amount_precise: str | None
    close_date: str | None
    created_at: str
    currency_type: str
    name: str
    probability: int | None
    updated_at: str


OpportunityAttributes = showing_members(_OpportunityAttributes, KEPT)


class OpportunityRecord(Struct, frozen=True):
    """A deal with the company that it is with, if any, and who made and changed it."""

    deal: Deal
    company_id: int | None
    created_by: int
    updated_by: int | None


def _record(deal: Deal, _caller: Caller, *values: Any) -> OpportunityRecord:
    return OpportunityRecord(deal, *values)


def _show(record: OpportunityRecord) -> _OpportunityAttributes:
    deal = record.deal
    return OpportunityAttributes(
        amount=show_amount(deal.amount),
        amount_precise=None if deal.amount is None else str(deal.amount),
        close_date=show_day(deal.closes_on),
        created_at=show_instant(deal.created_at),
        currency_type=deal.currency,
        name=deal.title,
        probability=confidence_of(deal),
        updated_at=show_instant(deal.updated_at),
        **kept_in(deal.foreign_members),
    )


def show_amount(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _prospects(record: OpportunityRecord) -> list[Ref]:
    return [Ref("prospect", record.deal.contact_id)] if record.deal.contact_id else []


_NAMES = {"id": "id", "amount": "amount", "closeDate": "closes_on", "name": "title", **TIMES}

_SCHEMA = with_company(
    DEALS, "d.account_id", _record, "d.created_by", "d.updated_by", columns=columns_of("deals d", KEPT)
)

OPPORTUNITIES = Resource(
    kind="opportunity",
    path="/opportunities",
    schema=_SCHEMA,
    attributes=OpportunityAttributes,
    show=_show,
    relationships={
        "account": to_one("account", "company_id"),
        "creator": to_one("user", "created_by"),
        "owner": to_one("user", "deal.owner_id"),
        "primaryProspect": to_one("prospect", "deal.contact_id"),
        "prospects": Many(("prospect",), _prospects),
        "updater": to_one("user", "updated_by"),
    },
    filters={
        **_NAMES,
        **filters_by(KEPT),
        **below("account", {"id": "id", "name": "name"}),
        **below("owner", OF_USER),
        **below("primaryProspect", {"id": "id"}, through="contact"),
        **below("prospects", {"id": "id"}, through="contact"),
    },
    sorts=_NAMES,
    alias="deal",
    kept=KEPT,
    unkept=frozenset(
        {
            "assignedTeams",
            "assignedUsers",
            "externalCreator",
            "favorites",
            "opportunityHealthFactors",
            "opportunityLineItems",
            "opportunityStage",
            "territory",
        }
    ),
    writable=True,
)
