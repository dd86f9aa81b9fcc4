"""Finds the place of PostgreSQL's files: below the data directory, wherever the user it runs as can reach them.

Two paths cannot always be there: root's data directory may lie below a home that PostgreSQL's user cannot enter,
and the name of a Unix socket holds about a hundred bytes. Each then has its place elsewhere, named by a file in
the data directory. No permission outside the data directory is changed.
"""

import hashlib
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from touchbook.store.errors import StoreError
from touchbook.store.system_user import SystemUser, choose_system_user

Report = Callable[[str], None]

ELSEWHERE = Path("/var/lib/touchbook")
SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET = 103
_POINTER = "postgres.place"
_ORIGIN = "data-directory"


def find_home(data_dir: Path, report: Report) -> tuple[Path, SystemUser]:
    """Return PostgreSQL's directory, created if missing, and the user that owns it."""
    pointed = _follow_pointer(data_dir)
    home = pointed or data_dir / "postgres"
    system_user = choose_system_user(home, data_dir)
    if not pointed and not _is_reachable(data_dir, system_user):
        if home.exists():
            raise StoreError(
                f"PostgreSQL runs as {system_user}, who can no longer reach {home}. "
                "Move the data directory back to where that user can, or start Touchbook as its owner."
            )
        home = _make_place_elsewhere(data_dir, system_user)
        report(f"{system_user}, as whom PostgreSQL runs, cannot reach {data_dir}; its files are in {home}.")
    make_private(home, system_user)
    return home, system_user


def has_database(data_dir: Path) -> bool:
    """Create nothing. Errors: StoreError if the directory points to a place without a database."""
    data_dir = data_dir.resolve()
    home = _follow_pointer(data_dir) or data_dir / "postgres"
    return (home / "data" / "PG_VERSION").exists()


def make_private(directory: Path, system_user: SystemUser) -> None:
    """Create it with mode 0700, or refuse one that belongs to another user or has a wider mode."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        system_user.own(directory)
    status = directory.lstat()
    owner = os.geteuid() if system_user.uid is None else system_user.uid
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o077:
        raise StoreError(
            f"{directory} is not a directory of {system_user}'s own with mode 0700, so it is not used. "
            f"Run Touchbook as its owner, or move it away."
        )


def find_socket_directory(home: Path, system_user: SystemUser) -> Path:
    """Return a directory below `home` if its name is short enough, else one whose name is derived from `home`."""
    directory = home / "run"
    if not _is_too_long(directory):
        make_private(directory, system_user)
        return directory
    name = "touchbook-" + hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    record = home / "run.place"
    recorded = Path(record.read_text(encoding="utf-8")) if record.exists() else None
    if recorded and recorded.name == name:
        make_private(recorded, system_user)
        return recorded
    roots = (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108
    short = (root / name for root in roots if not _is_too_long(root / name) and system_user.reaches(root))
    directory = next(short, roots[-1] / name)
    make_private(directory, system_user)
    system_user.write(record, str(directory))
    return directory


def _is_too_long(directory: Path) -> bool:
    return len(os.fsencode(directory / SOCKET_NAME)) > _LONGEST_SOCKET


def _is_reachable(data_dir: Path, system_user: SystemUser) -> bool:
    if system_user.uid is None or system_user.reaches(data_dir):
        return True
    if not system_user.reaches(data_dir.parent):
        return False
    _let_pass(data_dir, system_user)
    return system_user.reaches(data_dir)


def _let_pass(data_dir: Path, system_user: SystemUser) -> None:
    """Let the group of PostgreSQL's user traverse root's data directory, and nothing else."""
    mode = stat.S_IMODE(data_dir.stat().st_mode)
    os.chown(data_dir, -1, -1 if system_user.gid is None else system_user.gid)
    data_dir.chmod(mode & ~0o070 | 0o010)


def _make_place_elsewhere(data_dir: Path, system_user: SystemUser) -> Path:
    if not ELSEWHERE.exists():
        ELSEWHERE.mkdir(parents=True)
        ELSEWHERE.chmod(0o755)
    status = ELSEWHERE.lstat()
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == 0 and not status.st_mode & 0o022
    if not ours or not system_user.reaches(ELSEWHERE):
        raise StoreError(
            f"PostgreSQL runs as {system_user}, who can reach neither {data_dir} nor {ELSEWHERE}. Choose a data "
            "directory that user can reach (--data-dir), start Touchbook as another user than root, or set "
            "TOUCHBOOK_DATABASE_URL."
        )
    home = Path(tempfile.mkdtemp(prefix=f"{data_dir.name}-", dir=ELSEWHERE))
    system_user.own(home)
    system_user.write(home / _ORIGIN, str(data_dir))
    SystemUser().write(data_dir / _POINTER, str(home))
    return home


def _follow_pointer(data_dir: Path) -> Path | None:
    pointer = data_dir / _POINTER
    if not pointer.exists():
        return None
    home = Path(pointer.read_text(encoding="utf-8"))
    if home.parent != ELSEWHERE or not home.is_dir():
        raise StoreError(f"{pointer} says that the database is in {home}, where it is not.")
    origin = Path((home / _ORIGIN).read_text(encoding="utf-8"))
    if origin != data_dir and _points_to(origin, home):
        raise StoreError(f"{data_dir} is a copy of {origin}: both point to the one database in {home}.")
    return home


def _points_to(data_dir: Path, home: Path) -> bool:
    pointer = data_dir / _POINTER
    return pointer.exists() and pointer.read_text(encoding="utf-8") == str(home)
