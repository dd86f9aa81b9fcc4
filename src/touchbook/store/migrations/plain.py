"""Revisions are plain SQL: `0001_name.py` runs the `0001_name.sql` beside it."""

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only


def run_sql_beside(revision: str) -> None:
    run_sql(Path(revision).with_suffix(".sql"))


def run_sql(file: Path) -> None:
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    await_only(connection.execute(file.read_text(encoding="utf-8")))
