"""Three PostgreSQL servers under Patroni with a synchronous standby, etcd and haproxy, on loopback."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from tests.store.listening import find_programs
from touchbook.store.system_user import PLAIN_ENVIRONMENT, choose_system_user

NODES = (1, 2, 3)
_LISTENERS = ("etcd", "peer", "haproxy", "pg1", "pg2", "pg3", "api1", "api2", "api3")
_PATIENCE = 240.0
_BY_ITSELF = 40.0
_PLACES = (os.environ.get("TOUCHBOOK_TEST_PATRONI", "/tmp/touchbook-patroni/bin"), *os.get_exec_path())


def missing_programs() -> list[str]:
    """How to get each program that this machine lacks."""
    remedies = {
        "patroni": "patroni (/usr/bin/python3 -m venv /tmp/touchbook-patroni, then with its pip install "
        "'patroni[etcd3]' psycopg2-binary)",
        "etcd": "etcd (apt install etcd-server)",
        "haproxy": "haproxy (apt install haproxy)",
    }
    lacking = [remedy for name, remedy in remedies.items() if _find(name) is None]
    return lacking if find_programs() else [*lacking, "PostgreSQL's server (apt install postgresql)"]


def _find(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join(("/usr/sbin", *_PLACES)))


class Cluster:
    """`home` has a directory for each node. All ports are free ones of 127.0.0.1."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.user = choose_system_user()
        self._programs = find_programs()
        self.ports = dict(zip(_LISTENERS, _free(len(_LISTENERS)), strict=True))
        self.copied_anew = 0
        self._patroni: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def by_haproxy(self) -> str:
        return f"postgresql://touchbook:tb@127.0.0.1:{self.ports['haproxy']}/touchbook"

    @property
    def by_hosts(self) -> str:
        hosts = ",".join(f"127.0.0.1:{self.ports[f'pg{node}']}" for node in NODES)
        return f"postgresql://touchbook:tb@{hosts}/touchbook?target_session_attrs=read-write"

    def leader(self) -> int | None:
        for node in NODES:
            with suppress(httpx.HTTPError):
                if httpx.get(self._api(node, "/primary"), timeout=1).status_code == 200:
                    return node
        return None

    def whole(self) -> int | None:
        """The leader, if it says itself that both others follow it, one of them synchronously.

        What etcd says of a node that froze is from before.
        """
        leader = self.leader()
        if leader is None:
            return None
        with suppress(httpx.HTTPError):
            followers = httpx.get(self._api(leader, "/patroni"), timeout=2).json().get("replication", [])
            ways = [each["sync_state"] for each in followers if each["state"] == "streaming"]
            if len(ways) == len(NODES) - 1 and "sync" in ways:
                return leader
        return None

    async def until_whole(self) -> int:
        """A node that does not come back by itself is copied anew, as an operator would (`patronictl reinit`)."""
        until = time.monotonic() + _BY_ITSELF
        async with asyncio.timeout(_PATIENCE):
            while (leader := await asyncio.to_thread(self.whole)) is None:
                if time.monotonic() > until:
                    await asyncio.to_thread(self._copy_anew)
                    until = time.monotonic() + _BY_ITSELF
                await asyncio.sleep(0.3)
        return leader

    def _copy_anew(self) -> None:
        for node in NODES:
            with suppress(httpx.HTTPError):
                state = httpx.get(self._api(node, "/patroni"), timeout=2).json()["state"]
                if state not in ("running", "streaming"):
                    self.copied_anew += 1
                    httpx.post(self._api(node, "/reinitialize"), json={"force": True}, timeout=5)

    def start(self, stack: ExitStack) -> None:
        etcd, peer = (f"http://127.0.0.1:{self.ports[name]}" for name in ("etcd", "peer"))
        words = ["--name", "e1", "--data-dir", str(self.home / "etcd"), "--listen-client-urls", etcd]
        words += ["--advertise-client-urls", etcd, "--listen-peer-urls", peer]
        words += ["--initial-advertise-peer-urls", peer, "--initial-cluster", f"e1={peer}"]
        stack.callback(_end, self._run("etcd", words, "etcd"))
        stack.callback(self._end_nodes)
        for node in NODES:
            (self.home / f"n{node}.json").write_text(json.dumps(self._configuration(node)))
            self.start_node(node)
            self._wait(self.leader)
        (self.home / "haproxy.cfg").write_text(self._haproxy())
        stack.callback(_end, self._run("haproxy", ["-f", str(self.home / "haproxy.cfg"), "-db"], "haproxy"))
        self._wait(self.whole)

    def start_node(self, node: int) -> None:
        (self.home / f"n{node}").mkdir(exist_ok=True, mode=0o700)
        self.user.own(self.home / f"n{node}")
        self._patroni[node] = self._run("patroni", [str(self.home / f"n{node}.json")], f"n{node}")

    async def make_database(self) -> None:
        connection = await asyncpg.connect(self._chief("postgres", await self.until_whole()))
        await connection.execute("create role touchbook login password 'tb'")
        await connection.execute("create database touchbook owner touchbook")
        await connection.close()

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        connection = await asyncpg.connect(self._chief("touchbook", await self.until_whole()))
        try:
            return await connection.fetch(sql, *args)
        finally:
            await connection.close()

    def strike(self, node: int, how: str) -> Callable[[], None]:
        """`crash` kills the server, `loss` it and all of its node, `freeze` stops these. Return what mends it."""
        server = int((self.home / f"n{node}" / "data" / "postmaster.pid").read_text().split()[0])
        everyone = [self._patroni[node].pid, server, *_children(server)]
        if how == "crash":
            os.kill(server, signal.SIGKILL)
            return lambda: None
        _signal(everyone, signal.SIGKILL if how == "loss" else signal.SIGSTOP)
        if how == "freeze":
            return lambda: _signal(everyone, signal.SIGCONT)

        def start_again() -> None:
            self._patroni[node].wait()
            self.start_node(node)

        return start_again

    def _end_nodes(self) -> None:
        for node, patroni in self._patroni.items():
            file = self.home / f"n{node}" / "data" / "postmaster.pid"
            server = [int(file.read_text().split()[0])] if file.exists() else []
            _signal([patroni.pid, *server], signal.SIGCONT)
            _end(patroni)
            _signal(server, signal.SIGQUIT)

    def _wait(self, found: Callable[[], int | None]) -> None:
        until = time.monotonic() + _PATIENCE
        while found() is None:
            assert time.monotonic() < until, (self.home / "n1.log").read_text()[-2000:]
            time.sleep(0.3)

    def _run(self, name: str, words: Sequence[str], log: str) -> subprocess.Popen[bytes]:
        program = _find(name)
        assert program is not None
        path = f"{self._programs}:{Path(program).parent}:{PLAIN_ENVIRONMENT['PATH']}"
        with (self.home / f"{log}.log").open("ab") as out:
            return subprocess.Popen(
                [program, *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                env=PLAIN_ENVIRONMENT | {"PATH": path, "HOME": str(self.home)},
                user=self.user.uid,
                group=self.user.gid,
                extra_groups=self.user.groups,
                start_new_session=True,
            )

    def _api(self, node: int, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[f'api{node}']}{path}"

    def _chief(self, database: str, node: int) -> str:
        return f"postgresql://postgres:su@127.0.0.1:{self.ports[f'pg{node}']}/{database}"

    def _configuration(self, node: int) -> dict[str, Any]:
        """The document of high availability says the same for three machines."""
        place, api = (f"127.0.0.1:{self.ports[f'{kind}{node}']}" for kind in ("pg", "api"))
        return {
            "scope": "touchbook",
            "name": f"n{node}",
            "restapi": {"listen": api, "connect_address": api},
            "etcd3": {"host": f"127.0.0.1:{self.ports['etcd']}"},
            "bootstrap": {
                "dcs": {
                    "ttl": 20,
                    "loop_wait": 2,
                    "retry_timeout": 3,
                    "primary_start_timeout": 0,
                    "maximum_lag_on_failover": 1048576,
                    "synchronous_mode": True,
                    "synchronous_mode_strict": True,
                    "postgresql": {
                        "use_pg_rewind": True,
                        "parameters": {
                            "max_connections": 100,
                            "shared_buffers": "64MB",
                            "max_wal_size": "512MB",
                            "wal_keep_size": "128MB",
                            "wal_log_hints": "on",
                            "wal_retrieve_retry_interval": "500ms",
                        },
                    },
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": place,
                "connect_address": place,
                "data_dir": str(self.home / f"n{node}" / "data"),
                "bin_dir": str(self._programs),
                "pgpass": str(self.home / f"n{node}" / "pgpass"),
                "authentication": {
                    "superuser": {"username": "postgres", "password": "su"},
                    "replication": {"username": "replicator", "password": "rp"},
                    "rewind": {"username": "rewinder", "password": "rw"},
                },
                "parameters": {"unix_socket_directories": str(self.home / f"n{node}")},
                "pg_hba": [
                    "local all postgres trust",
                    "host replication replicator 127.0.0.1/32 scram-sha-256",
                    "host all all 127.0.0.1/32 scram-sha-256",
                ],
            },
        }

    def _haproxy(self) -> str:
        lines = [
            f"  server n{node} 127.0.0.1:{self.ports[f'pg{node}']} check port {self.ports[f'api{node}']}\n"
            for node in NODES
        ]
        return f"""defaults
  mode tcp
  timeout connect 2s
  timeout client 30m
  timeout server 30m
  timeout check 2s
listen postgres
  bind 127.0.0.1:{self.ports["haproxy"]}
  option httpchk GET /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{"".join(lines)}"""


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    home = Path(tempfile.mkdtemp(prefix="patroni-"))
    cluster = Cluster(home)
    home.chmod(0o755)
    cluster.user.own(home)
    try:
        with ExitStack() as stack:
            cluster.start(stack)
            yield cluster
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _free(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
