"""The query schema of members."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.folding import same
from touchbook.core.query.schema import Column, QuerySchema, by_name, folded_column
from touchbook.core.query.where import Where
from touchbook.core.teams.queries import USER_COLUMNS
from touchbook.core.teams.user import User


class Member(Struct, frozen=True):
    """`left`: is of the team no more."""

    user: User
    left: bool


_user = by_name(User, User.__struct_fields__)


def _record(values: Sequence[Any], caller: Caller) -> Member:
    return Member(_user(values[:-1], caller), values[-1])


def _add_visible(where: Where, _caller: Caller) -> Where:
    """Include members who left: their records still name them."""
    return where.add("m.team_id = $1")


MEMBERS: QuerySchema[Member] = QuerySchema(
    source="members m join users u on u.id = m.user_id",
    select=f"{USER_COLUMNS}, m.left_at is not null or u.deleted_at is not null as gone",
    key="m.user_id",
    record=_record,
    visible=_add_visible,
    columns={
        "id": Column(sql="m.user_id", kind="bigint", nullable=False),
        "email": Column(sql="u.email_key", nullable=False, fold=same),
        "first_name": folded_column("u.first_name", "u.first_name_folded"),
        "last_name": folded_column("u.last_name", "u.last_name_folded"),
        "created_at": Column(sql="u.created_at", kind="timestamptz", nullable=False),
        "updated_at": Column(sql="u.updated_at", kind="timestamptz", nullable=False),
    },
)
