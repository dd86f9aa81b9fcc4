"""Deals get a confidence and a period of their value, accounts a description, a URL and addresses."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql_beside(__file__)
