"""Real dumps of real databases."""

import subprocess
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from touchbook.store import backup as module
from touchbook.store.backup import backup, restore
from touchbook.store.embedded import Embedded
from touchbook.store.errors import StoreError

FILLED = """
create schema other;
create type other.mood as enum ('calm', 'cross');
create domain short as text check (length(value) < 10);
create table people (id bigint generated always as identity primary key, name text not null, mood other.mood);
create table tasks (id uuid primary key default gen_random_uuid(), person bigint references people, said jsonb);
create table past (at date, said text) partition by range (at);
create table past_2025 partition of past for values from ('2025-01-01') to ('2026-01-01');
create index on people using gin (name gin_trgm_ops);
create view calm as select * from people where mood = 'calm';
create materialized view counted as select count(*) from people;
create sequence numbers start 40;
create function twice(n bigint) returns bigint language sql as 'select n * 2';
create procedure nothing() language sql as '';
create aggregate total(bigint) (sfunc = int8pl, stype = bigint, initcond = 0);
create text search configuration plain (copy = simple);
create statistics related on name, mood from people;
create type pair as (a int, b int);
comment on table people is 'people';
insert into people (name, mood)
    select 'Zoë ' || n, (array['calm', 'cross'])[1 + n % 2]::other.mood from generate_series(1, 5000) n;
insert into tasks (person, said) select id, jsonb_build_object('note', repeat(name, 20)) from people;
insert into past values ('2025-02-03', 'long ago');
select nextval('numbers');
refresh materialized view counted;
"""
CONTENTS = """
select json_build_object(
    'people', (select md5(string_agg(p::text, ',' order by id)) from people p),
    'tasks', (select md5(string_agg(t::text, ',' order by id)) from tasks t),
    'past', (select json_agg(p) from past p), 'twice', twice(21), 'next', nextval('numbers') > 40,
    'calm', (select count(*) from calm), 'counted', (select count from counted),
    'total', (select total(id) from people), 'plain', to_tsvector('plain', 'a word')::text)::text
"""

NewDatabase = Callable[[], str]


async def ask(url: str, statement: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def execute(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def new_database(embedded: Embedded) -> NewDatabase:
    numbers = count()
    return lambda: embedded.create_database(f"backup_{next(numbers)}")


@pytest.fixture(scope="module")
async def filled(new_database: NewDatabase) -> str:
    url = new_database()
    await execute(url, FILLED)
    return url


@pytest.fixture(scope="module")
def dump(embedded: Embedded, filled: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("dumps") / "touchbook.dump"
    backup(filled, embedded.bin_dir, file)
    return file


async def test_what_is_restored_is_what_was_backed_up(
    embedded: Embedded, filled: str, dump: Path, new_database: NewDatabase
) -> None:
    url = new_database()
    restore(url, embedded.bin_dir, dump)
    assert await ask(url, CONTENTS) == await ask(filled, CONTENTS)


def test_a_backup_is_for_its_owners_eyes_and_leaves_nothing_beside_it(dump: Path) -> None:
    assert dump.stat().st_mode & 0o777 == 0o600
    assert list(dump.parent.iterdir()) == [dump]


def test_paths_may_be_relative(
    embedded: Embedded, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_database: NewDatabase
) -> None:
    monkeypatch.chdir(tmp_path)
    backup(filled, embedded.bin_dir, Path("here.dump"))
    assert (tmp_path / "here.dump").exists()
    restore(new_database(), embedded.bin_dir, Path("here.dump"))


async def test_a_database_that_is_not_empty_is_left_alone(
    embedded: Embedded, dump: Path, new_database: NewDatabase
) -> None:
    url = new_database()
    await ask(url, "create table people as select 'mine' as name")
    with pytest.raises(StoreError, match="not empty"):
        restore(url, embedded.bin_dir, dump)
    assert await ask(url, "select name from people") == "mine"


async def test_replacing_takes_away_all_that_was_there(
    embedded: Embedded, filled: str, dump: Path, new_database: NewDatabase
) -> None:
    url = new_database()
    await execute(url, FILLED)
    await execute(url, "create table newer as select 1 as value; create schema newest; create table newest.t ()")
    await execute(url, "truncate people, tasks")
    restore(url, embedded.bin_dir, dump, replace=True)
    assert await ask(url, CONTENTS) == await ask(filled, CONTENTS)
    left = "select count(*) from pg_class where relnamespace::regnamespace::text = 'newest' or relname = 'newer'"
    assert await ask(url, left) == 0


@pytest.mark.parametrize("part", [0.0, 0.5, 0.999])
async def test_a_broken_backup_is_refused_and_changes_nothing(
    part: float, embedded: Embedded, dump: Path, new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database()
    await ask(url, "create table people as select 'mine' as name")
    broken = tmp_path / "broken.dump"
    whole = dump.read_bytes()
    broken.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(StoreError, match=r"broken\.dump"):
        restore(url, embedded.bin_dir, broken, replace=True)
    assert await ask(url, "select name from people") == "mine"


async def test_a_flipped_byte_is_found(
    embedded: Embedded, dump: Path, new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database()
    flipped = bytearray(dump.read_bytes())
    flipped[len(flipped) // 2] ^= 0xFF
    broken = tmp_path / "flipped.dump"
    broken.write_bytes(flipped)
    with pytest.raises(StoreError):
        restore(url, embedded.bin_dir, broken)
    assert await ask(url, "select to_regclass('people')") is None


async def test_a_dump_that_ends_after_it_was_read_is_not_committed(
    embedded: Embedded, dump: Path, new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database()
    await ask(url, "create table people as select 'mine' as name")
    broken = tmp_path / "broken.dump"
    broken.write_bytes(dump.read_bytes()[:-200])
    monkeypatch.setattr(module.Client, "verify", lambda self, file: None)
    with pytest.raises(StoreError, match="Nothing was restored"):
        restore(url, embedded.bin_dir, broken, replace=True)
    assert await ask(url, "select name from people") == "mine"


async def test_a_statement_that_fails_undoes_all(
    embedded: Embedded, dump: Path, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database()
    await ask(url, "create view people as select 'mine' as name")
    monkeypatch.setattr(module, "OBJECTS", "from pg_class where false")
    with pytest.raises(StoreError, match=r"Nothing was restored.*\n?.*people"):
        restore(url, embedded.bin_dir, dump)
    assert await ask(url, "select name from people") == "mine"
    assert await ask(url, "select to_regclass('tasks')") is None


def test_a_missing_file_is_said_to_be_missing(embedded: Embedded, filled: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no file"):
        restore(filled, embedded.bin_dir, tmp_path / "none.dump")
    with pytest.raises(StoreError, match="cannot be written"):
        backup(filled, embedded.bin_dir, tmp_path / "none" / "file.dump")


def test_a_failed_backup_leaves_the_older_one(embedded: Embedded, tmp_path: Path) -> None:
    file = tmp_path / "touchbook.dump"
    file.write_text("older")
    with pytest.raises(StoreError, match="does not exist"):
        backup(embedded.url_of("no_such_database"), embedded.bin_dir, file)
    assert file.read_text() == "older"
    assert list(tmp_path.iterdir()) == [file]


def test_the_password_is_in_no_argument(
    embedded: Embedded, filled: str, dump: Path, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = filled.partition("touchbook:")[2].partition("@")[0]
    seen: list[str] = []
    real = subprocess.Popen.__init__

    def note(self: Any, command: Any, *rest: Any, **options: Any) -> None:
        seen.extend(map(str, command))
        real(self, command, *rest, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", note)
    backup(filled, embedded.bin_dir, dump.with_name("again.dump"))
    restore(new_database(), embedded.bin_dir, dump)
    assert any("pg_dump" in word for word in seen)
    assert not any(password in word for word in seen)


def test_programs_older_than_the_server_are_passed_over(
    embedded: Embedded, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bin"
    old.mkdir()
    for program in ("pg_dump", "pg_restore"):
        (old / program).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
        (old / program).chmod(0o755)
    (old / "psql").symlink_to(embedded.bin_dir / "psql")
    backup(filled, old, tmp_path / "touchbook.dump")
    monkeypatch.setattr("touchbook.store.binaries.wheel_places", list)
    monkeypatch.setattr("touchbook.store.binaries.PLACES", ())
    monkeypatch.setenv("PATH", str(old))
    with pytest.raises(StoreError, match=r"pg_dump and pg_restore of PostgreSQL \d+ or newer"):
        backup(filled, old, tmp_path / "touchbook.dump")
