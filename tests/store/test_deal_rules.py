"""The revision that names a task's deal rule in the core's words, on a database that has tasks already."""

import asyncpg
import msgspec
import pytest

from tests.store.test_folded_names import MEMBER, TASK
from touchbook.store.address import read_address
from touchbook.store.connecting import connect
from touchbook.store.embedded import Embedded
from touchbook.store.migrating import migrate

TEAM = """insert into teams (uid, name, fold_version, created_at, updated_at)
    values (gen_random_uuid(), 'A', 1, now(), now()) returning id"""
USER = """insert into users (uid, email, email_key, created_at, updated_at)
    values (gen_random_uuid(), 'a@x.com', 'a@x.com', now(), now()) returning id"""
EVENT = """insert into events (team_id, at, kind, subject, subject_id, surface, changes)
    values ($1, now(), 'task.updated', $2, $3, 'outreach', $4)"""
RULES = {"recent_created": "last_created", "recent_updated": "last_updated", "noop": "kept", None: None}


async def test_what_was_there_is_renamed(embedded: Embedded) -> None:
    url = embedded.create_database("deal_rules")
    await migrate(url, "0005")
    connection = await connect(read_address(url))
    try:
        team, user = await connection.fetchval(TEAM), await connection.fetchval(USER)
        await connection.execute(MEMBER, team, user)
        await _fill(connection, team, user)
        await migrate(url)
        tasks = await connection.fetch("select deal_rule from tasks where team_id = $1 order by id", team)
        assert [row["deal_rule"] for row in tasks] == list(RULES.values())
        events = await connection.fetch("select changes from events where team_id = $1 order by id", team)
        assert [msgspec.json.decode(row["changes"]) for row in events] == [
            *({"title": "A", "deal_rule": rule} for rule in RULES.values()),
            {"title": "A"},
            {"opportunity_rule": "noop"},
        ]
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("update tasks set deal_rule = 'noop' where team_id = $1", team)
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, team: int, user: int) -> None:
    for rule in RULES:
        task = await connection.fetchval(TASK, team, user)
        await connection.execute(
            "update tasks set opportunity_rule = $3 where team_id = $1 and id = $2", team, task, rule
        )
        changes = msgspec.json.encode({"title": "A", "opportunity_rule": rule}).decode()
        await connection.execute(EVENT, team, "task", task, changes)
    await connection.execute(EVENT, team, "task", task, '{"title": "A"}')
    # Another noun's events are not touched, whatever their members are called.
    await connection.execute(EVENT, team, "deal", 1, '{"opportunity_rule": "noop"}')
