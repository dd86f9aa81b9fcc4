"""Revisions are plain SQL: `0001_name.py` runs the `0001_name.sql` beside it. What SQL cannot do, they ask for."""

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only

from touchbook.core.rederiving import REDERIVING

_ASK = """
with asked as (
    insert into derivations (team_id, part) select t.id, p.part from teams t, unnest($1::text[]) as p (part)
    on conflict (team_id, part) do update set after = 0
)
insert into due (team_id, kind, ref, at) select t.id, $2, t.id, now() from teams t
on conflict (team_id, kind, ref) do update set at = excluded.at
"""


def run_sql_beside(revision: str) -> None:
    run_sql(Path(revision).with_suffix(".sql"))


def ask_to_derive(*parts: str) -> None:
    """Have the worker derive these parts of each team anew (core/rederiving.py) after the upgrade, in slices."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    await_only(connection.execute(_ASK, list(parts), REDERIVING))


def run_sql(file: Path) -> None:
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    await_only(connection.execute(file.read_text(encoding="utf-8")))
