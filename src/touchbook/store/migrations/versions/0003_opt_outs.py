"""Columns for opt-outs of contacts, and for e-mails whose template could not be rendered."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql_beside(__file__)
