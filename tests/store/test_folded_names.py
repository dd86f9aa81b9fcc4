"""The revision that folds names, on a database that has names already."""

import asyncpg

from touchbook.core.folding import fold, same
from touchbook.store.address import read_address
from touchbook.store.connecting import connect
from touchbook.store.embedded import Embedded
from touchbook.store.migrating import migrate

TEAM = """insert into teams (uid, name, created_at, updated_at) values (gen_random_uuid(), $1, now(), now())
    returning id"""
USER = """insert into users (uid, email, first_name, last_name, created_at, updated_at)
    values (gen_random_uuid(), $1, 'Éva', 'O’Brien', now(), now()) returning id"""
MEMBER = """insert into members (team_id, user_id, uid, role, created_at)
    values ($1, $2, gen_random_uuid(), 'admin', now())"""
ACCOUNT = """insert into accounts (team_id, uid, kind, name, created_at, updated_at)
    values ($1, gen_random_uuid(), 'company', $2, now(), now()) returning id"""
CONTACT = """insert into contacts (team_id, uid, account_id, owner_id, tags, created_by, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, $3, $4, $3, now(), now()) returning id"""
ATTRIBUTE = """insert into contact_attributes (team_id, uid, contact_id, type, text, matched, is_primary,
    is_partner, created_by, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, $4, $5, 'old', false, false, $3, now(), now())"""
DEAL = """insert into deals (team_id, uid, account_id, owner_id, title, created_by, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, $3, $4, $3, now(), now())"""
TAG = """insert into tags (team_id, uid, text, touch_freq, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, $3, now(), now()) returning id"""
TASK = """insert into tasks (team_id, uid, status, kind, origin, priority, created_by, created_at, updated_at,
    state_changed_at) values ($1, gen_random_uuid(), 'open', 'todo', 'manual', 0, $2, now(), now(), now())
    returning id"""
TASK_TAG = "insert into task_tags (team_id, task_id, tag_id, position) values ($1, $2, $3, $4)"
LIST = """insert into contact_lists (team_id, uid, name, created_by, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, $3, now(), now())"""
CHOICE = """insert into {} (team_id, uid, name, position, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, 1, now(), now()) returning id"""
SEQUENCE = """insert into sequences (team_id, uid, name, tags, owner_id, created_by, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, $3, $4, $4, now(), now()) returning id"""
TEMPLATE = """insert into templates (team_id, uid, name, body, owner_id, created_by, created_at, updated_at)
    values ($1, gen_random_uuid(), $2, '', $3, $3, now(), now()) returning id"""
CHOICES = ("stages", "personas", "task_dispositions", "task_purposes")
# More than are folded at once.
MANY = """insert into accounts (team_id, uid, kind, name, created_at, updated_at)
    select $1, gen_random_uuid(), 'company', 'NR ' || n, now(), now() from generate_series(1, 10001) n"""
NAMES = ["Café", "Cafe\u0301", "Łódź", "O’Brien"]


class Old:
    """A team of the database as it was."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def make(self, sql: str, *args: object) -> int:
        made: int = await self.connection.fetchval(sql, *args)
        return made

    async def fill(self, name: str) -> None:
        self.name = name
        self.team = await self.make(TEAM, name)
        self.user = await self.make(USER, f"É@{name}.com")
        await self.make(MEMBER, self.team, self.user)
        for each in NAMES:
            account = await self.make(ACCOUNT, self.team, each)
            contact = await self.make(CONTACT, self.team, account, self.user, [each, "VIP"])
            for kind in ("tag", "email", "first_name"):
                await self.make(ATTRIBUTE, self.team, contact, self.user, kind, each)
            await self.make(DEAL, self.team, account, self.user, each)
            await self.make(LIST, self.team, each, self.user)
            for table in CHOICES:
                await self.make(CHOICE.format(table), self.team, each)
            await self.make(SEQUENCE, self.team, each, [each, "VIP", "vip"], self.user)
            await self.make(TEMPLATE, self.team, each, self.user)
        tags = [
            await self.make(TAG, self.team, each, days) for each, days in zip(NAMES, (None, 5, 7, 9), strict=True)
        ]
        both, one = await self.make(TASK, self.team, self.user), await self.make(TASK, self.team, self.user)
        for task, tag, position in ((both, tags[0], 0), (both, tags[1], 1), (one, tags[1], 0), (one, tags[2], 1)):
            await self.make(TASK_TAG, self.team, task, tag, position)


async def test_what_was_there_is_folded(embedded: Embedded) -> None:
    url = embedded.create_database("folded")
    await migrate(url, "0004")
    connection = await connect(read_address(url))
    try:
        first, second = Old(connection), Old(connection)
        await first.fill("first")
        await second.fill("second")
        many = Old(connection)
        many.team = await many.make(TEAM, "many")
        await connection.execute(MANY, many.team)
        await migrate(url)
        for old in (first, second):
            await _check(old)
        assert await connection.fetchval("select count(*) from accounts where name_key not like '%nr %'") == 8
    finally:
        await connection.close()


async def _check(old: Old) -> None:
    async def rows(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await old.connection.fetch(sql, old.team)]

    assert await rows("select name, name_key, name_folded from accounts where team_id = $1 order by id") == [
        (name, same(name), fold(name)) for name in NAMES
    ]
    assert await rows("select title_folded from deals where team_id = $1 order by id") == [
        (fold(n),) for n in NAMES
    ]
    assert await rows("select tag_keys from contacts where team_id = $1 order by id") == [
        ([same(name), "vip"],) for name in NAMES
    ]
    keys = [key for (key,) in await rows("select name_key from contact_lists where team_id = $1 order by id")]
    assert [key.partition("\n")[0] for key in map(str, keys)] == [same(name) for name in NAMES]
    assert len(set(keys)) == len(NAMES)
    assert await rows("select text, text_key, touch_freq from tags where team_id = $1 order by id") == [
        ("Café", "café", 5), ("Łódź", "łódź", 7), ("O’Brien", "o’brien", 9),
    ]  # fmt: skip
    assert await rows(
        """select l.task_id - min(l.task_id) over () as task, g.text
        from task_tags l join tags g on g.id = l.tag_id where l.team_id = $1
        and g.team_id = $1 order by 1, l.position"""
    ) == [(0, "Café"), (1, "Café"), (1, "Łódź")]
    assert await rows(
        """select distinct type, text, matched from contact_attributes a
        where a.team_id = $1 and type <> 'first_name' order by 1, 2"""
    ) == sorted((kind, name, same(name)) for kind in ("tag", "email") for name in NAMES)
    assert await rows("select fold_version from teams where id = $1") == [(0,)]
    for table in (*CHOICES, "sequences", "templates"):
        assert await rows(f"select name_folded from {table} x where x.team_id = $1 order by id") == [
            (fold(name),) for name in NAMES
        ]
    assert await rows("select tag_keys from sequences where team_id = $1 order by id") == [
        ([same(name), "vip"],) for name in NAMES
    ]
    assert await rows(
        """select u.first_name_folded, u.last_name_folded from users u
        where u.id in (select m.user_id from members m where m.team_id = $1)"""
    ) == [("eva", "o'brien")]
    assert await rows(
        "select u.email_key from users u where u.id in (select m.user_id from members m where m.team_id = $1)"
    ) == [(same(f"É@{old.name}.com"),)]
