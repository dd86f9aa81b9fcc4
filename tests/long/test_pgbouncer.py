"""A real PgBouncer in transaction mode in front of the server: requests go through it, jobs past it."""

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.cli.conftest import Script
from tests.people import ysuite_headers
from touchbook.store.address import read_address
from touchbook.store.embedded import open_embedded
from touchbook.store.system_user import PLAIN_ENVIRONMENT, choose_system_user

pytestmark = pytest.mark.long

AT_ONCE = 16
WRITES = 400
# Fewer than ask at once, so that each transaction may meet another server process than the one before.
LENT = 3


def find_pgbouncer() -> str | None:
    """1.21 or newer."""
    program = os.environ.get("TOUCHBOOK_TEST_PGBOUNCER") or shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
    if program is None:
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    return program if found and (int(found[1]), int(found[2])) >= (1, 21) else None


@contextmanager
def pooling(program: str, direct: str) -> Iterator[str]:
    """The address of the pooler."""
    given, user = read_address(direct).given, choose_system_user()
    home = Path(tempfile.mkdtemp(prefix="pgbouncer-"))
    (home / "pgbouncer.ini").write_text(
        f"""[databases]
touchbook = host={given["host"]} port={given["port"]} dbname={given["dbname"]} user={given["user"]} password={
            given["password"]
        }
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {home}
auth_type = any
pool_mode = transaction
default_pool_size = {LENT}
max_client_conn = 200
"""
    )
    for path in (home, home / "pgbouncer.ini"):
        user.own(path)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, str(home / "pgbouncer.ini")],
            stdout=log,
            stderr=log,
            cwd="/",
            env=PLAIN_ENVIRONMENT,
            user=user.uid,
            group=user.gid,
            extra_groups=user.groups,
        )
    try:
        yield f"postgresql://{given['user']}@/touchbook?host={home}&port=6432"
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home)


@pytest.fixture
def program() -> str:
    found = find_pgbouncer()
    if found is None:
        pytest.skip("this machine lacks PgBouncer 1.21 or newer; TOUCHBOOK_TEST_PGBOUNCER may name it")
    return found


def _script(ground: Path, url: str, direct: str) -> Script:
    addresses = {"TOUCHBOOK_DATABASE_URL": url, "TOUCHBOOK_WORKER_DATABASE_URL": direct}
    return Script(
        ground / "pooled-data",
        addresses | {"TOUCHBOOK_DATABASE_POOLER": "transaction", "TOUCHBOOK_RATE_LIMIT": "off"},
    )


async def test_requests_go_through_it_and_jobs_past_it(program: str, ground: Path) -> None:
    with open_embedded(ground / "pooled") as embedded, pooling(program, embedded.url) as url:
        script = _script(ground, url, embedded.url)
        demo = script.demo()
        with (ground / "pooled.log").open("w") as log, script.running("serve", "--port", "0", log=log) as server:
            await _use(server.url, demo, embedded.url)


async def test_doctor_gives_the_line_for_what_a_pooler_does_not_pass_on(program: str, ground: Path) -> None:
    with open_embedded(ground / "pooled") as embedded:
        await _execute(embedded.url, "alter role current_user set jit = on")
        with pooling(program, embedded.url) as url:
            sick = _script(ground, url, embedded.url).run("doctor")
        assert sick.returncode == 1
        [line] = re.findall(r"-> (alter role .*)", sick.stdout)
        await _execute(embedded.url, line)
        with pooling(program, embedded.url) as url:
            assert "alter role" not in _script(ground, url, embedded.url).say("doctor")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def _use(url: str, demo: dict[str, Any], direct: str) -> None:
    """Writes and reads at once; what is due happens."""
    headers = ysuite_headers(demo["users"][0]["key"])
    async with httpx.AsyncClient(base_url=f"{url}/v1", headers=headers, timeout=60) as client:

        async def write(number: int) -> int:
            task = {"title": f"pooled {number}", "start_datetime": "2027-01-15T10:00:00"}
            answer = await client.post("/tasks", json=task | {"cstid": demo["contact"]["id"]})
            assert answer.status_code == 200, answer.text
            for path in ("/tasks?pageSize=5", "/contacts", f"/tasks/{answer.json()['data']['activity_id']}"):
                read = await client.get(path)
                assert read.status_code == 200, read.text
            made: int = answer.json()["data"]["activity_id"]
            return made

        made: list[int] = []
        for first in range(0, WRITES, AT_ONCE):
            made += await asyncio.gather(*map(write, range(first, first + AT_ONCE)))
    connection = await asyncpg.connect(direct)
    stored = await connection.fetch("select id from tasks where title like 'pooled %'")
    assert sorted(row["id"] for row in stored) == sorted(made)
    await connection.execute(
        """insert into due (team_id, kind, ref, at)
        select t.team_id, 'task.open', t.id, now() from tasks t where t.id = $1""",
        made[0],
    )
    async with asyncio.timeout(30):
        while await connection.fetchval(
            "select exists (select 1 from due where kind = 'task.open' and ref = $1)", made[0]
        ):
            await asyncio.sleep(0.1)
    await connection.close()
