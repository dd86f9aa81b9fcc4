"""One look-up for all rows of an answer, in the statement that reads them."""

from collections.abc import Iterable, Sequence

from touchbook.core.caller import Caller
from touchbook.core.query.schema import QuerySchema, Record
from touchbook.core.transaction import Row


def seeing(rows: str, look_up: str, *before: str) -> str:
    """Return the statement that gives the rows of a select, named `shown`, in their order. The first row has the
    value of `look_up`, a select over `shown`, as its last; the others have NULL. `before`: CTEs of the select.
    """
    parts = ", ".join((*before, f"shown as materialized ({rows})"))
    return f"with {parts} select shown.*, case when row_number() over () = 1 then ({look_up}) end from shown"


def with_look_up(schema: QuerySchema[Record], rows: str) -> str:
    return rows if schema.look_up is None else seeing(rows, schema.look_up[0])


def records_of(schema: QuerySchema[Record], caller: Caller, rows: Sequence[Row], *, skip: int) -> Iterable[Record]:
    """Make records of rows of `with_look_up`, whose first `skip` values are none of the schema's."""
    if schema.look_up is None:
        return (schema.record(row[skip:], caller) for row in rows)
    found = schema.look_up[1](rows[0][-1]) if rows else None
    return (schema.record(row[skip:-1], caller, found) for row in rows)
