from collections.abc import Callable
from pathlib import Path

import asyncpg

from tests.cli.conftest import Script
from touchbook.store.embedded import Embedded
from touchbook.store.migrating import newest_revision
from touchbook.store.revisions import newest_revision as newest_by_name


def test_the_newest_revision_is_told_by_its_name() -> None:
    assert newest_by_name() == newest_revision()


def test_migrating_says_before_and_after(touchbook: Script, embedded: Embedded) -> None:
    bare = touchbook.with_database(embedded.create_database("bare"))
    refusal = bare.fail("serve", "--port", "0", "--no-migrate")
    assert "touchbook migrate" in refusal
    assert bare.say("migrate") == f"empty -> {newest_revision()}"
    assert bare.say("migrate") == f"{newest_revision()}, nothing to do"
    with bare.running("serve", "--port", "0", "--no-migrate") as server:
        assert server.url


async def test_a_database_of_another_revision_is_refused(
    fresh: Callable[[str], Script], embedded: Embedded
) -> None:
    other = fresh("other")
    connection = await asyncpg.connect(embedded.url_of("other"))
    try:
        await connection.execute("update alembic_version set version_num = '9999'")
    finally:
        await connection.close()
    assert "9999" in other.fail("serve", "--port", "0")
    assert "9999" in other.fail("migrate")


def test_a_database_out_of_reach(touchbook: Script) -> None:
    away = touchbook.with_database("postgresql://alice:secret@127.0.0.1:9/touchbook")
    for words in (("serve", "--port", "0"), ("migrate",), ("tasks",)):
        complaint = away.fail(*words)
        assert "cannot be reached" in complaint
        assert "secret" not in complaint


def test_a_backup_comes_back(touchbook: Script, embedded: Embedded, tmp_path: Path) -> None:
    before = touchbook.demo()
    file = tmp_path / "touchbook.dump"
    touchbook.say("backup", str(file))
    again = touchbook.with_database(embedded.create_database("again"))
    assert again.say("restore", str(file)).endswith(f"revision {newest_by_name()}.")
    assert again.demo() == before
    assert "--replace" in again.fail("restore", str(file))
    again.say("team", "add", "Made since")
    again.say("restore", "--replace", str(file))
    assert "Made since" in again.fail("tasks", "--team", "Made since")
    assert again.demo() == before


def test_a_backup_that_is_none(touchbook: Script, embedded: Embedded, tmp_path: Path) -> None:
    empty = touchbook.with_database(embedded.create_database("empty"))
    assert "missing.dump" in empty.fail("restore", str(tmp_path / "missing.dump"))
    assert "nowhere" in touchbook.fail("backup", str(tmp_path / "nowhere" / "file"))


def test_a_superuser_is_warned_of(fresh: Callable[[str], Script], embedded: Embedded) -> None:
    url = embedded.url_of("chiefs").replace("://touchbook:", "://chief:")
    password = url.split(":")[2].partition("@")[0]
    embedded._cluster.sql(f"create role chief superuser login password '{password}'")
    with fresh("chiefs").with_database(url).running("serve", "--port", "0") as running:
        running.process.terminate()
        _, complaints = running.process.communicate(timeout=20)
    assert "chief is a superuser" in complaints
