"""PostgreSQL servers as a service would run them: on TCP, with TLS."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import Struct

from touchbook.store.binaries import OLDEST_MAJOR, SERVER_PROGRAMS, look_in, machine_places, speaks_tls
from touchbook.store.embedded import ROLE, open_embedded
from touchbook.store.system_user import PLAIN_ENVIRONMENT, SystemUser, choose_system_user, run

# Each character that an address gives a meaning to.
PASSWORD = "p@s/s?w#o+r:d%&=' \\[é"


class Listening(Struct, frozen=True):
    """`home` has the socket and the certificate, which is for 127.0.0.1."""

    home: Path
    bin: Path
    port: int
    chief: str

    @property
    def certificate(self) -> Path:
        return self.home / "server.crt"

    def create_database(self, name: str) -> None:
        self.sql(f"set default_transaction_read_only = off;\ncreate database {name} owner {ROLE}")

    def sql(self, statement: str) -> str:
        environment = PLAIN_ENVIRONMENT | {"PGPASSWORD": self.chief}
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        return run([self.bin / "psql", "-XAtqw", *where], environment=environment, text=statement).strip()


def find_programs() -> Path | None:
    """A server of the machine that speaks TLS; that of the wheel does not."""
    places = look_in(machine_places("postgres"), SERVER_PROGRAMS)
    return next((each.bin for each in places if each.major >= OLDEST_MAJOR and speaks_tls(each.bin)), None)


def make_cluster(home: Path, programs: Path) -> tuple[Path, Path, str]:
    """A cluster that stands still: its data, PostgreSQL's programs, the password of its superuser."""
    with open_embedded(home, programs, report=lambda _: None, fsync=False) as embedded:
        cluster = embedded._cluster
        escaped = PASSWORD.replace("'", "''")
        cluster.sql(f"alter role {ROLE} password '{escaped}'")
        lines = cluster.passwords.read_text().splitlines()
        return (
            cluster.data,
            embedded.bin_dir,
            next(line for line in lines if ":postgres:" in line).rpartition(":")[2],
        )


@contextmanager
def listening(home: Path, made: tuple[Path, Path, str], *, rules: str, **settings: str) -> Iterator[Listening]:
    """A server on a copy of the cluster, with pg_hba.conf's `rules`."""
    source, programs, chief = made
    home.mkdir()
    user = choose_system_user(source)
    data = home / "data"
    shutil.copytree(source, data)
    (data / "pg_hba.conf").write_text(f"local all all scram-sha-256\n{rules}\n")
    _certify(home)
    for path in (home, *home.rglob("*")):
        user.own(path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(home),
        "ssl": "on",
        "ssl_cert_file": str(home / "server.crt"),
        "ssl_key_file": str(home / "server.key"),
        "fsync": "off",
    }
    words = [f"--{name}={value}" for name, value in (chosen | settings).items()]
    process = _start([str(programs / "postgres"), "-D", str(data), *words], home / "log", user)
    try:
        _wait(programs, port, home / "log")
        yield Listening(home, programs, port, chief)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        shutil.rmtree(home)


def _certify(home: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    made += [
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        f"{home}/server.key",
        "-out",
        f"{home}/server.crt",
    ]
    subprocess.run(made, check=True, capture_output=True)
    (home / "server.key").chmod(0o600)


def _start(command: list[str], log: Path, user: SystemUser) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            cwd="/",
            env=PLAIN_ENVIRONMENT,
            user=user.uid,
            group=user.gid,
            extra_groups=user.groups,
        )


def _wait(programs: Path, port: int, log: Path) -> None:
    for _ in range(200):
        if not subprocess.run([programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode:
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextmanager
def listening_twice(home: Path, databases: Iterable[str]) -> Iterator[tuple[Listening, Listening]]:
    """One takes connections by TLS alone, the other is read-only; both have these databases, empty."""
    programs = find_programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL with TLS on this machine")
    made = make_cluster(home / "made", programs)
    rules, closed_rules = "host all all 127.0.0.1/32 scram-sha-256", "hostssl all all 127.0.0.1/32 scram-sha-256"
    with (
        listening(home / "main", made, rules=closed_rules) as main,
        listening(home / "stale", made, rules=rules, default_transaction_read_only="on") as stale,
    ):
        for name in databases:
            main.create_database(name)
            stale.create_database(name)
        yield main, stale
