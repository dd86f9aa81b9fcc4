"""The figures: of each server the median of its rounds, between them the median of the rounds' ratios.

Between two checkouts the spread of the ratios is shown too, as the quartiles of the rounds.
"""

from collections.abc import Callable, Sequence
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from benchmarks.basics import BASIC_CREATES, BASIC_READS, LIMITED
from benchmarks.comparing import Name, Turn
from benchmarks.sampling import KINDS
from benchmarks.updating import UPDATES

UNGROWN = ("close-archive deep", "close-bulk", *UPDATES)
GROWTH = 1.3
# So much of a difference is told from chance, if three quarters of the rounds show it.
TOLD = 0.03
# Of the largest team, in ms.
BUDGETED_P99 = {
    "rechat-filter": 50,
    "rechat-q-name": 50,
    "rechat-q-email-part": 50,
    "rechat-q-four-digits": 50,
    "rechat-q-typo": 150,
    "rechat-live-list": 50,
}
GROWN = (*BASIC_READS, *BASIC_CREATES, "list-50 open", "close-inbox", "close-archive", *UNGROWN,
         "rechat-get-5", "rechat-get-200", "rechat-create-1", "rechat-create-100",
         "rechat-list-50", "rechat-tasks-50", "outreach-50", "outreach-50-included")  # fmt: skip


def report(turns: Sequence[Turn]) -> None:
    console = Console(width=120)
    sizes = sorted({turn.tasks for turn in turns})
    names = list(dict.fromkeys(turn.name for turn in turns))
    table = Table("request", "tasks", "server", "CPU ms", "requests/s", "p50 ms", "p99 ms", title="Medians")
    for kind in _kinds(turns):
        for tasks in sizes:
            for name in names:
                table.add_row(kind, f"{tasks:,}", name, *_figures(_of(turns, name, tasks, kind)))
    console.print(table)
    other = names[-1]
    console.print(_differences(turns, sizes) if other == "against" else _ratios(turns, sizes, other))
    if len(sizes) > 1:
        console.print(_growth(turns, sizes))
    console.print(_slowest(turns, sizes[-1]))


def _differences(turns: Sequence[Turn], sizes: Sequence[int]) -> Table:
    title = "Touchbook over the other checkout: above 1 is faster; median (first to third quartile of the rounds)"
    table = Table("request", "tasks", "CPU", "requests/s", "p50", "", title=title)
    for kind in _kinds(turns):
        for tasks in sizes:
            ours, theirs = _of(turns, "touchbook", tasks, kind), _of(turns, "against", tasks, kind)
            cpu = Spread(_ratios_of(theirs, ours, lambda turn: turn.cpu))
            rate = Spread(_ratios_of(ours, theirs, lambda turn: turn.rate))
            p50 = Spread(_ratios_of(theirs, ours, lambda turn: turn.p50))
            table.add_row(kind, f"{tasks:,}", str(cpu), str(rate), str(p50), told_difference(cpu, rate, p50))
    return table


class Spread:
    def __init__(self, ratios: Sequence[float]) -> None:
        self.low, self.middle, self.high = quantiles(ratios, method="inclusive") if ratios[1:] else [*ratios] * 3

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f} to {self.high:.2f})"


def told_difference(*spreads: Spread) -> str:
    if any(spread.high < 1 - TOLD for spread in spreads):
        return "slower"
    return "faster" if any(spread.low > 1 + TOLD for spread in spreads) else ""


def _figures(turns: Sequence[Turn]) -> list[str]:
    return [
        f"{median(turn.cpu for turn in turns) * 1000:.3f}",
        f"{median(turn.rate for turn in turns):.0f}",
        f"{median(turn.p50 for turn in turns) * 1000:.2f}",
        f"{median(turn.p99 for turn in turns) * 1000:.2f}",
    ]


def _ratios(turns: Sequence[Turn], sizes: Sequence[int], other: Name) -> Table:
    title = f"Touchbook over the {other}: 1 is even"
    table = Table("request", "tasks", "CPU", "requests/s", "p50", "budget", "", title=title)
    for kind in _kinds(turns):
        for tasks in sizes:
            ours, theirs = _of(turns, "touchbook", tasks, kind), _of(turns, other, tasks, kind)
            cpu = _ratio(theirs, ours, lambda turn: turn.cpu)
            rate = _ratio(ours, theirs, lambda turn: turn.rate)
            p50 = _ratio(theirs, ours, lambda turn: turn.p50)
            table.add_row(kind, f"{tasks:,}", f"{cpu:.2f}", f"{rate:.2f}", f"{p50:.2f}",
                          *_budget(other, kind, rate))  # fmt: skip
    return table


def _growth(turns: Sequence[Turn], sizes: Sequence[int]) -> Table:
    smallest, largest = sizes[0], sizes[-1]
    table = Table("request", "CPU", "time", "budget", "", title=f"{largest:,} tasks over {smallest:,}")
    for kind in [kind for kind in GROWN if kind in _kinds(turns)]:
        small, large = (_of(turns, "touchbook", tasks, kind) for tasks in (smallest, largest))
        cpu = _ratio(large, small, lambda turn: turn.cpu)
        time = _ratio(small, large, lambda turn: turn.rate)
        table.add_row(kind, f"{cpu:.2f}", f"{time:.2f}", *_growth_budget(kind, time))
    return table


def _slowest(turns: Sequence[Turn], tasks: int) -> Table:
    table = Table("request", "p99 ms", "budget", "", title=f"Searches at {tasks:,} tasks")
    for kind in [kind for kind in BUDGETED_P99 if kind in _kinds(turns)]:
        p99 = median(turn.p99 for turn in _of(turns, "touchbook", tasks, kind)) * 1000
        budget = BUDGETED_P99[kind]
        table.add_row(kind, f"{p99:.1f}", f"<= {budget}", _verdict(p99 <= budget))
    return table


def _of(turns: Sequence[Turn], name: Name, tasks: int, kind: str) -> list[Turn]:
    return [turn for turn in turns if (turn.name, turn.tasks, turn.kind) == (name, tasks, kind)]


def _ratio(above: Sequence[Turn], below: Sequence[Turn], figure: Callable[[Turn], float]) -> float:
    return median(_ratios_of(above, below, figure))


def _ratios_of(above: Sequence[Turn], below: Sequence[Turn], figure: Callable[[Turn], float]) -> list[float]:
    """Round by round."""
    return [figure(one) / figure(other) for one, other in zip(above, below, strict=True)]


def _kinds(turns: Sequence[Turn]) -> list[str]:
    """Those that were asked for, in their order."""
    asked = {turn.kind for turn in turns}
    return [kind for kind in KINDS if kind in asked]


def _budget(other: Name, kind: str, rate: float) -> tuple[str, str]:
    _, budget = LIMITED[kind] if other == "limit" else (None, None)
    return (f">= {budget}", _verdict(rate >= budget)) if budget else ("none", "")


def _growth_budget(kind: str, time: float) -> tuple[str, str]:
    return (f"<= {GROWTH}", _verdict(time <= GROWTH)) if kind not in UNGROWN else ("none", "")


def _verdict(met: bool) -> str:
    return "met" if met else "missed"
