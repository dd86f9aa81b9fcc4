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
    """`process` if we have started it: then asking whether it runs also reaps it."""

    pid: int | None
    socket: Path
    process: subprocess.Popen[bytes] | None

    def runs(self) -> bool:
        """Another container's, whose numbers are not ours, is known by its socket alone."""
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
    """A zombie, which has ended and waits for its parent to hear of it, does not."""
    return state_of(pid) not in (None, "Z", "X")


def state_of(pid: int) -> str | None:
    """The letter that ps shows; None if there is no such process."""
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
    """The processes that run a program of this name; none without /proc."""
    found = []
    for comm in _PROC.glob("[0-9]*/comm"):
        try:
            if comm.read_text(encoding="utf-8", errors="replace").strip() == name:
                found.append(int(comm.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def works_in(pids: Iterable[int], directory: Path, system_user: SystemUser) -> set[int] | None:
    """Those whose working directory it is, as this user may see; None if that cannot be told of any."""
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
    """The number that PostgreSQL has written into its lock file, with a minus where it serves one terminal."""
    try:
        return abs(int(lock.read_text(encoding="utf-8").split()[0]))
    except (FileNotFoundError, ValueError, IndexError):
        return None


def end(process: subprocess.Popen[bytes]) -> None:
    """A server that nobody uses yet; one that heeds no signal, being stopped or stuck, is killed."""
    for number in (signal.SIGINT, signal.SIGKILL):
        process.send_signal(number)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return
    raise StoreError(f"PostgreSQL (process {process.pid}) cannot be ended.")
