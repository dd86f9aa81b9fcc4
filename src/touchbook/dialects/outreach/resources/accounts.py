"""Accounts: companies."""

from msgspec import Struct

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.query_schema import COMPANIES
from touchbook.dialects.outreach.jsonapi.resource import TIMES, Linked, Resource, to_one
from touchbook.dialects.outreach.times import show_instant


class AccountAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    created_at: str
    description: str | None
    name: str
    updated_at: str
    website_url: str | None


def _show(account: Account) -> AccountAttributes:
    return AccountAttributes(
        created_at=show_instant(account.created_at),
        description=account.description,
        name=account.name,
        updated_at=show_instant(account.updated_at),
        website_url=account.url,
    )


_NAMES = {"id": "id", "name": "name", **TIMES}

ACCOUNTS = Resource(
    kind="account",
    path="/accounts",
    schema=COMPANIES,
    attributes=AccountAttributes,
    show=_show,
    relationships={
        "creator": to_one("user", "created_by"),
        "opportunities": Linked("/opportunities", "account"),
        "prospects": Linked("/prospects", "account"),
        "updater": to_one("user", "updated_by"),
    },
    filters=_NAMES,
    sorts=_NAMES,
    alias="account",
    writable=True,
)
