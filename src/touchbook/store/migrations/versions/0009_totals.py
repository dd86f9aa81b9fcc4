"""How many tasks and contacts each team has, without counting them; and what is due of one kind, in its order."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql_beside(__file__)
