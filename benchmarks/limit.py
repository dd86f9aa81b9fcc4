"""The limit: what the machine allows, over a lean schema of its own (limit.sql).

It does what a request asks of the machine and nothing that a product owes: no keys, no rules, no history, no
total. Its answers are as large as those that Touchbook gave to the same sample.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec import Raw, Struct

from benchmarks.bare import App, bare_app, open_pool
from benchmarks.basics import LIMITED, Operation
from benchmarks.data import Filled
from benchmarks.noting import Asked, Noted, Notes
from benchmarks.sample import Sample
from benchmarks.scripts import NotingStore

_TABLES = Path(__file__).with_suffix(".sql")
_TASK = ("id", "team_id", "title", "body", "status", "priority", "kind", "queue_id", "assignee_id", "created_by",
         "due_at", "reminder_at", "completed_at", "created_at", "updated_at", "archived", "version", "source",
         "external_id", "properties")  # fmt: skip
_NEW = _TASK[1:]
_CONTACT = ("external_id", "first_name", "last_name", "email", "phone", "organization", "title", "city", "state",
            "postcode", "country", "description")  # fmt: skip
_LIST = f"""select {", ".join(_TASK)} from lean.task
    where team_id = 1 and assignee_id = $1 and not archived order by due_at, id limit $2"""
_GET = f"select {', '.join(_TASK)} from lean.task where id = $1"
_LINKS = "select task_id, object_type, object_id, label from lean.link where task_id = any($1::bigint[])"
_INSERT = f"""insert into lean.task ({", ".join(_NEW)})
    values ({", ".join(f"${number}" for number in range(1, 20))}) returning id"""
_LINK = "insert into lean.link values ($1, $2, $3, $4)"
_SET_TITLE = "update lean.task set title = $2, updated_at = $3, version = version + 1 where id = $1 returning id"
_SET_DUE = "update lean.task set due_at = $2, updated_at = $3, version = version + 1 where id = any($1::bigint[])"
_SEARCH = f"""select id, {", ".join(_CONTACT)} from lean.contact
    where lower(first_name || ' ' || last_name || ' ' || email || ' ' || phone) like $1 order by id limit 50"""


class Link(Struct):
    object_type: str
    object_id: int
    label: str


class Task(Struct):
    """The columns of `_TASK` in their order."""

    id: int
    team_id: int
    title: str
    body: str | None
    status: str
    priority: str
    kind: str
    queue_id: int | None
    assignee_id: int | None
    created_by: int | None
    due_at: datetime | None
    reminder_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    archived: bool
    version: int
    source: str | None
    external_id: str | None
    properties: Raw
    links: list[Link]


async def open_limit(filled: Filled, kinds: Sequence[str]) -> App:
    pool = await open_pool(filled)
    await pool.execute("drop schema if exists lean cascade")
    await pool.execute(_TABLES.read_text(encoding="utf-8"), timeout=3600)
    notes = Notes(filled, await NotingStore.open(filled.url), kinds)
    for kind in kinds:
        await notes.note(kind)

    async def answer(asked: Asked) -> bytes:
        noted = notes.of[asked]
        async with pool.acquire() as connection:
            operation, _ = LIMITED[notes.kind_of[asked]]
            found = await _OPERATIONS[operation](connection, filled, noted, asked[2])
        return _padded(msgspec.json.encode(found), len(noted.answer))

    return bare_app(answer)


def _padded(answer: bytes, size: int) -> bytes:
    return answer + b" " * (size - len(answer))


async def _list(connection: Any, filled: Filled, noted: Noted, _body: bytes) -> Any:
    rows = await connection.fetch(_LIST, filled.user(noted.number), 50)
    links: dict[int, list[Link]] = {}
    for task_id, *link in await connection.fetch(_LINKS, [row[0] for row in rows]):
        links.setdefault(task_id, []).append(Link(*link))
    return {"data": [_task(row, links.get(row[0], [])) for row in rows]}


async def _get(connection: Any, filled: Filled, noted: Noted, _body: bytes) -> Any:
    row = await connection.fetchrow(_GET, filled.task(noted.number))
    return _task(row, [Link(*link) for _, *link in await connection.fetch(_LINKS, [row[0]])])


async def _create(connection: Any, filled: Filled, noted: Noted, body: bytes) -> Any:
    sent, now, number = msgspec.json.decode(body), datetime.now(UTC), noted.number
    values = (1, f"Call number {number}", "Asked about the kitchen.", "open", "normal", "call", 7,
              filled.user(number), 1, now, now, None, now, now, False, 1, "api", None, "{}")  # fmt: skip
    async with connection.transaction():
        task_id = await connection.fetchval(_INSERT, *values)
        await connection.execute(_LINK, task_id, "contact", filled.contact(number), "primary")
    return {"id": task_id, "task": sent}


async def _search(connection: Any, _filled: Filled, noted: Noted, _body: bytes) -> Any:
    rows = await connection.fetch(_SEARCH, f"%{_words(noted.sample)}%")
    return {"data": [dict(row) for row in rows]}


async def _load(connection: Any, _filled: Filled, _noted: Noted, body: bytes) -> Any:
    """One COPY of all that was sent."""
    rows = [_contact(sent["attributes"]) for sent in msgspec.json.decode(body)["contacts"]]
    await connection.copy_records_to_table("contact", schema_name="lean", records=rows, columns=_CONTACT)
    return {"result": len(rows)}


def _words(sample: Sample) -> str:
    asked = parse_qs(urlsplit(sample.target).query)
    [words] = asked.get("q") or asked["search"]
    return words.lower()


async def _update(connection: Any, filled: Filled, noted: Noted, body: bytes) -> Any:
    sent, title = msgspec.json.decode(body), noted.sample.body[:100]
    async with connection.transaction():
        task_id = await connection.fetchval(_SET_TITLE, filled.task(noted.number), title, datetime.now(UTC))
    return {"id": task_id, "task": sent}


async def _update_many(connection: Any, filled: Filled, _noted: Noted, body: bytes) -> Any:
    [day] = msgspec.json.decode(body).values()
    ids = [filled.task(number * 7919) for number in range(len(filled.many))]
    async with connection.transaction():
        await connection.execute(_SET_DUE, ids, datetime.fromisoformat(day).replace(tzinfo=UTC), datetime.now(UTC))
    return {"count": len(ids)}


def _contact(attributes: Sequence[dict[str, Any]]) -> tuple[str | None, ...]:
    sent = {each["attribute_type"]: each.get("text") for each in attributes}
    return (None, sent["first_name"], sent["last_name"], sent["email"], sent["phone_number"], None,
            sent["job_title"], None, None, None, None, sent["source_type"])  # fmt: skip


def _task(row: Any, links: list[Link]) -> Task:
    *values, properties = row
    values += [Raw(properties.encode()), links]
    return Task(*values)


_OPERATIONS: dict[Operation, Callable[[Any, Filled, Noted, bytes], Awaitable[Any]]] = {
    "list": _list,
    "get": _get,
    "create": _create,
    "search": _search,
    "load": _load,
    "update": _update,
    "bulk": _update_many,
}
