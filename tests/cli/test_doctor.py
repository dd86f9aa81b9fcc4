import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Script
from touchbook.cli.doctor import _examine_exposure
from touchbook.config import Settings
from touchbook.core.teams.founding import found_team
from touchbook.store.embedded import Embedded
from touchbook.store.postgres import Store


def test_all_is_well(touchbook: Script, data_dir: Path) -> None:
    said = touchbook.say("doctor")
    assert "WRONG" not in said
    assert f"data_dir = {data_dir}" in said


async def test_what_is_left_to_be_derived_anew(fresh: Callable[[str], Script], embedded: Embedded) -> None:
    database = fresh("left")
    store = await Store.open(embedded.url_of("left"))
    try:
        async with store.transaction() as tx:
            team = await found_team(tx, name="Alice's")
            await tx.execute("insert into derivations (team_id, part) values ($1, 'task_columns')", team.id)
    finally:
        await store.close()
    assert "left to be derived anew: task_columns (1 teams)\n      -> Keep a worker" in database.say("doctor")


def test_a_loose_credentials_file_is_wrong(touchbook: Script, embedded: Embedded, tmp_path: Path) -> None:
    loose = Script(tmp_path).with_database(embedded.url)
    (tmp_path / "demo.json").write_text("{}")
    (tmp_path / "demo.json").chmod(0o644)
    sick = loose.run("doctor")
    assert sick.returncode == 1
    assert f"chmod 0600 {tmp_path}/demo.json" in sick.stdout
    assert embedded.url.split(":")[2].partition("@")[0] not in sick.stdout


def test_the_secret_key_is_not_shown(touchbook: Script) -> None:
    said = Script(touchbook.data_dir, {"TOUCHBOOK_SECRET_KEY": "kims-own-words" * 3}).say("doctor")
    assert "secret_key = ***" in said
    assert "kims-own-words" not in said


def test_an_empty_database_wants_migrating(touchbook: Script, embedded: Embedded) -> None:
    sick = touchbook.with_database(embedded.create_database("unmigrated")).run("doctor")
    assert sick.returncode == 1
    assert "touchbook migrate" in sick.stdout


def test_a_database_out_of_reach(touchbook: Script) -> None:
    url = "postgresql://alice:top.secret@127.0.0.1:9/touchbook?password=other.secret"
    sick = touchbook.with_database(url).run("doctor")
    assert sick.returncode == 1
    assert "TOUCHBOOK_DATABASE_URL" in sick.stdout
    assert ".secret" not in sick.stdout + sick.stderr
    assert "alice" in sick.stdout


def test_what_several_servers_must_share(touchbook: Script, embedded: Embedded) -> None:
    """The embedded database is of one machine alone."""
    said = touchbook.with_database(embedded.url).say("doctor")
    assert "set secret_key, the same for each" in said
    assert "set files_url, the same for each" in said
    assert "the same for each" not in touchbook.say("doctor")


def test_a_pooler_and_the_role_behind_it(touchbook: Script, embedded: Embedded) -> None:
    """The server itself passes for a pooler: neither is told any settings. No password is shown."""
    pooled = Script(
        touchbook.data_dir,
        {
            "TOUCHBOOK_DATABASE_URL": f"{embedded.url}&options=-c%20jit%3Don",
            "TOUCHBOOK_WORKER_DATABASE_URL": embedded.url,
            "TOUCHBOOK_DATABASE_POOLER": "transaction",
        },
    )
    sick = pooled.run("doctor")
    assert sick.returncode == 1
    assert "alter role touchbook set jit = 'off';" in sick.stdout
    assert "timezone =" not in sick.stdout.partition("Settings in force")[0]
    assert embedded.url.split(":")[2].partition("@")[0] not in sick.stdout


@pytest.mark.parametrize(
    ("host", "public", "asks"),
    [
        ("0.0.0.0", None, True),
        ("::", None, True),
        ("192.0.2.1", None, True),
        ("0.0.0.0", "https://book.example.com", False),
        ("127.0.0.2", None, False),
        ("::1", None, False),
        ("localhost", None, False),
    ],
)
def test_a_server_that_others_reach_needs_its_address(host: str, public: str | None, asks: bool) -> None:
    findings = [*_examine_exposure(Settings(host=host, public_url=public))]
    assert any("TOUCHBOOK_PUBLIC_URL" in finding.remedy for finding in findings) == asks


@pytest.mark.parametrize(("user", "said"), [(0, True), (1000, False)])
def test_root_is_no_user_for_a_server(monkeypatch: pytest.MonkeyPatch, user: int, said: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    findings = [*_examine_exposure(Settings())]
    assert any("root" in finding.what for finding in findings) == said
