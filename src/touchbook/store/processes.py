"""Processes of the database, as /proc shows them; without /proc (macOS), as ps does."""

import errno
import signal
import socket
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from touchbook.store.errors import StoreError
from touchbook.store.system_user import SystemUser, run

_PROC = Path("/proc")
_END_SECONDS = 2.0


@dataclass(frozen=True)
class Server:
    """`process` is set if we started it: checking it then also reaps it."""

    pid: int | None
    socket: Path
    process: subprocess.Popen[bytes] | None

    def runs(self) -> bool:
        """A server in another container, whose pids are not ours, is checked by its socket only."""
        if self.process is not None:
            return self.process.poll() is None
        return (self.pid is not None and lives(self.pid)) or _listens(self.socket)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except TimeoutError:
            return True
        except OSError as refused:
            return refused.errno == errno.EAGAIN
    return True


def lives(pid: int) -> bool:
    """A zombie counts as ended: it only waits for its parent to notice."""
    return state_of(pid) not in (None, "Z", "X")


def state_of(pid: int) -> str | None:
    """Return the state letter of ps, or None if there is no such process."""
    if not (_PROC / "self").exists():
        return (
            subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout[:1]
            or None
        )
    try:
        status = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return status.rpartition(")")[2].split()[0]


def find_programs(name: str) -> list[int]:
    """Return the processes that run a program of this name; none without /proc."""
    found = []
    for comm in _PROC.glob("[0-9]*/comm"):
        try:
            if comm.read_text(encoding="utf-8", errors="replace").strip() == name:
                found.append(int(comm.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def works_in(pids: Iterable[int], directory: Path, system_user: SystemUser) -> set[int] | None:
    """Return those with that working directory, as far as this user may see it; None if it is visible for none."""
    links = [f"{_PROC}/{pid}/cwd" for pid in pids]
    if not links:
        return set()
    here = directory.stat()
    show = ["/bin/sh", "-c", 'stat -L -c "%d:%i %n" "$@" 2>/dev/null || true', "sh", *links]
    lines = [line.split() for line in run(show, system_user=system_user).splitlines()]
    if not lines:
        return None
    return {int(Path(link).parent.name) for place, link in lines if place == f"{here.st_dev}:{here.st_ino}"}


def read_pid(lock: Path) -> int | None:
    """Return the pid in PostgreSQL's lock file; it is negative for a single-user server."""
    try:
        return abs(int(lock.read_text(encoding="utf-8").split()[0]))
    except (FileNotFoundError, ValueError, IndexError):
        return None


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server that nobody uses yet; one that ignores signals, being stopped or stuck, is killed."""
    for number in (signal.SIGINT, signal.SIGKILL):
        process.send_signal(number)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return
    raise StoreError(f"PostgreSQL (process {process.pid}) cannot be ended.")
