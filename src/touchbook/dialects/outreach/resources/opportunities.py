"""Opportunities: deals."""

from decimal import Decimal

from msgspec import Struct

from touchbook.core.deals.query_schema import DEALS, Sale
from touchbook.dialects.outreach.companies import by_company
from touchbook.dialects.outreach.jsonapi.resource import OF_USER, TIMES, Many, Ref, Resource, below, to_one
from touchbook.dialects.outreach.times import show_day, show_instant

_PROBABILITY = {"won": 100, "lost": 0}


class OpportunityAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """`probability` is in percent, set for a decided deal."""

    amount: int | float | None
    close_date: str | None
    created_at: str
    currency_type: str
    name: str
    probability: int | None
    updated_at: str


def _show(sale: Sale) -> OpportunityAttributes:
    deal = sale.deal
    return OpportunityAttributes(
        amount=show_amount(deal.amount),
        close_date=show_day(deal.closes_on),
        created_at=show_instant(deal.created_at),
        currency_type=deal.currency,
        name=deal.title,
        probability=_PROBABILITY.get(deal.status),
        updated_at=show_instant(deal.updated_at),
    )


def show_amount(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _prospects(sale: Sale) -> list[Ref]:
    return [Ref("prospect", sale.deal.contact_id)] if sale.deal.contact_id else []


_NAMES = {"id": "id", "amount": "amount", "closeDate": "closes_on", "name": "title", **TIMES}

_SCHEMA = by_company(DEALS, "d.account_id")

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
        "prospects": Many(("prospect",), _prospects),
        "updater": to_one("user", "updated_by"),
    },
    filters={
        **_NAMES,
        **below("account", {"id": "id", "name": "name"}),
        **below("owner", OF_USER),
        **below("prospects", {"id": "id"}, through="contact"),
    },
    sorts=_NAMES,
    alias="deal",
    writable=True,
)
