"""Fills a database with one team: members, contacts, deals, tasks with their people, records and texts.

What is drawn comes from a fixed seed. Secondary indexes and foreign keys are dropped first and made again at
the end, which checks every row against them.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
from msgspec import Struct

from benchmarks.checking import check_sample
from touchbook.core.caller import Caller
from touchbook.core.lists.keeping import make_list
from touchbook.core.lists.rule import Rule, RuleAttribute
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.issuing import issue_key
from touchbook.core.teams.joining import join_team
from touchbook.core.transaction import Transaction
from touchbook.store.migrating import migrate
from touchbook.store.postgres import Store

NOW = datetime(2026, 7, 15, 17, tzinfo=UTC)
_MANY = 1000
_STEPS = Path(__file__).with_name("data.sql")
_FILLED = ("accounts", "contacts", "contact_attributes", "contact_texts", "contact_words", "contact_list_members",
           "deals", "tags", "tasks", "task_assignees", "task_associations", "task_tags", "task_texts", "due",
           "events_default")  # fmt: skip
# Every sixth contact.
_FIVE = 1000
_FIRST_NAMES = """select uid from contact_attributes
    where contact_id % 6 = 1 and type = 'first_name' order by contact_id limit $1"""
_OPEN = "select id, uid from tasks where status = 'open' order by id limit $1"
# Three of eight origins, and the later two thirds: a sixth of the contacts.
RULE = Rule(
    attributes=[
        RuleAttribute(attribute="source_type", values=["Open House", "Website", "Portal"], operator="any")
    ],
    created_from=datetime(2024, 9, 8, tzinfo=UTC),
)


class Size(Struct, frozen=True):
    """A person's list stays of the same order, some 600 to 6,000 tasks, however large the team is.

    The busy one comes after the members: every tenth task is theirs (at least 200 are), and open.
    """

    tasks: int

    @property
    def members(self) -> int:
        return max(2, min(200, self.tasks // 500))

    @property
    def busy(self) -> int:
        return max(200, self.tasks // 10)

    @property
    def contacts(self) -> int:
        return max(1_000, self.tasks * 3 // 10)

    @property
    def deals(self) -> int:
        return max(10, self.tasks // 10)


class Filled(Struct, frozen=True):
    """A filled database: its only team, a key of its first member, the ids to ask for.

    `busy` is the person with the most tasks; `many` are 1,000 tasks from all over the team. `five` are contacts
    with so many attributes, `leads` and `first_names` what they belong to and are called by, `two_hundred` is the
    contact with 200; `live` is the list that a sixth of them fit. `open` are open tasks, `open_ids` their numbers.
    `samples`: how many different requests of each kind are sent.
    """

    url: str
    size: Size
    team_id: int
    key: str
    busy: UUID
    many: list[UUID]
    members: list[UUID]
    five: list[UUID]
    two_hundred: UUID
    live: UUID
    leads: list[UUID]
    first_names: list[UUID]
    open: list[UUID]
    open_ids: list[int]
    samples: int = 40

    def user(self, number: int) -> int:
        return 1 + number % self.size.members

    def member(self, number: int) -> UUID:
        return self.members[number % self.size.members]

    def contact(self, number: int) -> int:
        return 1 + number % self.size.contacts

    def task(self, number: int) -> int:
        return 1 + number % self.size.tasks


async def fill(url: str, size: Size) -> Filled:
    """`url` is an empty database."""
    await migrate(url)
    store = await Store.open(url, clock=lambda: NOW)
    try:
        async with store.transaction() as tx:
            team = await found_team(tx, name="Bench", zone="America/Chicago")
            for number in range(1, size.members + 2):
                await join_team(tx, team_id=team.id, email=f"member{number}@example.com", role="admin")
            key = await issue_key(tx, team_id=team.id, user_id=1, scope="admin")
            caller = await authenticate_key(tx, key, surface="rechat")
            await _make_lists(tx, caller)
        await _fill_tables(url, size)
        async with store.transaction() as tx:
            await check_sample(tx, caller)
        await _vacuum(url)
    finally:
        await store.close()
    await _note(url, team.id, key)
    filled = await find_filled(url, size)
    assert filled is not None
    return filled


async def _make_lists(tx: Transaction, caller: Caller) -> None:
    await make_list(tx, caller, name="Live", rule=RULE)
    await make_list(tx, caller, name="Chosen")


async def find_filled(url: str, size: Size) -> Filled | None:
    """What an earlier run has filled, if it came to its end."""
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        return None
    try:
        note = await connection.fetchval("select obj_description(oid) from pg_class where relname = 'teams'")
        if not note:
            return None
        members = await _uids(connection, "select uid from users order by id")
        tasks = "select uid from tasks where id % $1 = 0 order by id limit $2"
        many = await _uids(connection, tasks, max(1, size.tasks // _MANY - 1), _MANY)
        five = await _uids(connection, "select uid from contacts where id % 6 = 1 order by id limit $1", _FIVE)
        leads = await _uids(connection, "select uid from accounts where id % 6 = 1 order by id limit $1", _FIVE)
        names = await _uids(connection, _FIRST_NAMES, _FIVE)
        still_open = await connection.fetch(_OPEN, _FIVE)
        (two_hundred,) = await _uids(connection, "select uid from contacts where id = 2")
        (live,) = await _uids(connection, "select uid from contact_lists where rule is not null")
    finally:
        await connection.close()
    return Filled(
        url,
        size,
        **json.loads(note),
        busy=members[size.members],
        many=many,
        members=members,
        five=five,
        two_hundred=two_hundred,
        live=live,
        leads=leads,
        first_names=names,
        open=[_uid(row) for row in still_open],
        open_ids=[row["id"] for row in still_open],
    )


async def _uids(connection: "asyncpg.Connection[asyncpg.Record]", sql: str, *args: int) -> list[UUID]:
    return [_uid(row) for row in await connection.fetch(sql, *args)]


def _uid(row: "asyncpg.Record") -> UUID:
    """asyncpg's own kind of them is not what a Struct is read into."""
    return UUID(int=row["uid"].int)


async def _note(url: str, team_id: int, key: str) -> None:
    note = json.dumps({"team_id": team_id, "key": key})
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"comment on table teams is '{note}'")
    finally:
        await connection.close()


async def _fill_tables(url: str, size: Size) -> None:
    connection = await asyncpg.connect(url, server_settings={"maintenance_work_mem": "512MB", "jit": "off"})
    try:
        made_again = await _drop_checks(connection)
        await connection.execute("select set_config('bench.tasks', $1::text, false)", str(size.tasks))
        for name in ("members", "busy", "contacts", "deals"):
            await connection.execute(
                "select set_config('bench.' || $1::text, $2::text, false)", name, str(getattr(size, name))
            )
        await connection.execute(_STEPS.read_text(encoding="utf-8"))
        for statement in made_again:
            await connection.execute(statement)
        await connection.execute("analyze")
    finally:
        await connection.close()


async def _vacuum(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


async def _drop_checks(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """Answers the statements that make them again."""
    foreign_keys = await connection.fetch(
        """select conrelid::regclass::text as relation, conname, pg_get_constraintdef(oid) as definition
        from pg_constraint where contype = 'f' and conrelid = any($1::text[]::regclass[]) and conparentid = 0""",
        list(_FILLED),
    )
    indexes = await connection.fetch(
        """select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
        from pg_index i where indrelid = any($1::text[]::regclass[]) and not indisunique
        and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)""",
        list(_FILLED),
    )
    for key in foreign_keys:
        await connection.execute(f'alter table {key["relation"]} drop constraint "{key["conname"]}"')
    for index in indexes:
        await connection.execute(f"drop index {index['name']}")
    return [index["definition"] for index in indexes] + [
        f'alter table {key["relation"]} add constraint "{key["conname"]}" {key["definition"]}'
        for key in foreign_keys
    ]
