"""Accounts: companies."""

from msgspec import Struct
from msgspec.structs import replace

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.query_schema import COMPANIES
from touchbook.dialects.outreach.jsonapi.members import (
    CUSTOM,
    FLAG,
    INSTANT,
    INTEGER,
    NUMBER,
    TEXT,
    TEXTS,
    URL,
    Members,
    columns_of,
    filters_by,
    kept_in,
    showing_members,
)
from touchbook.dialects.outreach.jsonapi.resource import OF_USER, TIMES, Linked, Resource, below, to_one
from touchbook.dialects.outreach.times import show_instant

KEPT: Members = {
    "annualRevenueRange": TEXT,
    "buyerIntentScore": NUMBER,
    "companyType": TEXT,
    **CUSTOM,
    "customId": TEXT,
    "domain": TEXT,
    "externalSource": TEXT,
    "followers": INTEGER,
    "foundedAt": INSTANT,
    "industry": TEXT,
    "linkedInEmployees": INTEGER,
    "linkedInUrl": URL,
    "locality": TEXT,
    "naicsCodes": TEXTS,
    "named": FLAG,
    "naturalName": TEXT,
    "numberOfEmployees": INTEGER,
    "sharingTeamId": TEXT,
    "sicCodes": TEXTS,
    "tags": TEXTS,
    "tickerSymbol": TEXT,
}


class _AccountAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    created_at: str
    description: str | None
    name: str
    updated_at: str
    website_url: str | None


AccountAttributes = showing_members(_AccountAttributes, KEPT)


def _show(account: Account) -> _AccountAttributes:
    return AccountAttributes(
        created_at=show_instant(account.created_at),
        description=account.description,
        name=account.name,
        updated_at=show_instant(account.updated_at),
        website_url=account.url,
        **kept_in(account.foreign_members),
    )


_NAMES = {"id": "id", "name": "name", **TIMES}

ACCOUNTS = Resource(
    kind="account",
    path="/accounts",
    schema=replace(COMPANIES, columns={**COMPANIES.columns, **columns_of("accounts a", KEPT)}),
    attributes=AccountAttributes,
    show=_show,
    relationships={
        "creator": to_one("user", "created_by"),
        "owner": to_one("user", "owner_id"),
        "opportunities": Linked("/opportunities", "account"),
        "prospects": Linked("/prospects", "account"),
        "updater": to_one("user", "updated_by"),
    },
    filters={**_NAMES, **filters_by(KEPT), **below("owner", OF_USER)},
    sorts=_NAMES,
    alias="account",
    kept=KEPT,
    unkept=frozenset(
        {"assignedTeams", "assignedUsers", "favorites", "primaryRecordTeam", "recordTeamMembers", "recordTeams"}
    ),
    writable=True,
)
