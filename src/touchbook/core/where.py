"""Builds the conditions of a statement whose `$1` is the team."""

from typing import Any


class Where:
    """Terms joined by AND. `{}` in a term stands for the next value, which never enters the SQL itself."""

    def __init__(self, team_id: int, *terms: str) -> None:
        self.args: list[Any] = [team_id]
        self.terms = list(terms)

    def add(self, term: str, *values: Any) -> "Where":
        self.terms.append(term.format(*map(self.value, values)) if values else term)
        return self

    def value(self, value: Any) -> str:
        """Binds a value, answers its `$n`."""
        self.args.append(value)
        return f"${len(self.args)}"

    @property
    def sql(self) -> str:
        return " and ".join(self.terms)


def escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
