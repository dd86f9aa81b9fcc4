"""Several stretches of indexes as one list: each is cut to the window before they meet."""

from collections.abc import Sequence
from typing import NamedTuple

from touchbook.core.query.keys import Key, order_by
from touchbook.core.query.where import Where


class Stretch(NamedTuple):
    """The rows of `source` that fulfil `where`, in the order of `keys`, of which the last is the id."""

    source: str
    where: Where
    keys: Sequence[Key]

    def select(self, *more: str) -> str:
        columns = ", ".join((*(key.part.sql for key in self.keys), *more))
        return f"select {columns} from {self.source} where {self.where.sql}"


def merge(stretches: Sequence[Stretch], *more: str, limit: int, offset: int = 0) -> str:
    """A select of the sort keys, the id, and the columns `more`."""
    beyond = f" offset {int(offset)}" if offset else ""
    if len(stretches) == 1:
        [only] = stretches
        return f"{only.select(*more)} {order_by(only.keys)} limit {int(limit)}{beyond}"
    cut = (f"({each.select(*more)} {order_by(each.keys)} limit {int(limit + offset)})" for each in stretches)
    merged = order_by([key.anywhere for key in stretches[0].keys])
    return f"{' union all '.join(cut)} {merged} limit {int(limit)}{beyond}"
