"""Rules by which a task chooses its deal are named in the core's words; a column that nothing wrote is dropped."""

from touchbook.store.migrations.plain import run_sql_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql_beside(__file__)
