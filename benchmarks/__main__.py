"""`python -m benchmarks`: the speed of Touchbook as ratios. `python -m benchmarks plans [name ...]`: its plans."""

import argparse
import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import structs

from benchmarks.basics import LIMITED
from benchmarks.comparing import ROOT, Name, Side, compare, environment_of
from benchmarks.data import Filled, Size, fill, find_filled
from benchmarks.loading import CONNECTIONS
from benchmarks.plans import write_plans
from benchmarks.reporting import report
from benchmarks.sampling import KINDS, chosen_kinds
from touchbook.store.embedded import Embedded, open_embedded

_KEPT = ROOT / ".benchmarks"
# The size of which the plans are kept in the repository.
_PLANNED = 1_000_000
_FILL = """
import asyncio, sys
from benchmarks.data import Size, fill
url, tasks = sys.stdin.read().split()
asyncio.run(fill(url, Size(int(tasks))))
"""


def main(arguments: Sequence[str] | None = None) -> None:
    chosen = _read_arguments(arguments)
    with open_embedded(_KEPT, fsync=False) as embedded, ExitStack() as stack:

        def copies(root: Path) -> list[Filled]:
            return [
                stack.enter_context(_copy(embedded, _data(embedded, Size(each), root), root))
                for each in chosen.sizes
            ]

        if chosen.what == "plans":
            [*_, largest] = copies(ROOT)
            asyncio.run(write_plans(largest, _plans_of(largest.size), chosen.names))
        else:
            sides = _sides(copies, chosen)
            kinds = chosen_kinds(chosen.requests, LIMITED if sides[1].name == "limit" else KINDS)
            report(compare(sides, kinds, rounds=chosen.rounds, seconds=chosen.seconds))


def _sides(copies: Callable[[Path], list[Filled]], chosen: argparse.Namespace) -> tuple[Side, Side]:
    """On the same databases; on others only if the other checkout's tables or data are not the same."""
    ours, root = copies(ROOT), chosen.against or ROOT
    theirs = ours if _shape(root) == _shape(ROOT) else copies(root)
    other: Name = "against" if chosen.against else chosen.over
    return Side("touchbook", ours, ROOT, chosen.connections), Side(other, theirs, root, chosen.connections)


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("compare", "plans"), default="compare")
    parser.add_argument("names", nargs="*", help="beginnings of the names of plans")
    parser.add_argument("--requests", nargs="+", default=(), help="beginnings of the names of requests")
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 1_000_000], help="tasks of the team")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help="that ask at once")
    parser.add_argument("--over", choices=("limit", "replay"), default="limit", help="the other server")
    parser.add_argument(
        "--against",
        type=_checkout,
        metavar="PATH",
        help="another checkout of Touchbook, instead of the limit",
    )
    return parser.parse_args(arguments)


def _checkout(path: str) -> Path:
    root = Path(path).resolve()
    if not (root / "src/touchbook/app.py").is_file():
        raise argparse.ArgumentTypeError(f"{path} is not a checkout of Touchbook.")
    return root


def _plans_of(size: Size) -> Path:
    return ROOT / "benchmarks/plans" if size.tasks == _PLANNED else _KEPT / f"plans_{size.tasks}"


def _data(embedded: Embedded, size: Size, root: Path) -> Filled:
    """Kept from run to run; filled anew, by the checkout's own code, when the tables or the data have changed."""
    name = f"{_name(size)}_{_shape(root)}"
    filled = asyncio.run(find_filled(embedded.url_of(name), size))
    if filled is None:
        print(f"Filling a database with {size.tasks:,} tasks; a million take some minutes.")
        embedded.drop_database(name)
        filled = _fill(embedded.create_database(name), size, root)
    return filled


def _fill(url: str, size: Size, root: Path) -> Filled:
    if root == ROOT:
        return asyncio.run(fill(url, size))
    command = [sys.executable, "-c", _FILL]
    told = f"{url}\n{size.tasks}"
    subprocess.run(command, input=told, text=True, check=True, cwd=root, env=environment_of(root))
    filled = asyncio.run(find_filled(url, size))
    assert filled is not None
    return filled


def _shape(root: Path) -> str:
    files = (*root.glob("benchmarks/data.*"), *root.glob("src/touchbook/store/migrations/versions/*.sql"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()[:8]


@contextmanager
def _copy(embedded: Embedded, filled: Filled, root: Path) -> Iterator[Filled]:
    """For one run, which writes into it."""
    name = f"{_name(filled.size)}_{'run' if root == ROOT else 'against'}"
    embedded.drop_database(name)
    source = unquote(urlsplit(filled.url).path.lstrip("/"))
    yield structs.replace(filled, url=embedded.create_database(name, template=source))
    embedded.drop_database(name)


def _name(size: Size) -> str:
    return f"bench_{size.tasks}"


if __name__ == "__main__":
    main()
