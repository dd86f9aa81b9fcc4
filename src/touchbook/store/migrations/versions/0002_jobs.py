"""The tables of PgQueuer, as its own `pgq sql install` prints them."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql_beside(__file__)
