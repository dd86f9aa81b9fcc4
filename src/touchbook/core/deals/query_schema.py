"""The query schema of deals."""

from touchbook.core.accounts.query_schema import COMPANIES
from touchbook.core.caller import Caller
from touchbook.core.contacts.query_schema import CONTACTS
from touchbook.core.contacts.seeing import sees_contact
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.queries import deal_columns
from touchbook.core.query.schema import Column, QuerySchema, by_name, folded_column
from touchbook.core.query.searching import add_part
from touchbook.core.query.where import OWNER, Where
from touchbook.core.teams.query_schema import MEMBERS


def _add_visible(where: Where, _caller: Caller) -> Where:
    return where.add("d.team_id = $1").add("d.deleted_at is null")


def _match_part(where: Where, text: str, _caller: Caller) -> None:
    add_part(where, text, "d.title_folded")


_SEEN = sees_contact("d.contact_id", OWNER)

DEALS: QuerySchema[Deal] = QuerySchema(
    source="deals d",
    select=deal_columns(OWNER),
    key="d.id",
    record=by_name(Deal, Deal.__struct_fields__),
    visible=_add_visible,
    columns={
        "id": Column(sql="d.id", kind="bigint", nullable=False),
        "title": folded_column("d.title", "d.title_folded"),
        "title_part": Column(match=_match_part),
        "status": Column(sql="d.status", nullable=False),
        "value_period": Column(sql="d.value_period", nullable=False),
        "amount": Column(sql="d.amount", kind="numeric"),
        "closes_on": Column(sql="d.closes_on", kind="date"),
        "created_at": Column(sql="d.created_at", kind="timestamptz", nullable=False),
        "updated_at": Column(sql="d.updated_at", kind="timestamptz", nullable=False),
        "account.id": Column(sql="d.account_id", kind="bigint", varied=False),
        "owner.id": Column(sql="d.owner_id", kind="bigint", nullable=False),
        "contact.id": Column(
            kind="bigint", any_of=f"(d.contact_id = any({{}}::bigint[]) and {_SEEN})", missing=f"not ({_SEEN})"
        ),
    },
    relations={
        "account": ("d.account_id", COMPANIES),
        "owner": ("d.owner_id", MEMBERS),
        "contact": ("d.contact_id", CONTACTS),
    },
)
