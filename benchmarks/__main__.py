"""`python -m benchmarks`: the speed of Touchbook as ratios. `python -m benchmarks plans [name ...]`: its plans."""

import argparse
import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import structs

from benchmarks.comparing import compare
from benchmarks.data import Filled, Size, fill, find_filled
from benchmarks.plans import write_plans
from benchmarks.reporting import report
from benchmarks.sampling import chosen_kinds
from touchbook.store.embedded import Embedded, open_embedded

_HERE = Path(__file__).parent
_KEPT = _HERE.parent / ".benchmarks"
_SHAPES = (*_HERE.glob("data.*"), *(_HERE.parent / "src/touchbook/store/migrations/versions").glob("*.sql"))


def main(arguments: Sequence[str] | None = None) -> None:
    chosen = _read_arguments(arguments)
    with open_embedded(_KEPT, fsync=False) as embedded:
        data = [_data(embedded, Size(tasks)) for tasks in chosen.sizes]
        if chosen.what == "plans":
            with _copy(embedded, data[-1]) as copy:
                asyncio.run(write_plans(copy, chosen.names))
        else:
            with ExitStack() as stack:
                copies = [stack.enter_context(_copy(embedded, filled)) for filled in data]
                turns = compare(
                    copies, chosen_kinds(chosen.requests), rounds=chosen.rounds, seconds=chosen.seconds
                )
            report(turns)


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("compare", "plans"), default="compare")
    parser.add_argument("names", nargs="*", help="beginnings of the names of plans")
    parser.add_argument("--requests", nargs="+", default=(), help="beginnings of the names of requests")
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 1_000_000], help="tasks of the team")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    return parser.parse_args(arguments)


def _data(embedded: Embedded, size: Size) -> Filled:
    """Kept from run to run, and filled anew when the tables or the data have changed."""
    shape = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(_SHAPES))).hexdigest()[:8]
    name = f"{_name(size)}_{shape}"
    filled = asyncio.run(find_filled(embedded.url_of(name), size))
    if filled is None:
        print(f"Filling a database with {size.tasks:,} tasks; a million take some minutes.")
        embedded.drop_database(name)
        filled = asyncio.run(fill(embedded.create_database(name), size))
    return filled


@contextmanager
def _copy(embedded: Embedded, filled: Filled) -> Iterator[Filled]:
    """For one run, which writes into it."""
    name = f"{_name(filled.size)}_run"
    embedded.drop_database(name)
    source = unquote(urlsplit(filled.url).path.lstrip("/"))
    yield structs.replace(filled, url=embedded.create_database(name, template=source))
    embedded.drop_database(name)


def _name(size: Size) -> str:
    return f"bench_{size.tasks}"


if __name__ == "__main__":
    main()
