"""Revisions are plain SQL: `0001_name.py` runs the `0001_name.sql` beside it."""

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only


def run_sql_beside(revision: str) -> None:
    sql = Path(revision).with_suffix(".sql").read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    await_only(connection.execute(sql))
