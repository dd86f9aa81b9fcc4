"""Indexes for lists of accounts: newest first, by status, by part of the name."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql_beside(__file__)
