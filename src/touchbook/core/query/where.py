"""Builds the conditions of a statement whose `$1` is the team."""

from collections.abc import Iterable
from typing import Any

from touchbook.core.caller import Caller

# Stands in terms for `Caller.only_owner`, and never in what is sent: `bind_owner` makes it a `$n`.
OWNER = ":owner"


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

    def branch(self) -> "Where":
        """Without terms, for the same statement: what it binds stands among these values."""
        branch = Where(self.args[0])
        branch.args = self.args
        return branch

    def add_any(self, branches: Iterable["Where"]) -> "Where":
        """One of the branches must hold; none does if there are none."""
        terms = [branch.sql for branch in branches]
        if len(terms) < 2:
            return self.add(*terms or ("false",))
        return self.add(f"({' or '.join(f'({term})' for term in terms)})")

    @property
    def sql(self) -> str:
        return " and ".join(self.terms) or "true"


def bind_owner(sql: str, where: Where, caller: Caller) -> str:
    """The statement as it is sent with the values of `where`."""
    return sql.replace(OWNER, where.value(caller.only_owner)) if OWNER in sql else sql


def escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
