"""Writes how PostgreSQL answers each question of the core, as text, into a directory.

Each statement is prepared and run ten times, as asyncpg does it: from the sixth time on PostgreSQL may use a
plan made without the values. Nothing that a question writes is kept.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
from tests.core.tasks.verbs import reschedule_tasks

from benchmarks.data import NOW, RULE, Filled, Size
from touchbook.core.caller import Caller
from touchbook.core.contacts.adding import NewContact, add_contacts
from touchbook.core.contacts.attribute import NewAttribute, Value
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.filtering import AttributeFilter, ContactFilter, ListMembers, Span
from touchbook.core.contacts.listing import count_contacts, list_contacts
from touchbook.core.contacts.misspelling import allow_for_misspelling
from touchbook.core.contacts.queries import attributes_of, find_contact
from touchbook.core.deals.listing import count_deals, list_deals
from touchbook.core.deals.queries import deals_of_contacts, find_deal
from touchbook.core.due import claim_due
from touchbook.core.files.queries import files_of_tasks
from touchbook.core.lists.queries import list_lists, lists_of_contacts
from touchbook.core.lists.rule import filters_of
from touchbook.core.query.conditions import Condition, Range
from touchbook.core.query.pages import count_rows, fetch_page
from touchbook.core.query.windows import Cursor, Order, Window
from touchbook.core.tags.changing import delete_tag, rename_tag, set_tag_frequency
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.associations import associations_of
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.filtering import Bound, TaskFilter
from touchbook.core.tasks.listing import count_tasks, list_tasks, matching_ids
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.reminding import reminders_of
from touchbook.core.tasks.task import CLOSED, OPEN
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.touch import asking
from touchbook.core.transaction import Transaction
from touchbook.dialects.close.types import SOURCED
from touchbook.dialects.outreach.resources.prospects import PROSPECTS
from touchbook.dialects.outreach.task_records import SCHEMA as TASKS
from touchbook.store.postgres import SERVER_SETTINGS, PostgresTransaction

RUNS = 10
_ZONE = ZoneInfo("America/Chicago")
_NEW = NewTask(
    title="Call Sarah Connor",
    due_at=NOW,
    assignees=[1],
    associations=[NewAssociation("contact", 1)],
    tags=[1],
)

Question = Callable[[Transaction, Caller], Awaitable[Any]]
Connection = Any


def _tasks(*, offset: int = 0, order: Any = "due", descending: bool = False, **filters: Any) -> Question:
    return lambda tx, caller: list_tasks(
        tx,
        caller,
        TaskFilter(zone=_ZONE, **filters),
        order=order,
        descending=descending,
        offset=offset,
        limit=50,
    )


def _crm_tasks(*, order: Any = "due", **filters: Any) -> Question:
    """As Rechat's searches ask: a page of 50 and how many there are."""
    return lambda tx, caller: _search_tasks(tx, caller, TaskFilter(zone=_ZONE, as_given=True, **filters), order)


async def _search_tasks(tx: Transaction, caller: Caller, asked: TaskFilter, order: Any) -> None:
    await list_tasks(tx, caller, asked, order=order, offset=0, limit=50)
    await count_tasks(tx, caller, asked)


def _number(**filters: Any) -> Question:
    return lambda tx, caller: count_tasks(tx, caller, TaskFilter(zone=_ZONE, **filters))


def _close_tasks(*, offset: int = 0, **filters: Any) -> Question:
    """As Close's lists ask: a page of 100 and one more, of tasks that no activity made."""
    asked = TaskFilter(zone=UTC, other_than_origins=SOURCED, **filters)
    return lambda tx, caller: list_tasks(tx, caller, asked, offset=offset, limit=101)


def _ou_tasks(sort: str = "", *, after: Sequence[Any] = (), **asked: Any) -> Question:
    """As Outreach's lists ask: a page of 50 and one more; `after` are the values of a place in it."""
    conditions = [Condition(column=name.replace("__", "."), **said) for name, said in asked.items()]
    orders = [Order(sort.removeprefix("-"), sort.startswith("-"))] if sort else []
    window = Window(limit=50, after=Cursor(after) if after else None)
    return lambda tx, caller: fetch_page(tx, caller, TASKS, conditions, orders, window)


def _prospects(*events: str) -> Question:
    """As Outreach's lists ask by a member that is kept beside the contact."""
    conditions = [Condition(column="kept eventName", values=events)]
    window = Window(limit=50)
    return lambda tx, caller: fetch_page(tx, caller, PROSPECTS.schema, conditions, [], window)


async def _reschedule(tx: Transaction, caller: Caller) -> None:
    many = "select uid from tasks where team_id = $1 and id % 999 = 0 order by id limit 1000"
    uids = {row["uid"] for row in await tx.fetch(many, caller.team_id)}
    found = await matching_ids(tx, caller, TaskFilter(zone=UTC, other_than_origins=SOURCED, uids=uids))
    await reschedule_tasks(tx, caller, task_ids=found, due_on=date(2027, 1, 1))


async def _complete(tx: Transaction, caller: Caller) -> None:
    task = await create_task(tx, caller, _NEW)
    await complete_task(tx, caller, task_id=task.id)


def _contacts(order: Any = "created_at", **filters: Any) -> Question:
    """As Rechat's lists ask: a page of 50 and how many there are."""
    return lambda tx, caller: _list_contacts(tx, caller, ContactFilter(**filters), order)


async def _list_contacts(tx: Transaction, caller: Caller, asked: ContactFilter, order: Any) -> None:
    filters = await allow_for_misspelling(tx, caller, asked)
    by: Any = order if filters.ids is None else "rank"
    await list_contacts(tx, caller, filters, order=by, offset=0, limit=50)
    await count_contacts(tx, caller, filters)


async def _live(tx: Transaction, caller: Caller) -> None:
    (rule,) = await filters_of(tx, caller, [RULE])
    await _list_contacts(tx, caller, ContactFilter(lists=[ListMembers(0, rule)]), "created_at")


async def _chosen(tx: Transaction, caller: Caller) -> None:
    members = [ListMembers(kept.id, None) for kept in await list_lists(tx, caller) if kept.rule is None]
    await _list_contacts(tx, caller, ContactFilter(lists=members), "created_at")


async def _add_contacts(tx: Transaction, caller: Caller) -> None:
    texts = {"first_name": "Ann", "last_name": "Lee", "phone_number": "(312) 555-0100", "tag": "Tag 1"}
    new = [NewAttribute(definition, Value(text=texts[definition.name])) for definition in GLOBAL
           if definition.name in texts]  # fmt: skip
    await add_contacts(tx, caller, [NewContact(attributes=new)] * 100, GLOBAL)


def _attribute(name: str, *values: Any, **more: Any) -> AttributeFilter:
    definition = GLOBAL.named(name)
    assert definition is not None
    return AttributeFilter(definition, values, **more)


_BUSY = Size(1_000_000).members + 1
_UNTIL_TODAY = (Bound("lt", NOW.date() + timedelta(days=1)),)
_OPEN = ("open", "scheduled")
_FIFTY = list(range(1000, 1050))
_JUNE: dict[str, Any] = {"due": (Bound("gte", date(2026, 6, 1)), Bound("lte", date(2026, 6, 30)))}

QUESTIONS: dict[str, Question] = {
    "list-team": _tasks(),
    "list-team-descending": _tasks(descending=True),
    "list-team-deep": _tasks(offset=50_000),
    "list-team-open": _tasks(statuses=_OPEN),
    "list-team-rare-status": _tasks(statuses=("no_show",)),
    "list-team-rarest-status-descending": _tasks(statuses=("cancelled", "skipped"), descending=True),
    "list-team-june": _tasks(**_JUNE),
    "list-team-june-open": _tasks(statuses=_OPEN, **_JUNE),
    "list-team-priority": _tasks(priority=4),
    "list-person": _tasks(assignee=1),
    "list-person-descending": _tasks(assignee=1, descending=True),
    "list-person-deep": _tasks(assignee=1, offset=3_000),
    "list-person-open": _tasks(assignee=1, statuses=_OPEN),
    "list-person-rare-status": _tasks(assignee=1, statuses=("no_show",)),
    "list-person-june": _tasks(assignee=1, **_JUNE),
    "list-person-priority": _tasks(assignee=1, priority=4),
    "list-person-created": _tasks(assignee=1, order="created"),
    "crm-person": _crm_tasks(any_assignee=1),
    "crm-person-updated": _crm_tasks(order="updated", any_assignee=1),
    "crm-words": _crm_tasks(search="Sarah Connor"),
    "crm-words-rare": _crm_tasks(search="zeppelin kitchen"),
    "crm-words-person": _crm_tasks(search="Sarah Connor", any_assignee=1),
    "crm-contact": _crm_tasks(contact=40),
    "crm-deal-done": _crm_tasks(deal=7, statuses=CLOSED),
    "crm-june-calls": _crm_tasks(kinds=("call",), **_JUNE),
    "associations-of-50": lambda tx, caller: associations_of(tx, caller, _FIFTY),
    "reminders-of-50": lambda tx, caller: reminders_of(tx, caller, _FIFTY),
    "files-of-50": lambda tx, caller: files_of_tasks(tx, caller, _FIFTY),
    "close-inbox": _close_tasks(assignee=_BUSY, statuses=OPEN, due=_UNTIL_TODAY),
    "close-archive": _close_tasks(statuses=CLOSED),
    "close-archive-deep": _close_tasks(offset=50_000, statuses=CLOSED),
    "close-bulk": lambda tx, caller: _reschedule(tx, caller),
    "ou-tasks": _ou_tasks(),
    "ou-tasks-after": _ou_tasks(after=[500_000]),
    "ou-owner": _ou_tasks(owner__id={"values": [1]}),
    "ou-owner-email": _ou_tasks(owner__email={"values": ["nobody@example.com"]}),
    "ou-owner-due": _ou_tasks("due", owner__id={"values": [1]}, phase={"values": ["open"]}),
    "ou-due": _ou_tasks("due"),
    "ou-due-after": _ou_tasks("due", after=[NOW, None, 1]),
    "ou-due-descending": _ou_tasks("-due"),
    "ou-due-day": _ou_tasks(due={"ranges": [Range(first=NOW, below=NOW + timedelta(days=1))]}),
    "ou-updated": _ou_tasks("updated_at"),
    "ou-updated-since": _ou_tasks("updated_at", updated_at={"ranges": [Range(first=NOW - timedelta(days=1))]}),
    "ou-state": _ou_tasks(phase={"values": ["scheduled"]}),
    "ou-by-state": _ou_tasks("-phase"),
    "ou-by-state-changed": _ou_tasks("-state_changed_at"),
    "ou-by-type": _ou_tasks("origin"),
    "ou-by-scheduled": _ou_tasks("scheduled_at"),
    "ou-by-autoskip": _ou_tasks("-autoskip_at"),
    "ou-prospect": _ou_tasks(contact__id={"values": [40]}),
    "ou-opportunity": _ou_tasks(deal__id={"values": [7]}),
    "ou-count": lambda tx, caller: count_rows(tx, caller, TASKS, [], most=100_001),
    "prospects-kept": _prospects("Fair 20"),
    "prospects-kept-nothing": _prospects("No such fair"),
    "prospects-kept-any": _prospects("Fair 20", "Fair 40", "No such fair"),
    "search-word": _tasks(title="elm"),
    "search-two-letters": _tasks(title="el"),
    "search-rare": _tasks(title="zeppelin"),
    "search-nothing": _tasks(title="no such words"),
    "search-word-by-title": _tasks(title="elm", order="title"),
    "search-person": _tasks(title="elm", assignee=1),
    "sort-created": _tasks(order="created"),
    "sort-created-descending": _tasks(order="created", descending=True),
    "sort-updated": _tasks(order="updated"),
    "sort-end": _tasks(order="end"),
    "sort-title": _tasks(order="title"),
    "sort-title-descending": _tasks(order="title", descending=True),
    "sort-priority": _tasks(order="priority", descending=True),
    "sort-status": _tasks(order="status"),
    "count-team": _number(),
    "count-team-open": _number(statuses=_OPEN),
    "count-team-june": _number(**_JUNE),
    "count-team-priority": _number(priority=4),
    "count-person": _number(assignee=1),
    "count-person-open": _number(assignee=1, statuses=_OPEN),
    "count-person-june": _number(assignee=1, **_JUNE),
    "count-search-word": _number(title="elm"),
    "count-search-rare": _number(title="zeppelin"),
    "find-task": lambda tx, caller: find_task(tx, caller, 500),
    "create-task": lambda tx, caller: create_task(tx, caller, _NEW),
    "complete-task": lambda tx, caller: _complete(tx, caller),
    "claim-due": lambda tx, caller: claim_due(tx, caller.team_id, "task.open", ref=500),
    "find-contact": lambda tx, caller: find_contact(tx, caller, 40),
    "list-contacts": lambda tx, caller: list_contacts(tx, caller, offset=0, limit=50),
    "list-contacts-by-name": lambda tx, caller: list_contacts(tx, caller, order="sort_field", offset=0, limit=50),
    "search-contacts": lambda tx, caller: list_contacts(
        tx, caller, ContactFilter(search="connor"), offset=0, limit=50
    ),
    "search-contacts-rare": lambda tx, caller: list_contacts(
        tx, caller, ContactFilter(search="person77@"), offset=0, limit=50
    ),
    "search-contacts-two-letters": lambda tx, caller: list_contacts(
        tx, caller, ContactFilter(search="co"), offset=0, limit=50
    ),
    "count-contacts": count_contacts,
    "count-search-contacts": lambda tx, caller: count_contacts(tx, caller, ContactFilter(search="connor")),
    "find-deal": lambda tx, caller: find_deal(tx, caller, 7),
    "list-deals": lambda tx, caller: list_deals(tx, caller, offset=0, limit=50),
    "search-deals": lambda tx, caller: list_deals(tx, caller, search="elm", offset=0, limit=50),
    "search-deals-nothing": lambda tx, caller: list_deals(tx, caller, search="zeppelin", offset=0, limit=50),
    "count-search-deals": lambda tx, caller: count_deals(tx, caller, search="elm"),
    "attributes-of-one": lambda tx, caller: attributes_of(tx, caller, [2]),
    "attributes-of-50": lambda tx, caller: attributes_of(tx, caller, _FIFTY),
    "deals-of-50": lambda tx, caller: deals_of_contacts(tx, caller, _FIFTY),
    "lists-of-50": lambda tx, caller: lists_of_contacts(tx, caller, _FIFTY),
    "contacts-created": _contacts(),
    "contacts-touch": _contacts("next_touch", next_touch=Span(None, NOW)),
    "contacts-letter": _contacts(letter="co"),
    "contacts-tag": _contacts("uid", attributes=[_attribute("tag", "Tag 3")]),
    "contacts-tag-of-many": _contacts("uid", attributes=[_attribute("tag", "Newsletter")]),
    "contacts-origin": _contacts("uid", attributes=[_attribute("source_type", "Open House")]),
    "contacts-without-origin": _contacts("uid", attributes=[_attribute("source_type", "Portal", invert=True)]),
    "contacts-birthday": _contacts(
        "uid", attributes=[_attribute("birthday", date(1980, 1, 1), date(1980, 2, 1), operator="between")]
    ),
    "contacts-filter": _contacts(
        "uid", attributes=[_attribute("tag", "Tag 3")], owners=[2], next_touch=Span(None, NOW)
    ),
    "contacts-live-list": _live,
    "contacts-chosen-list": _chosen,
    "contacts-q-name": _contacts(search="Sarah Connor"),
    "contacts-q-surname": _contacts(search="Connor"),
    "contacts-q-email-part": _contacts(search="n4711@ex"),
    "contacts-q-four-digits": _contacts(search="4711"),
    "contacts-q-typo": _contacts(search="Sarah Cnonor"),
    "contacts-q-typo-surname": _contacts(search="Conor"),
    "contacts-q-nothing": _contacts(search="Xylophonist"),
    "touch-due": lambda tx, caller: asking._due(tx, caller),
    "add-contacts": _add_contacts,
    "tag-rename": lambda tx, caller: rename_tag(tx, caller, text="Tag 3", to="Tag three"),
    "tag-pace": lambda tx, caller: set_tag_frequency(tx, caller, text="Tag 3", days=10),
    "tag-delete": lambda tx, caller: delete_tag(tx, caller, text="Tag 3"),
    "tag-of-many-rename": lambda tx, caller: rename_tag(tx, caller, text="Newsletter", to="News"),
    "tag-of-many-pace": lambda tx, caller: set_tag_frequency(tx, caller, text="Newsletter", days=10),
    "tag-of-many-delete": lambda tx, caller: delete_tag(tx, caller, text="Newsletter"),
}
# What takes seconds.
_ONCE = ("tag-",)


async def write_plans(filled: Filled, directory: Path, names: Sequence[str] = ()) -> None:
    """All questions, or those whose name begins with one of `names`."""
    directory.mkdir(exist_ok=True)
    for name, question in QUESTIONS.items():
        if not names or name.startswith(tuple(names)):
            text = await _explain(filled, question, 1 if name.startswith(_ONCE) else RUNS)
            (directory / f"{name}.txt").write_text(text, encoding="utf-8")
            print(f"{name:38} {' '.join(line for line in text.splitlines() if line.startswith('--'))}")


async def _explain(filled: Filled, question: Question, runs: int) -> str:
    connection = await asyncpg.connect(filled.url, server_settings=SERVER_SETTINGS)
    try:
        caller = await authenticate_key(PostgresTransaction(connection, NOW, None), filled.key, surface="ysuite")
        tx = ExplainedTransaction(connection, runs)
        async with _undone(connection):
            await question(tx, caller)
        return "\n\n".join(tx.plans) + "\n"
    finally:
        await connection.close()


class ExplainedTransaction(PostgresTransaction):
    """Explains each statement before it is run."""

    def __init__(self, connection: Connection, runs: int) -> None:
        super().__init__(connection, NOW, None)
        self._at = connection
        self._runs = runs
        self.plans: list[str] = []

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        await self._explain(sql, args)
        return await super().fetch(sql, *args)

    async def fetch_afresh(self, sql: str, *args: Any) -> Sequence[Any]:
        await self._at.execute("set plan_cache_mode = force_custom_plan")
        await self._explain(sql, args)
        await self._at.execute("reset plan_cache_mode")
        return await super().fetch_afresh(sql, *args)

    async def fetch_row(self, sql: str, *args: Any) -> Any:
        await self._explain(sql, args)
        return await super().fetch_row(sql, *args)

    async def fetch_value(self, sql: str, *args: Any) -> Any:
        await self._explain(sql, args)
        return await super().fetch_value(sql, *args)

    async def execute(self, sql: str, *args: Any) -> int:
        await self._explain(sql, args)
        return await super().execute(sql, *args)

    async def _explain(self, sql: str, args: Sequence[Any]) -> None:
        prepared = await self._at.prepare(sql)
        times = [await self._time(prepared, args) for _ in range(self._runs)]
        figures = f"-- first five {median(times[:5]):.2f} ms, then {median(times[5:] or times):.2f} ms"
        self.plans.append("\n".join((sql, figures, await self._plan(prepared, sql, args))))

    async def _time(self, prepared: Any, args: Sequence[Any]) -> float:
        """In ms."""
        async with _undone(self._at):
            start = time.perf_counter()
            await prepared.fetch(*args)
            return (time.perf_counter() - start) * 1000

    async def _plan(self, prepared: Any, sql: str, args: Sequence[Any]) -> str:
        """Of the tenth run."""
        types = ", ".join(_type_name(kind) for kind in prepared.get_parameters())
        values = [await self._at.fetchval("select quote_nullable($1::text)", _text(arg)) for arg in args]
        await self._at.execute(f"prepare question ({types}) as {sql}")
        for _ in range(self._runs):
            async with _undone(self._at):
                lines = await self._at.fetch(f"explain (analyze, buffers) execute question ({', '.join(values)})")
        await self._at.execute("deallocate question")
        return "\n".join(line[0] for line in lines)


@asynccontextmanager
async def _undone(connection: Connection) -> AsyncIterator[None]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


def _type_name(kind: asyncpg.Type) -> str:
    return kind.name if kind.kind == "scalar" else kind.name.removesuffix("[]") + "[]"


def _text(value: Any) -> str | None:
    """As PostgreSQL reads it."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(_quoted(part) if isinstance(part, str) else str(part) for part in value) + "}"
    return str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
