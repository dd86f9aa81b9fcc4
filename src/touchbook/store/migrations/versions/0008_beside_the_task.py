"""Assignees, tags and linked records beside the task, so that a list reads one table."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql_beside(__file__)
