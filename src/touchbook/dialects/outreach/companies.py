"""The account of a record is a company: the one that a contact has to itself is none."""

from msgspec.structs import replace

from touchbook.core.accounts.query_schema import company_id
from touchbook.core.query.schema import Column, QuerySchema, Record


def by_company(schema: QuerySchema[Record], column: str, **columns: Column) -> QuerySchema[Record]:
    """The schema with `account.id` for companies alone, by the account in that column, and with more columns."""
    is_company = f"exists {company_id(column)}"
    account = Column(
        kind="bigint",
        any_of=f"({column} = any({{}}::bigint[]) and {is_company})",
        missing=f"not {is_company}",
    )
    return replace(schema, columns={**schema.columns, "account.id": account, **columns})
