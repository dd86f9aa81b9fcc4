"""The account of a record is a company: the one that a contact has to itself is none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from touchbook.core.caller import Caller
from touchbook.core.query.schema import Column, QuerySchema, Record

_COMPANY = "x.team_id = $1 and x.kind = 'company' and x.deleted_at is null"


def with_company(
    schema: QuerySchema[Any],
    account: str,
    record: Callable[..., Record],
    *more: str,
    columns: Mapping[str, Column] | None = None,
) -> QuerySchema[Record]:
    """Return the schema with the company in the column `account`, selects `more` and `columns` of this API.

    `record` is given what the core makes of a row, the caller, the company's id or None, and the values of `more`.
    """
    company = f"(select x.id from accounts x where {_COMPANY} and x.id = {account})"
    selects = (company, *more)
    by_company = Column(
        kind="bigint",
        any_of=f"({account} = any({{}}::bigint[]) and exists {company})",
        missing=f"not exists {company}",
    )

    def read(values: Sequence[Any], caller: Caller, *found: Any) -> Record:
        own = len(values) - len(selects)
        return record(schema.record(values[:own], caller, *found), caller, *values[own:])

    return replace(
        schema,
        select=", ".join((schema.select, *selects)),
        record=read,
        columns={**schema.columns, "account.id": by_company, **(columns or {})},
    )
