"""Teams, people, tasks, events."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql_beside(__file__)
