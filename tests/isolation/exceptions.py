"""The exceptions as docs/operate/isolation.md lists them; the document is the only place where they stand."""

import re
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).parents[2] / "docs" / "operate" / "isolation.md"


class Exempt(NamedTuple):
    """A statement of `module` that begins with `words` may leave `tables` open; `*`: may be of any form."""

    module: str
    words: str
    tables: frozenset[str]
    why: str

    def covers(self, sql: str, module: str, table: str) -> bool:
        return (
            module == self.module
            and table in self.tables
            and " ".join(sql.split()).lower().startswith(self.words.lower())
        )


def exempt_statements() -> list[Exempt]:
    return [
        Exempt(_module(place), words, frozenset(tables.split(", ")), why)
        for place, words, tables, why in _table("Statements that do not pin their team")
    ]


def exempt_places() -> dict[str, str]:
    """Source files beyond core/teams that name an identity table -> those tables."""
    return {place: tables for place, tables, _ in _table("Identity tables elsewhere")}


def exempt_keys() -> dict[str, str]:
    """Constraints and indexes, and tables, that do not begin with `team_id` -> why."""
    return dict(_table("Keys and indexes that do not begin with the team"))


def _table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, without back-ticks."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in re.split(r"\|", line)[1:-1]] for line in lines[2:]]


def _module(place: str) -> str:
    return f"touchbook.{place.removesuffix('.py').replace('/', '.')}"
