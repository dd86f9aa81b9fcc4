"""The clock of a machine decides nothing: due times, retries, lifetimes and upkeep go by the database's clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

import touchbook

SOURCES = Path(touchbook.__file__).parent
_TELLING = {
    "time": {"time", "time_ns", "localtime", "gmtime", "strftime", "ctime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
# What each asks it for.
ALLOWED = {
    "http/limiting.py": "counts requests a minute in its own process, and tells clients when a minute ends",
    "cli/database.py": "compares it with the database's, for doctor",
}


def uses_of_the_clock(source: str) -> Iterator[str]:
    """Calls, and mentions of what could be called, under whatever name a module was imported."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (alias.name for alias in node.names if alias.name in _TELLING["time"])
        if isinstance(node, ast.Attribute):
            held = node.value
            name = held.attr if isinstance(held, ast.Attribute) else getattr(held, "id", None)
            if node.attr in _TELLING.get(names.get(str(name), str(name)), ()):
                yield f"{name}.{node.attr}"
        if isinstance(node, ast.Attribute) and node.attr == "CLOCK_REALTIME":
            yield "time.CLOCK_REALTIME"


def test_no_source_asks_the_clock_of_its_machine() -> None:
    found = {
        file.relative_to(SOURCES).as_posix(): uses
        for file in SOURCES.rglob("*.py")
        if (uses := list(uses_of_the_clock(file.read_text(encoding="utf-8"))))
    }
    assert found.keys() == ALLOWED.keys(), found


def test_a_use_is_seen_however_it_is_written() -> None:
    assert list(uses_of_the_clock("import time as t\nt.time()")) == ["t.time"]
    assert list(uses_of_the_clock("from time import time")) == ["time"]
    assert list(uses_of_the_clock("from datetime import datetime as d\nd.now(UTC)")) == ["d.now"]
    assert list(uses_of_the_clock("import datetime\ndatetime.datetime.utcnow()")) == ["datetime.utcnow"]
    assert list(uses_of_the_clock("import datetime\nf(clock=datetime.date.today)")) == ["date.today"]
    assert list(uses_of_the_clock("import time\ntime.clock_gettime(time.CLOCK_REALTIME)")) == [
        "time.CLOCK_REALTIME"
    ]
    assert list(uses_of_the_clock("import time\ntime.monotonic()\nreader.now")) == []
