import sys
from datetime import datetime

from rich.console import Console
from rich.table import Table

_PIPED_WIDTH = 180


def print_table(table: Table) -> None:
    """Use the width of the terminal, or through a pipe a width that cuts nothing."""
    Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH).print(table)


def minute(instant: datetime | None) -> str:
    # Years before 1000 have four digits too, which %Y leaves to the platform.
    return f"{instant.date()} {instant:%H:%M}" if instant else ""
