"""A column that says whether an e-mail step is sent by a person."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql_beside(__file__)
