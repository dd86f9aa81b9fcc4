"""Columns of folded names: filled here, some rows at a time, by the fold of this version of Touchbook.

What search goes through otherwise is folded anew by the worker (core/rederiving), since teams stand at version 0.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
from alembic import op
from sqlalchemy.util import await_only

from touchbook.core.folding import fold, same
from touchbook.store.migrations.plain import run_sql, run_sql_beside

revision = "0005"
down_revision = "0004"

_AT_ONCE = 5000


def _each(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(map(same, texts)))


# Table -> the column that is folded, and how into which.
_FILLED: Mapping[str, tuple[str, Mapping[str, Callable[[Any], Any]]]] = {
    "users": ("email", {"email_key": same}),
    "accounts": ("name", {"name_key": same, "name_folded": fold}),
    "contacts": ("tags", {"tag_keys": _each}),
    "attribute_definitions": ("name", {"name_key": same}),
    "deals": ("title", {"title_folded": fold}),
    "tags": ("text", {"text_key": same}),
    "contact_lists": ("name", {"name_key": same}),
}


def upgrade() -> None:
    run_sql_beside(__file__)
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    for table in _FILLED:
        await_only(_fill(connection, table))
    await_only(_match(connection))
    run_sql(Path(__file__).with_name("0005_folded_names_after.sql"))


async def _fill(connection: asyncpg.Connection, table: str) -> None:
    source, columns = _FILLED[table]
    team = "0::bigint" if table == "users" else "t.team_id"
    types = ", ".join(f"{name} {'text[]' if name == 'tag_keys' else 'text'}" for name in columns)
    place = (0, 0)
    while rows := await connection.fetch(
        f"""select {team} as team_id, t.id, t.{source} as source from {table} t
        where ({team}, t.id) > ($1, $2) order by 1, 2 limit {_AT_ONCE}""",
        *place,
    ):
        folded = [
            {"team_id": row["team_id"], "id": row["id"]}
            | {name: function(row["source"]) for name, function in columns.items()}
            for row in rows
        ]
        await connection.execute(
            f"""update {table} t set {", ".join(f"{name} = r.{name}" for name in columns)}
            from jsonb_to_recordset($1::jsonb) as r (team_id bigint, id bigint, {types})
            where {team} = r.team_id and t.id = r.id""",
            json.dumps(folded),
        )
        place = (rows[-1]["team_id"], rows[-1]["id"])


async def _match(connection: asyncpg.Connection) -> None:
    """Tags and addresses were compared without accents; those of ASCII alone are compared as before."""
    found = await connection.fetch(
        """select a.team_id, a.uid, a.type, a.text from contact_attributes a
        where a.type in ('tag', 'email') and (a.text ~ '[^ -~]' or length(a.text) > 200)"""
    )
    for begin in range(0, len(found), _AT_ONCE):
        some = found[begin : begin + _AT_ONCE]
        await connection.execute(
            """update contact_attributes a set matched = r.matched
            from unnest($1::bigint[], $2::uuid[], $3::text[]) as r (team_id, uid, matched)
            where a.team_id = r.team_id and a.uid = r.uid""",
            [row["team_id"] for row in some],
            [row["uid"] for row in some],
            [same(row["text"]) if row["type"] == "tag" else same(row["text"])[:200] for row in some],
        )
