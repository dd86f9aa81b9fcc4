"""Columns for members that one API knows alone, indexes to find records by them, and owners of accounts."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql_beside(__file__)
