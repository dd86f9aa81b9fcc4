"""What Touchbook is measured against: ASGI and asyncpg written by hand, with nothing around them.

It answers the sample requests alone. Before it listens it sends each of them through Touchbook, notes the
statements, and from then on runs these, in a transaction where Touchbook has one. What must be new in every
write, the uids and the id that the first insert gives, is put in their place.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import msgspec
import uuid_utils.compat
from msgspec import Struct

from benchmarks.data import Filled
from benchmarks.raw_close import list_close_tasks, update_close_tasks
from benchmarks.raw_outreach import Outreach
from benchmarks.raw_rechat import Newcomers, Rechat
from benchmarks.raw_rechat_tasks import RechatTasks
from benchmarks.sampling import Sample, samples_of
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import SERVER_SETTINGS, PostgresTransaction, Store

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


class Statement(Struct, frozen=True):
    sql: str
    args: Sequence[Any]
    answers: bool


Script = list[Statement]


class _ForgettingStore(Store):
    """Keeps nothing, so that the lists are those of the data when all is learnt."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                yield PostgresTransaction(connection, self.clock(), self.witness)
            finally:
                await transaction.rollback()


async def learn_scripts(filled: Filled, kinds: Sequence[str]) -> dict[tuple[str, bytes, bytes], Script]:
    """By method, target and body."""
    seen: Script = []

    def witness(sql: str, args: Sequence[Any]) -> None:
        answers = sql.lstrip().startswith(("select", "with")) or "returning" in sql
        seen.append(Statement(sql, args, answers))

    store = await _ForgettingStore.open(filled.url, witness=witness)
    scripts = {}
    try:
        app = build_app(Settings(rate_limit=None), store)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            for kind in kinds:
                for sample in dict.fromkeys(samples_of(filled, kind)):
                    seen.clear()
                    await _send(client, filled, sample)
                    scripts[sample.method, sample.target.encode(), sample.body.encode()] = [
                        statement for statement in seen if "from keys k" not in statement.sql
                    ]
    finally:
        await store.close()
    return scripts


async def _send(client: httpx.AsyncClient, filled: Filled, sample: Sample) -> None:
    headers = {"authorization": f"Bearer {filled.key}"}
    answer = await client.request(sample.method, sample.target, content=sample.body, headers=headers)
    answer.raise_for_status()


async def open_raw(filled: Filled, kinds: Sequence[str]) -> Callable[..., Awaitable[None]]:
    scripts = await learn_scripts(filled, kinds)
    pool = await asyncpg.create_pool(
        filled.url,
        min_size=10,
        max_size=10,
        server_settings=SERVER_SETTINGS,
        statement_cache_size=512,
        reset=_kept,
    )

    team_uid = await pool.fetchval("select uid from teams where id = $1", filled.team_id)
    rechat = Rechat(team_uid)
    rechat_tasks = RechatTasks(rechat, str(team_uid))
    outreach = Outreach("http://localhost")
    newcomers = {key: Newcomers(script) for key, script in scripts.items() if _creates_contacts(*key)}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = await _read(receive) if scope["method"] != "GET" else b""
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        key = scope["method"], target, body
        script = scripts[key]
        async with pool.acquire() as connection:
            if key in newcomers:
                async with connection.transaction():
                    answer = await rechat.create_contacts(connection, newcomers[key])
            elif target.startswith((b"/contacts?", b"/contacts/filter?")):
                answer = await rechat.list_contacts(connection, script)
            elif target.startswith(b"/crm/tasks/search"):
                answer = await rechat_tasks.search(connection, script)
            elif target.startswith(b"/api/v2/"):
                answer = await outreach.list_tasks(connection, script, target.decode())
            elif target.startswith(b"/contacts/"):
                answer = await rechat.get_contact(connection, script)
            elif scope["method"] == "POST":
                async with connection.transaction():
                    answer = await _create(connection, script, msgspec.json.decode(body))
            elif scope["method"] == "PUT":
                async with connection.transaction():
                    answer = await update_close_tasks(connection, script)
            elif target.startswith(b"/api/v1/"):
                answer = await list_close_tasks(connection, script, team_uid)
            elif scope["query_string"]:
                answer = await _list(connection, script)
            else:
                answer = await _get(connection, script)
        await _answer(send, msgspec.json.encode(answer))

    return app


def _creates_contacts(method: str, target: bytes, _body: bytes) -> bool:
    return method == "POST" and target.startswith(b"/contacts?")


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


async def _list(connection: Any, script: Script) -> dict[str, Any]:
    page, number = script
    rows = await connection.fetch(page.sql, *page.args)
    total = await connection.fetchval(number.sql, *number.args)
    return {
        "success": True,
        "data": {
            "data": [_item(row) for row in rows],
            "current_page": 1,
            "total_records": total,
            "total_pages": -(-total // 50),
        },
    }


async def _get(connection: Any, script: Script) -> dict[str, Any]:
    (found,) = script
    return {"success": True, "data": _item(await connection.fetchrow(found.sql, *found.args))}


async def _create(connection: Any, script: Script, sent: dict[str, Any]) -> dict[str, Any]:
    task_id, noted_id = 0, _noted_id(script)
    for statement in script:
        args = [_renewed(arg, noted_id, task_id) for arg in statement.args]
        if statement.sql.startswith("insert into tasks "):
            task_id = await connection.fetchval(statement.sql, *args)
        elif statement.answers:
            await connection.fetch(statement.sql, *args)
        else:
            await connection.execute(statement.sql, *args)
    created = {"activity_id": task_id, "title": sent["title"], "activity_type": "Task"}
    return {"success": True, "message": "Task activity created successfully.", "data": created}


def _noted_id(script: Script) -> Any:
    """The id that the task had when the statements were noted."""
    return next(statement.args[1] for statement in script if statement.sql.startswith("insert into task_texts "))


def _renewed(arg: Any, noted_id: Any, task_id: int) -> Any:
    if isinstance(arg, UUID):
        return uuid_utils.compat.uuid7()
    return task_id if arg == noted_id and not isinstance(arg, (str, datetime)) else arg


def _item(row: Any) -> dict[str, Any]:
    links = msgspec.json.decode(row["associations"]) if row["associations"] else []
    records = {link[2]: link[3] for link in reversed(links)}
    item = {
        "activity_id": row["id"],
        "title": row["title"],
        "activity_type": "Task",
        "status": _STATUSES[row["status"]],
        "priority": row["priority"],
        "start_datetime": _local(row["due_at"] or row["due_on"]),
        "end_datetime": _local(row["end_at"]),
        "cstid": records.get("contact"),
    }
    if "deal" in records:
        item["deal_id"] = records["deal"]
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
