"""The query schema of companies; the account that a contact has to itself is none."""

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import ACCOUNT_COLUMNS, account_from
from touchbook.core.caller import Caller
from touchbook.core.query.schema import Column, QuerySchema, folded_column
from touchbook.core.query.where import Where
from touchbook.core.teams.query_schema import MEMBERS


def _add_visible(where: Where, _caller: Caller) -> Where:
    return where.add("a.team_id = $1").add("a.kind = 'company'").add("a.deleted_at is null")


COMPANIES: QuerySchema[Account] = QuerySchema(
    source="accounts a",
    select=ACCOUNT_COLUMNS,
    key="a.id",
    record=lambda values, _caller: account_from(values),
    visible=_add_visible,
    columns={
        "id": Column(sql="a.id", kind="bigint", nullable=False),
        "name": folded_column("a.name", "a.name_folded"),
        "created_at": Column(sql="a.created_at", kind="timestamptz", nullable=False),
        "updated_at": Column(sql="a.updated_at", kind="timestamptz", nullable=False),
        "owner.id": Column(sql="a.owner_id", kind="bigint"),
    },
    relations={"owner": ("a.owner_id", MEMBERS)},
)
