"""The revision that puts assignees, tags and linked records beside tasks, on a database that has some already."""

import asyncpg

from tests.store.test_deal_rules import TEAM, USER
from tests.store.test_folded_names import MEMBER, TASK, TASK_TAG
from touchbook.store.address import read_address
from touchbook.store.connecting import connect
from touchbook.store.embedded import Embedded
from touchbook.store.migrating import migrate

TAG = """insert into tags (team_id, uid, text, text_key, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, $2, now(), now()) returning id"""
ACCOUNT = """insert into accounts (team_id, uid, kind, name, name_key, name_folded, created_at, updated_at)
    values ($1, gen_random_uuid(), 'company', $2, $2, $2, now(), now()) returning id"""
LINK = """insert into task_associations (team_id, uid, task_id, kind, account_id, index, created_by, created_at,
    updated_at, deleted_at) values ($1, gen_random_uuid(), $2, 'account', $3, $4, $5, now(), now(), $6)"""
ASSIGNEE = """insert into task_assignees (team_id, task_id, user_id, position, status, due_offset)
    values ($1, $2, $3, 0, 'open', '0')"""


async def test_what_was_there_stands_beside_the_task(embedded: Embedded) -> None:
    url = embedded.create_database("beside_the_task")
    await migrate(url, "0007")
    connection = await connect(read_address(url))
    try:
        team, user = await connection.fetchval(TEAM), await connection.fetchval(USER)
        await connection.execute(MEMBER, team, user)
        tags, accounts = await _fill(connection, team, user)
        await migrate(url)
        [whole, bare] = await connection.fetch(
            """select assignees, tags, accounts, contacts, deals, listings from tasks
            where team_id = $1 order by id""",
            team,
        )
        assert tuple(whole) == ([user], tags, accounts, None, None, None)
        assert tuple(bare) == (None,) * 6
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, team: int, user: int) -> tuple[list[int], list[int]]:
    """Return the tags and the accounts of the first of two tasks, in their order."""
    task, _ = [await connection.fetchval(TASK, team, user) for _ in range(2)]
    await connection.execute(ASSIGNEE, team, task, user)
    hot, warm = [await connection.fetchval(TAG, team, text) for text in ("hot", "warm")]
    for position, tag in enumerate((warm, hot)):
        await connection.execute(TASK_TAG, team, task, tag, position)
    first, second, gone = [await connection.fetchval(ACCOUNT, team, name) for name in ("acme", "bolt", "cyan")]
    deleted = await connection.fetchval("select now()")
    for account, index, at in ((first, None, None), (second, 3, None), (gone, 1, deleted)):
        await connection.execute(LINK, team, task, account, index, user, at)
    return [warm, hot], [second, first]
