"""Reads and writes the records of a noun (`noun.py`), each change with its event."""

from collections.abc import Collection, Mapping
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid, NotFound
from touchbook.core.events import record_each, record_event
from touchbook.core.identity import new_uid
from touchbook.core.noun import Noun, Record
from touchbook.core.transaction import Reader, Transaction


async def find(reader: Reader, caller: Caller, noun: Noun[Record], record_id: int) -> Record:
    where = noun.visible(caller).add("x.id = {}", record_id)
    row = await reader.fetch_row(f"select {noun.columns} from {noun.table} x where {where.sql}", *where.args)
    if row is None:
        raise NotFound(noun.name.replace("_", " "), record_id)
    return noun.read(row)


async def by_id(reader: Reader, caller: Caller, noun: Noun[Record], ids: Collection[int]) -> dict[int, Record]:
    """Include deleted records, so that records which refer to them can still show them."""
    if not ids:
        return {}
    rows = await reader.fetch(
        f"select {noun.columns} from {noun.table} x where x.team_id = $1 and x.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: noun.read(row) for row in rows}


async def insert(tx: Transaction, caller: Caller, noun: Noun[Record], **columns: Any) -> Record:
    written = noun.with_folded(columns)
    names = ", ".join(written)
    values = ", ".join(f"${number}" for number in range(5, 5 + len(written)))
    # What follows from other tables is read afterwards (STYLE.md: SQL that routes).
    row = await tx.fetch_row(
        f"""insert into {noun.table} as x (team_id, uid, created_by, created_at, updated_at, {names})
        values ($1, $2, $3, $4, $4, {values}) returning {"x.id" if noun.derives else noun.columns}""",
        caller.team_id,
        new_uid(),
        caller.user_id,
        tx.tick(),
        *written.values(),
    )
    assert row is not None
    await record_event(tx, caller, f"{noun.name}.created", row["id"], **told(columns))
    return (await by_id(tx, caller, noun, [row["id"]]))[row["id"]] if noun.derives else noun.read(row)


async def lock(tx: Transaction, caller: Caller, noun: Noun[Record], record_id: int) -> Record:
    """Lock against every other change, but not against new references."""
    await tx.execute(
        f"select 1 from {noun.table} x where x.team_id = $1 and x.id = $2 for no key update",
        caller.team_id,
        record_id,
    )
    return await find(tx, caller, noun, record_id)


async def amend(
    tx: Transaction, caller: Caller, noun: Noun[Record], record: Record, verb: str, columns: Mapping[str, Any]
) -> Record | None:
    """Write the `columns` that differ, and the event; return None if none does. `record` is locked."""
    changes = {name: value for name, value in columns.items() if getattr(record, name) != value}
    if not changes:
        return None
    written = noun.with_folded(changes)
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(written, start=5))
    row = await tx.fetch_row(
        f"""update {noun.table} x set updated_at = $3, updated_by = $4, {assignments}
        where x.team_id = $1 and x.id = $2 returning {noun.columns}""",
        caller.team_id,
        record.id,  # type: ignore[attr-defined]
        tx.tick(),
        caller.user_id,
        *written.values(),
    )
    assert row is not None
    await record_event(tx, caller, f"{noun.name}.{verb}", row["id"], **told(changes))
    return noun.read(row)


async def remove(tx: Transaction, caller: Caller, noun: Noun[Record], ids: Collection[int]) -> None:
    """Delete records.

    They are not locked `for update`: a transaction that advances contacts holds a task and creates the next one
    for the step that is being deleted, while the deletion waits for that task. Whatever needs such a record takes
    it `for share`.
    """
    if not ids:
        return
    rows = await tx.fetch(
        f"""with held as (
            select h.id from {noun.table} h where h.team_id = $1 and h.id = any($2::bigint[])
            and h.deleted_at is null order by h.id for no key update
        )
        update {noun.table} x set deleted_at = $3, updated_at = $3, updated_by = $4
        from held where x.team_id = $1 and x.id = held.id returning x.id""",
        caller.team_id,
        list(ids),
        tx.tick(),
        caller.user_id,
    )
    await record_each(tx, caller, f"{noun.name}.deleted", {row["id"]: {} for row in rows})


def told(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Name references by the noun that they refer to."""
    return {name.removesuffix("_id"): value for name, value in columns.items()}


def check_name(name: str | None) -> None:
    if not name or not name.strip():
        raise Invalid({"name": ["Name may not be blank."]})
