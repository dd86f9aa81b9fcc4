"""The embedded PostgreSQL: started for its first user, stopped by its last.

A user holds a shared lock on `users.lock` for as long as it lives; the kernel releases it with the process. A user
that closes and gets that lock exclusively is the last, and stops the server. A server whose users were all killed
is taken over by the next. Users come and go one at a time, under a lock on the data directory itself; under the
same lock a user restarts a server that has ended.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self
from urllib.parse import quote

import structlog

from touchbook.store.binaries import drop_older_copies, find_server
from touchbook.store.cluster import Cluster
from touchbook.store.errors import StoreError
from touchbook.store.keeping import Keeper
from touchbook.store.places import Report, find_home, find_socket_directory, make_private
from touchbook.store.processes import Server
from touchbook.store.system_user import SystemUser

ROLE = DATABASE = "touchbook"
_USERS = "users.lock"
EXTENSIONS = ("pg_trgm", "btree_gin", "unaccent")
_log = structlog.get_logger()


def open_embedded(
    data_dir: Path, pg_bin: Path | None = None, report: Report = print, *, fsync: bool = True
) -> "Embedded":
    """Block until the server answers: seconds, or as long as recovery takes.

    Raises StoreError. `fsync` False gives up durability for speed, for databases that live as long as a test run.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as opened:
            door = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
            opened.callback(os.close, door)
            with _alone(door):
                home, system_user = find_home(data_dir.resolve(), report)
                cluster = _find_cluster(home, system_user, pg_bin, report, fsync)
                server = cluster.start(fsync=fsync, report=report)
                if server.process is not None:
                    drop_older_copies(home / "binaries", cluster.binaries)
                _furnish(cluster)
                embedded = Embedded(cluster, server, door, _join_users(home, system_user), fsync=fsync)
            opened.pop_all()
            return embedded
    except OSError as error:
        raise StoreError(f"The database of {data_dir} cannot be opened: {error}") from error


class Embedded:
    """One user of the server. The role in its URLs owns its databases and is no superuser."""

    def __init__(self, cluster: Cluster, server: Server, door: int, users: int, *, fsync: bool) -> None:
        """Take over two descriptors: of the data directory, and of the shared lock."""
        self._cluster = cluster
        self._server = server
        self._descriptors: tuple[int, int] | None = (door, users)
        self._fsync = fsync
        self._keeper: Keeper | None = None
        self._password = _read_password(cluster, ROLE)

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    @property
    def bin_dir(self) -> Path:
        return self._cluster.binaries.bin

    def url_of(self, database: str) -> str:
        """Return a URL for asyncpg and libpq alike."""
        socket = quote(str(self._cluster.socket), safe="")
        return f"postgresql://{ROLE}:{self._password}@/{quote(database, safe='')}?host={socket}&port=5432"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Return the URL of a copy of database `template`, to which nobody may be connected, or of a new one."""
        copied = f" template {_identifier(template)}" if template else ""
        self._cluster.sql(f"create database {_identifier(name)} owner {ROLE}{copied}")
        if not template:
            _extend(self._cluster, name)
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """End its connections first. A missing database is no error."""
        self._cluster.sql(f"drop database if exists {_identifier(name)} with (force)")

    def keep(self) -> None:
        """Restart the server whenever it ends, until `close`; the first user to notice does it."""
        self._keeper = self._keeper or Keeper(self._server, self._start_again)

    def close(self) -> None:
        """Stop the server if nobody else uses it. A second call does nothing."""
        if self._descriptors is None:
            return
        if self._keeper is not None:
            self._keeper.end()
        (door, users), self._descriptors = self._descriptors, None
        try:
            with _alone(door):
                if _lock_at_once(users) and self._cluster.is_alive():
                    self._cluster.stop()
        finally:
            os.close(users)
            os.close(door)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start_again(self, stop: Event) -> Server:
        assert self._descriptors is not None
        door, users = self._descriptors
        with _alone(door, stop):
            _check_unmoved(self._cluster.home, users)
            return self._cluster.start(fsync=self._fsync, report=_log.warning, stop=stop)


def _find_cluster(
    home: Path, system_user: SystemUser, pg_bin: Path | None, report: Report, fsync: bool
) -> Cluster:
    version = home / "data" / "PG_VERSION"
    major = int(version.read_text(encoding="ascii")) if version.exists() else None
    kept = home / "binaries"
    make_private(kept, system_user)
    binaries = find_server(pg_bin, kept, system_user, major)
    cluster = Cluster(home, system_user, binaries, find_socket_directory(home, system_user))
    if major is None:
        report(f"Creating the database in {home} ({binaries}).")
        _write_passwords(cluster)
        cluster.create(_read_password(cluster, "postgres"), fsync=fsync)
    return cluster


def _write_passwords(cluster: Cluster) -> None:
    lines = (f"*:*:*:{role}:{secrets.token_urlsafe(32)}\n" for role in ("postgres", ROLE))
    cluster.system_user.write(cluster.passwords, "".join(lines))


def _read_password(cluster: Cluster, role: str) -> str:
    lines = cluster.passwords.read_text(encoding="ascii").splitlines()
    return next(line.rpartition(":")[2] for line in lines if f":{role}:" in line)


def _furnish(cluster: Cluster) -> None:
    """Create the role, its database and its extensions, as far as an interrupted first start left them out."""
    password = _read_password(cluster, ROLE)
    cluster.sql(
        f"select 'create role {ROLE} login password ''{password}'''"
        f" where not exists (select from pg_roles where rolname = '{ROLE}') \\gexec\n"
        f"select 'create database {DATABASE} owner {ROLE}'"
        f" where not exists (select from pg_database where datname = '{DATABASE}') \\gexec\n"
    )
    _extend(cluster, DATABASE)


def _extend(cluster: Cluster, database: str) -> None:
    """Create the extensions as their future owner, so that a restore may replace them."""
    statements = (f"create extension if not exists {name};" for name in EXTENSIONS)
    cluster.sql("\n".join(statements), role=ROLE, database=database)


@contextmanager
def _alone(door: int, stop: Event | None = None) -> Iterator[None]:
    """Errors: StoreError if `stop` is set before the lock is free."""
    if stop is None:
        fcntl.flock(door, fcntl.LOCK_EX)
    else:
        while not _lock_at_once(door):
            if stop.wait(0.1):
                raise StoreError("The data directory is not waited for: its user ends.")
    try:
        yield
    finally:
        fcntl.flock(door, fcntl.LOCK_UN)


def _join_users(home: Path, system_user: SystemUser) -> int:
    """Return a descriptor that holds the shared lock until it is closed; no child process inherits it."""
    file = home / _USERS
    users = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    system_user.own(file)
    fcntl.flock(users, fcntl.LOCK_SH)
    return users


def _check_unmoved(home: Path, users: int) -> None:
    """If another directory stands at our path, our locks protect nothing, and its database is not ours."""
    try:
        unmoved = os.path.samestat((home / _USERS).stat(), os.fstat(users))
    except FileNotFoundError:
        unmoved = False
    if not unmoved:
        raise StoreError(f"{home} was removed or replaced. Put it back as it was, or restart Touchbook.")


def _lock_at_once(descriptor: int) -> bool:
    """Take the lock exclusively; False if somebody else holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _identifier(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
