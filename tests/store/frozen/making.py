"""Makes a dump with data of the newest schema, and notes beside it what each dialect shows of that data.

    python -m tests.store.frozen.making

Run it when a revision that changes the schema has landed. That of an older revision is made by the program of its
day: check it out elsewhere, and let PYTHONPATH begin with its `src`. A dump is never made again: databases of that
schema are as they are.
"""

import asyncio
import gzip
import logging
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec
import structlog
import uvicorn

from tests.store.frozen.reading import headers_of, read_all
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.teams.issuing import issue_key
from touchbook.demonstration.furnishing import furnish
from touchbook.jobs.upkeep import keep_house
from touchbook.store.embedded import Embedded, open_embedded
from touchbook.store.migrating import migrate
from touchbook.store.postgres import Store

HERE = Path(__file__).parent
PORT = 48_210
_DUE = "2027-03-01T15:30:00"
_NAME = "Zoë Brontë"
_PROGRAM_S_OWN = re.compile(r"\\(un)?restrict |SET transaction_timeout")


async def _fill(database: Embedded, url: str) -> str:
    _, revision = await migrate(url)
    assert revision is not None
    store = await Store.open(url)
    await keep_house(store, event_days=400)
    async with store.transaction() as tx:
        team = await furnish(tx)
        admin = await tx.fetch_row(
            """select u.id, u.uid from members m join users u on u.id = m.user_id
            where m.team_id = $1 and m.role = 'admin' order by 1 limit 1""",
            team.id,
        )
        assert admin is not None
        key = await issue_key(tx, team_id=team.id, user_id=admin["id"], scope="admin")
    with tempfile.TemporaryDirectory() as data_dir:
        app = build_app(Settings(data_dir=Path(data_dir), rate_limit=None), store)
        server = uvicorn.Server(uvicorn.Config(app, port=PORT, lifespan="off", log_level="error"))
        running = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            await _write_through_each(f"http://127.0.0.1:{PORT}", key, admin)
            shown = await read_all(f"http://127.0.0.1:{PORT}", key)
        finally:
            server.should_exit = True
            await running
    await store.close()
    _write(f"{revision}.json.gz", msgspec.json.encode(shown))
    return revision


async def _write_through_each(url: str, key: str, admin: Any) -> None:
    """A contact and two tasks, of which one is done where the dialect can say so."""
    async with httpx.AsyncClient(base_url=url, verify=False) as client:

        async def send(method: str, dialect: str, path: str, body: Any) -> Any:
            answer = await client.request(method, path, headers=headers_of(dialect, key), json=body)
            assert answer.is_success, (path, answer.text)
            return answer.json()

        lead = await send(
            "POST", "close", "/api/v1/lead/", {"name": "Škoda & Fils", "contacts": [{"name": _NAME}]}
        )
        about = {"lead_id": lead["id"], "contact_id": lead["contacts"][0]["id"]}
        for text, done in (("Call Zoë", False), ("Zoë has called", True)):
            await send(
                "POST", "close", "/api/v1/task/", {**about, "text": text, "date": _DUE, "is_complete": done}
            )

        attributes = [
            {"attribute_type": name, "text": text}
            for name, text in (
                ("first_name", "Anaïs"), ("last_name", "Weiß"), ("email", "anais@example.com"),
                ("phone_number", "(312) 555-0142"), ("tag", "Réseau"),
            )
        ]  # fmt: skip
        user, owner = admin["id"], str(admin["uid"])
        sent = {"contacts": [{"user": owner, "attributes": attributes}]}
        [contact] = (await send("POST", "rechat", "/contacts", sent))["data"]
        for status in ("PENDING", "DONE"):
            task = {
                "title": f"Déjeuner {status}",
                "due_date": 1_803_909_000,
                "status": status,
                "task_type": "Call",
            }
            await send("POST", "rechat", "/crm/tasks", {**task, "contacts": [contact], "assignees": [owner]})

        prospect = await _write_prospect(send)
        for note in ("Écrire", "Rappeler"):
            await _write_outreach_task(send, user, prospect, note)

        for title in ("Besichtigung", "Übergabe"):
            task = {"title": title, "start_datetime": _DUE, "cstid": prospect, "assigned_user_id": user}
            await send("POST", "ysuite", "/v1/tasks", task)


async def _write_prospect(send: Any) -> int:
    attributes = {"firstName": "Łukasz", "lastName": "Ng", "emails": ["lukasz@example.com"], "tags": ["Ärzte"]}
    made = await send(
        "POST", "outreach", "/api/v2/prospects", {"data": {"type": "prospect", "attributes": attributes}}
    )
    number: int = made["data"]["id"]
    return number


async def _write_outreach_task(send: Any, user: int, prospect: int, note: str) -> None:
    ends: Mapping[str, Any] = {
        "owner": {"type": "user", "id": user},
        "subject": {"type": "prospect", "id": prospect},
    }
    task = {
        "type": "task",
        "attributes": {"note": note, "dueAt": f"{_DUE}Z"},
        "relationships": {name: {"data": end} for name, end in ends.items()},
    }
    made = await send("POST", "outreach", "/api/v2/tasks", {"data": task})
    if note == "Rappeler":
        await send("POST", "outreach", f"/api/v2/tasks/{made['data']['id']}/actions/markComplete", None)


def _dump(database: Embedded, url: str) -> bytes:
    """Return statements that any supported PostgreSQL takes from any driver: no COPY, nothing for psql."""
    asked = (
        "--inserts", "--rows-per-insert=500", "--no-owner", "--no-privileges", "--no-comments", "--no-sync",
        "--no-tablespaces",
    )  # fmt: skip
    dumped = subprocess.run([database.bin_dir / "pg_dump", *asked, "-d", url], check=True, capture_output=True)
    lines = dumped.stdout.decode().splitlines(keepends=True)
    return "".join(line for line in lines if not _PROGRAM_S_OWN.match(line)).encode()


def _write(name: str, content: bytes) -> None:
    (HERE / name).write_bytes(gzip.compress(content, mtime=0))


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        with open_embedded(Path(directory) / "data", fsync=False) as database:
            url = database.create_database("frozen")
            revision = asyncio.run(_fill(database, url))
            _write(f"{revision}.sql.gz", _dump(database, url))
    sys.stdout.write(f"{revision}\n")


if __name__ == "__main__":
    main()
