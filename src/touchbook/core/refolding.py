"""Columns that are folded of another one of the same row, written anew, some rows at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from touchbook.core.caller import Caller
from touchbook.core.recordset import records, recordset
from touchbook.core.transaction import Row, Transaction

SLICE = 1000
Folded = Mapping[str, Callable[[Any], Any]]


async def refold(
    tx: Transaction,
    caller: Caller,
    table: str,
    source: str,
    folded: Folded,
    *,
    after: int,
    kind: Literal["text", "text[]"] = "text",
    key: str | None = None,
) -> int | None:
    """The rows beyond the id `after`, each folded column of `source`; answers the last id, None where there are no
    more. `kind` is theirs, and `key` the one of them that two rows may not have alike, in a table that keeps
    what is deleted.
    """
    kept = "true" if key is None else "x.deleted_at is null"
    rows = await tx.fetch(
        f"""select x.id, x.{source} as source, {kept} as is_kept from {table} x
        where x.team_id = $1 and x.id > $2 order by x.id limit {SLICE} for no key update""",
        caller.team_id,
        after,
    )
    written = [{"id": row["id"], **{name: form(row["source"]) for name, form in folded.items()}} for row in rows]
    if key is not None:
        await _set_apart(
            tx, caller, table, key, [each for each, row in zip(written, rows, strict=True) if row["is_kept"]]
        )
    types = {"id": "bigint", **dict.fromkeys(folded, kind)}
    now, new = (", ".join(f"{row}.{name}" for name in folded) for row in "xr")
    await tx.execute(
        f"""update {table} x set {", ".join(f"{name} = r.{name}" for name in folded)}
        from {recordset("$2", types)} where x.team_id = $1 and x.id = r.id
        and ({now}) is distinct from ({new})""",
        caller.team_id,
        records(types, written),
    )
    return last_of(rows)


async def _set_apart(
    tx: Transaction, caller: Caller, table: str, key: str, written: Sequence[dict[str, str | int]]
) -> None:
    """Resolve rows that have become equal: the row with the key keeps it, and the other is found by its id until
    it is renamed.
    """
    rows = await tx.fetch(
        f"""select x.id, x.{key} as key from {table} x
        where x.team_id = $1 and x.{key} = any($2::text[]) and x.deleted_at is null""",
        caller.team_id,
        [row[key] for row in written],
    )
    holders: dict[str | int, int] = {row["key"]: row["id"] for row in rows}
    for row in written:
        if holders.setdefault(row[key], int(row["id"])) != row["id"]:
            row[key] = apart(str(row[key]), int(row["id"]))


def apart(key: str, row: int) -> str:
    """No text that is folded has a line break before its end and a number there."""
    return f"{key}\n{row}"


def last_of(rows: Sequence[Row], size: int = SLICE) -> int | None:
    return rows[-1]["id"] if len(rows) == size else None
