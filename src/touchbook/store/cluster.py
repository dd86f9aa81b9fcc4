"""One PostgreSQL cluster and the server that runs on it."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from threading import Event

from touchbook.store.binaries import Binaries
from touchbook.store.errors import StoreError
from touchbook.store.places import SOCKET_NAME, Report
from touchbook.store.processes import Server, end, find_programs, lives, read_pid, state_of, works_in
from touchbook.store.system_user import PLAIN_ENVIRONMENT, SystemUser, run

PATIENCE_SECONDS = 60.0
ORPHANS_SECONDS = 3.0
_IN_THE_WAY = re.compile(r"lock file .* already exists|pre-existing shared memory block")
_MIB = 1024 * 1024


class Answer(IntEnum):
    """The exit codes of pg_isready."""

    ACCEPTING = 0
    REJECTING = 1
    SILENT = 2


@dataclass(frozen=True)
class Cluster:
    """`home` holds the cluster itself (`data`), its log, and `passwords` of its two roles in libpq's form."""

    home: Path
    system_user: SystemUser
    binaries: Binaries
    socket: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def _lock_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def passwords(self) -> Path:
        return self.home / "passwords"

    def sql(self, statement: str, *, role: str = "postgres", database: str = "postgres") -> str:
        command = self._program("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", role, "-d", database)
        environment = PLAIN_ENVIRONMENT | {
            "PGHOST": str(self.socket),
            "PGPORT": "5432",
            "PGPASSFILE": str(self.passwords),
            "PGOPTIONS": "-c client_min_messages=warning",
            "PGCONNECT_TIMEOUT": "10",
        }
        return run([*command, "-w"], environment=environment, system_user=self.system_user, text=statement).strip()

    def create(self, superuser_password: str, *, fsync: bool) -> None:
        """Create a cluster with one role, postgres.

        It is built beside its final path and renamed, so that it is complete or absent.
        """
        part = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        self.system_user.own(part)
        self.system_user.write(part / "password", superuser_password)
        options: list[str | Path] = ["-D", part / "data", "--pwfile", part / "password"]
        options += ["-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256", "-k"]
        if not fsync:
            options.append("--no-sync")
        self._initialize(options)
        (part / "data").rename(self.data)
        shutil.rmtree(part)

    def start(self, *, fsync: bool, report: Report, stop: Event | None = None) -> Server:
        """Return when the server answers, started by us if it had to be.

        Wait as long as recovery makes progress. Errors: StoreError, also if `stop` is set meanwhile.
        """
        process, begun = None, time.monotonic()
        stop = stop or Event()
        seen, since = ("", ""), begun
        try:
            while (answer := self._ask()) != Answer.ACCEPTING:
                if answer == Answer.SILENT and (process is None or process.poll() is not None):
                    self._complain_unless_in_the_way(process)
                    process = self._spawn(fsync)
                now = time.monotonic()
                if (mark := self._progress()) != seen:
                    seen, since = mark, now
                    if now - begun > 3:
                        report(f"PostgreSQL is still starting: {mark[0]}")
                elif now - since > PATIENCE_SECONDS:
                    raise StoreError(f"PostgreSQL does not come up.\n{self._last_words()}")
                # A server that answers already is left to its other users.
                if stop.wait(0.1) and self._ask() != Answer.ACCEPTING:
                    raise StoreError("PostgreSQL is not waited for: its user ends.")
            self._check_ours()
            ours = process if process is not None and process.poll() is None else None
            return Server(read_pid(self._lock_file), self.socket / SOCKET_NAME, ours)
        except BaseException:
            if process is not None:
                end(process)
            raise

    def stop(self) -> None:
        run(
            self._program("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-t", "600"),
            system_user=self.system_user,
        )

    def is_alive(self) -> bool:
        """Check that the socket accepts our password and that the server runs on our files; a pid alone proves
        nothing.
        """
        return self._ask() == Answer.ACCEPTING and self._is_ours()

    def _ask(self) -> Answer:
        command = self._program("pg_isready", "-q", "-h", self.socket, "-p", "5432")
        code = subprocess.run(command, env=PLAIN_ENVIRONMENT).returncode
        return Answer(code) if code in (Answer.ACCEPTING, Answer.REJECTING) else Answer.SILENT

    def _is_ours(self) -> bool:
        try:
            return os.path.samefile(self.sql("show data_directory"), self.data)
        except FileNotFoundError:
            return False

    def _check_ours(self) -> None:
        if not self._is_ours():
            raise StoreError(f"What answers in {self.socket} is not the server of {self.data}.")

    def _complain_unless_in_the_way(self, ended: subprocess.Popen[bytes] | None) -> None:
        """Remains of a killed server end by themselves within moments, so that another try is worthwhile."""
        if ended is not None and not _IN_THE_WAY.search(_tail(self._first_words)):
            raise StoreError(f"PostgreSQL ended as it started.\n{self._last_words()}")

    def _initialize(self, options: list[str | Path]) -> None:
        """Sort by code point and classify letters by Unicode, whatever locales the machine has."""
        if self.binaries.major >= 17:
            options = [*options, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        for ctype in ("C.UTF-8", "en_US.UTF-8", "C"):
            try:
                initdb = self._program("initdb", "--locale=C", f"--lc-ctype={ctype}", *options)
                run(initdb, system_user=self.system_user)
            except StoreError as failure:
                if ctype == "C" or "locale" not in str(failure):
                    raise
            else:
                return

    def _spawn(self, fsync: bool) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, so that Ctrl-C in a terminal reaches only us."""
        self._clear_the_way()
        self._tidy()
        settings = [f"--{name}={value}" for name, value in self._settings(fsync).items()]
        with open(self._first_words, "wb", opener=_open_private) as log:
            self.system_user.own(self._first_words)
            return subprocess.Popen(
                [*self._program("postgres", "-D", self.data), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=PLAIN_ENVIRONMENT,
                start_new_session=True,
                user=self.system_user.uid,
                group=self.system_user.gid,
                extra_groups=self.system_user.groups,
            )

    def _settings(self, fsync: bool) -> dict[str, str]:
        """Settings for a small private server.

        Failing statements are not logged: the application gets the error, and the text could hold user data. The
        log covers a week, a file per day.
        """
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
        fast_and_unsafe = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return {
            "listen_addresses": "",
            "unix_socket_directories": _quote(self.socket),
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "100",
            "shared_buffers": f"{min(max(memory // 8, 32), 512)}MB",
            "effective_cache_size": f"{max(memory // 2, 64)}MB",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "on",
            "log_directory": str(self._log),
            "log_filename": "%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
            "log_rotation_size": "0",
            "log_min_messages": "log",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_checkpoints": "off",
        } | ({} if fsync else fast_and_unsafe)

    def _clear_the_way(self) -> None:
        """Remove a stale lock file.

        The pid in it may by now belong to a zombie or another program, which PostgreSQL takes for a server. The
        file is removed only where /proc shows that it is none, and after the killed server's own processes, which
        could still write, have ended.
        """
        for lock in (self._lock_file, self.socket / f"{SOCKET_NAME}.lock"):
            pid = read_pid(lock)
            if pid is None or self._is_server(pid):
                continue
            self._end_orphans()
            if state_of(pid) is not None:
                lock.unlink(missing_ok=True)

    def _is_server(self, pid: int) -> bool:
        """Return true in doubt."""
        if not lives(pid):
            return False
        works_here = works_in([pid], self.data, self.system_user)
        return works_here is None or pid in works_here

    def _end_orphans(self) -> None:
        """Wait for orphaned processes to end, and end those that are busy or stopped.

        Nothing they acknowledged can be lost.
        """
        until = time.monotonic() + ORPHANS_SECONDS
        while orphans := works_in(find_programs("postgres"), self.data, self.system_user):
            if time.monotonic() > until:
                for pid in orphans:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.05)

    def _tidy(self) -> None:
        """Delete remains of interrupted creations, and logs that have grown too big."""
        for left in self.home.glob("new-*"):
            shutil.rmtree(left, ignore_errors=True)
        for log in self._log.glob("*.log"):
            if log.stat().st_size > 10 * _MIB:
                log.unlink()

    def _progress(self) -> tuple[str, str]:
        """Return a value that changes while the server makes progress: its status line, refusals apart, and its
        control file.
        """
        words = [line for line in self._last_words(lines=100).splitlines() if "FATAL:" not in line]
        control = run(self._program("pg_controldata", "-D", self.data), system_user=self.system_user)
        return " ".join(words[-1:]), control

    def _last_words(self, lines: int = 10) -> str:
        logs = [log for log in (self._first_words, *self._log.glob("*.log")) if log.exists()]
        words = "".join(_tail(log) for log in sorted(logs, key=lambda log: log.stat().st_mtime)[-2:])
        return "\n".join(words.splitlines()[-lines:])

    @property
    def _log(self) -> Path:
        return self.home / "log"

    @property
    def _first_words(self) -> Path:
        """Return the file for output before the server opens its own log."""
        return self.home / "start.log"

    def _program(self, name: str, *arguments: str | Path) -> list[str | Path]:
        return [self.binaries.bin / name, *arguments]


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _quote(path: Path) -> str:
    """Quote an entry of a list in PostgreSQL's settings."""
    return '"{}"'.format(str(path).replace('"', '""'))
