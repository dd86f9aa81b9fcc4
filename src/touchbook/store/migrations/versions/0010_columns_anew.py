"""Columns beside tasks are derived anew: a server of an older version may have written after revision 0008."""

from touchbook.store.migrations.plain import ask_to_derive

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    ask_to_derive("task_columns")
