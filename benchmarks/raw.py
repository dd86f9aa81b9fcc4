"""What Touchbook is measured against: ASGI and asyncpg written by hand, with nothing around them.

It answers the sample requests alone. Before it listens it sends each of them through Touchbook, notes the
statements, and from then on runs these, in a transaction where Touchbook has one (scripts.py).
"""

import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import msgspec
from msgspec import Raw, Struct

from benchmarks.data import Filled
from benchmarks.raw_close import list_close_tasks, update_close_tasks
from benchmarks.raw_outreach import Outreach
from benchmarks.raw_rechat import Rechat
from benchmarks.raw_rechat_tasks import RechatTasks
from benchmarks.sample import Sample
from benchmarks.sampling import READS, samples_of
from benchmarks.scripts import NotingStore, Script, move_ids_apart, noting_uids
from benchmarks.updating import UPDATES
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.store.postgres import SERVER_SETTINGS

_ZONE = ZoneInfo("America/Chicago")
_STATUSES = {
    "open": 0,
    "scheduled": 0,
    "in_progress": 1,
    "completed": 2,
    "cancelled": 3,
    "skipped": 3,
    "no_show": 4,
}


class Noted(Struct, frozen=True):
    """What Touchbook sent to the database, and answered."""

    sample: Sample
    script: Script
    answer: bytes


# Method, target and body.
Asked = tuple[str, bytes, bytes]
Answering = Callable[[Any, Noted], Awaitable[Any]]


def _asked(sample: Sample) -> Asked:
    return sample.method, sample.target.encode(), sample.body.encode()


class Notes:
    """What was noted of each sample."""

    def __init__(self, filled: Filled, store: NotingStore) -> None:
        self._filled = filled
        self._store = store
        app = build_app(Settings(rate_limit=None), store)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost", verify=False
        )
        self.of: dict[Asked, Noted] = {}

    async def note(self, kind: str) -> None:
        """What the samples of a kind do when they come one after the other."""
        async with self._store.noting():
            for sample in dict.fromkeys(samples_of(self._filled, kind)):
                self.of[_asked(sample)] = await self._note(sample)

    async def _note(self, sample: Sample) -> Noted:
        self._store.noted.clear()
        headers = sample.headers(self._filled.key)
        with noting_uids() as made:
            answer = await self._client.request(sample.method, sample.target, content=sample.body, headers=headers)
        answer.raise_for_status()
        statements = [statement for statement in self._store.noted if "from keys k" not in statement.sql]
        return Noted(sample, Script(statements, made), answer.content)


async def open_raw(filled: Filled, kinds: Sequence[str]) -> Callable[..., Awaitable[None]]:
    """Updates are noted when the first of a kind comes: by then Touchbook has done each once (updating.py)."""
    pool = await asyncpg.create_pool(
        filled.url,
        min_size=10,
        max_size=10,
        server_settings=SERVER_SETTINGS,
        statement_cache_size=512,
        reset=_kept,
    )
    await move_ids_apart(pool)
    answering = _answering(await pool.fetchval("select uid from teams where id = $1", filled.team_id))
    kind_of = {_asked(sample): kind for kind in kinds for sample in samples_of(filled, kind)}
    notes = Notes(filled, await NotingStore.open(filled.url))
    for kind in kinds:
        if kind not in UPDATES:
            await notes.note(kind)
    answers = {asked: (answering(kind), kind in READS) for asked, kind in kind_of.items()}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = await _read(receive) if scope["method"] != "GET" else b""
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        asked = scope["method"], target, body
        if asked not in notes.of:
            await notes.note(kind_of[asked])
        noted, (answer, reads) = notes.of[asked], answers[asked]
        async with pool.acquire() as connection:
            if reads:
                answered = await answer(connection, noted)
            else:
                async with connection.transaction():
                    answered = await answer(connection, noted)
        await _answer(send, msgspec.json.encode(answered))

    return _telling(app)


def _answering(team_uid: Any) -> Callable[[str], Answering]:
    """How a kind of request is answered: by the first name that it begins with."""
    rechat = Rechat(team_uid)
    rechat_tasks = RechatTasks(rechat, str(team_uid))
    outreach = Outreach("http://localhost")
    by_name: dict[str, Answering] = {
        **dict.fromkeys(UPDATES, _update),
        "list-50": _list,
        "get": _get,
        "create": _create,
        "close-bulk": lambda at, noted: update_close_tasks(at, noted.script),
        "close-": lambda at, noted: list_close_tasks(at, noted.script, team_uid),
        "rechat-get-": lambda at, noted: rechat.get_contact(at, noted.script),
        "rechat-create-": lambda at, noted: rechat.create_contacts(at, noted.script),
        "rechat-tasks-": lambda at, noted: rechat_tasks.search(at, noted.script),
        "rechat-": lambda at, noted: rechat.list_contacts(at, noted.script),
        "outreach-": lambda at, noted: outreach.list_tasks(at, noted.script, noted.sample.target),
    }
    return lambda kind: next(answer for name, answer in by_name.items() if kind.startswith(name))


def _telling(app: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """The log goes nowhere; what fails here is a fault of the bench, and is to be seen."""

    async def told(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            raise

    return told


async def _kept(_connection: Any) -> None:
    """Like Touchbook's pool, no round trip when a connection comes back."""


async def _read(receive: Any) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _answer(send: Any, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _list(connection: Any, noted: Noted) -> dict[str, Any]:
    page, number = noted.script
    rows = await page.run(connection)
    total = (await number.run(connection))[0][0]
    return {
        "success": True,
        "data": {
            "data": [_item(row) for row in rows],
            "current_page": 1,
            "total_records": total,
            "total_pages": -(-total // 50),
        },
    }


async def _get(connection: Any, noted: Noted) -> dict[str, Any]:
    (found,) = noted.script
    (row,) = await found.run(connection)
    return {"success": True, "data": _item(row)}


async def _create(connection: Any, noted: Noted) -> dict[str, Any]:
    sent = msgspec.json.decode(noted.sample.body)
    answers = await noted.script.run(connection)
    task_id = next(rows[0]["id"] for sql, rows in answers if "insert into tasks " in sql)
    created = {"activity_id": task_id, "title": sent["title"], "activity_type": "Task"}
    return {"success": True, "message": "Task activity created successfully.", "data": created}


async def _update(connection: Any, noted: Noted) -> Raw:
    """Its answer is the one that was noted: what is compared is all but the reading and the showing."""
    await noted.script.run(connection)
    return Raw(noted.answer)


def _item(row: Any) -> dict[str, Any]:
    item = {
        "activity_id": row["id"],
        "title": row["title"],
        "activity_type": "Task",
        "status": _STATUSES[row["status"]],
        "priority": row["priority"],
        "start_datetime": _local(row["due_at"] or row["due_on"]),
        "end_datetime": _local(row["end_at"]),
        "cstid": row["contacts"][0] if row["contacts"] else None,
    }
    if row["deals"]:
        item["deal_id"] = row["deals"][0]
    if row["description"] is not None:
        item["description"] = row["description"]
    if row["assignees"]:
        item["assigned_user_id"] = row["assignees"][0]
    if row["tags"]:
        item["tags"] = row["tags"]
    return item


def _local(at: datetime | date | None) -> str | None:
    if at is None:
        return None
    if not isinstance(at, datetime):
        return f"{at.isoformat()}T00:00:00"
    return at.astimezone(_ZONE).isoformat()[:19]
