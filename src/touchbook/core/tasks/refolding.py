from touchbook.core.caller import Caller
from touchbook.core.recordset import records, recordset
from touchbook.core.refolding import SLICE, last_of
from touchbook.core.tasks.task import shown_title, sort_title
from touchbook.core.tasks.writing import folded_text
from touchbook.core.transaction import Row, Transaction

_TYPES = {"id": "bigint", "sort_title": "text", "shown": "text", "folded": "text"}


async def refold_tasks(tx: Transaction, caller: Caller, after: int) -> int | None:
    """Fold the search texts and sort keys of tasks beyond the id `after`, and return the last id."""
    rows = await tx.fetch(
        f"""select t.id, t.title, t.description, t.kind from tasks t
        where t.team_id = $1 and t.id > $2 and t.deleted_at is null
        order by t.id limit {SLICE} for no key update""",
        caller.team_id,
        after,
    )
    folded = records(_TYPES, map(_folded, rows))
    await tx.execute(
        f"""update tasks t set sort_title = r.sort_title from {recordset("$2", _TYPES)}
        where t.team_id = $1 and t.id = r.id and t.sort_title <> r.sort_title""",
        caller.team_id,
        folded,
    )
    await tx.execute(
        f"""update task_texts x set title = r.shown, folded = r.folded from {recordset("$2", _TYPES)}
        where x.team_id = $1 and x.task_id = r.id and (x.title, x.folded) is distinct from (r.shown, r.folded)""",
        caller.team_id,
        folded,
    )
    return last_of(rows)


def _folded(row: Row) -> dict[str, str | int]:
    shown = shown_title(row["title"], row["description"], row["kind"])
    return {"id": row["id"], "sort_title": sort_title(shown), **folded_text(shown, row["description"])}
