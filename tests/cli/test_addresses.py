"""Every form of TOUCHBOOK_DATABASE_URL through every command."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Script
from tests.store.addresses import FORMS, WRONG, Place
from tests.store.listening import PASSWORD, Listening, listening_twice
from touchbook.store.migrating import newest_revision

SAMPLE = "hosts"


@pytest.fixture(scope="module")
def servers(ground: Path) -> Iterator[tuple[Listening, Listening]]:
    home = ground / "commands"
    home.mkdir(mode=0o755)
    with listening_twice(home, [f'"form_{name}"' for name in FORMS]) as both:
        yield both


@pytest.mark.parametrize(
    "form", [SAMPLE, *(pytest.param(form, marks=pytest.mark.long) for form in FORMS if form != SAMPLE)]
)
def test_every_command_takes_it(form: str, servers: tuple[Listening, Listening], tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = FORMS[form](Place(*servers, held.getsockname()[1], f"form_{form}"))
        go_through_all(Script(tmp_path / "data").with_database(url), tmp_path, servers[0].bin)


def go_through_all(script: Script, directory: Path, programs: Path) -> None:
    dump, listings = directory / "b.dump", directory / "listings.json"
    listings.write_text('[{"id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427"}]')
    script = Script(script.data_dir, script.environment | {"TOUCHBOOK_PG_BIN": str(programs)})
    assert script.say("migrate") == f"empty -> {newest_revision()}"
    script.say("demo", "--json")
    script.say("team", "add", "Sales")
    script.say("team", "set", "Sales", "--touch-tasks", "off")
    script.say("user", "add", "--team", "Sales", "--email", "ann@sales.example", "--role", "admin")
    script.say("user", "set-password", "--team", "Sales", "--email", "ann@sales.example", typed="long enough\n")
    key = script.say("key", "create", "--team", "Sales", "--user", "ann@sales.example", "--scope", "write")
    script.say("key", "list")
    script.say("key", "revoke", key.split("_")[1])
    client = script.say("client", "add", "phone").splitlines()[0].partition("=")[2]
    script.say("client", "list")
    script.say("client", "remove", client)
    script.say("import-listings", str(listings), "--team", "Sales")
    script.say("tasks", "--team", "Sales")
    script.say("jobs")
    said = script.say("doctor")
    assert PASSWORD not in said
    assert "s%2Fs" not in said
    script.say("backup", str(dump))
    script.say("restore", "--replace", str(dump))
    with script.running("worker") as running:
        assert "The worker is running" in running.lines[0]
        assert running.stop(signal.SIGTERM) is not None
    with script.running("serve", "--port", "0") as running:
        assert running.url


@pytest.mark.parametrize(
    "words",
    [("serve", "--port", "0"), ("worker",), ("migrate",), ("demo",), ("tasks",), ("jobs",), ("backup", "b.dump")],
    ids=lambda words: words[0],
)
def test_a_wrong_one_is_one_line(words: tuple[str, ...], tmp_path: Path) -> None:
    wrong = "postgresql://touchbook:hush-hush@127.0.0.1/db?sslmode=requires"
    complaint = Script(tmp_path / "data").with_database(wrong).fail(*words)
    assert "sslmode" in complaint
    assert "hush" not in complaint
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("wrong", [next(iter(WRONG)), "postgresql://touchbook:hush-hush@[::1/db"])
def test_doctor_says_what_is_wrong_with_it(wrong: str, tmp_path: Path) -> None:
    done = Script(tmp_path / "data").with_database(wrong).run("doctor")
    assert done.returncode == 1
    assert "WRONG TOUCHBOOK_DATABASE_URL cannot be used" in done.stdout
    assert "database_url = ***" in done.stdout
    assert "hush" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "query",
    ["sslmode=verify-full&sslrootcert=/nowhere/root.crt", "target_session_attrs=standby", "sslcert=/nowhere"],
)
def test_what_fails_as_it_connects_is_one_line(
    query: str, servers: tuple[Listening, Listening], tmp_path: Path
) -> None:
    url = Place(*servers, 1, "touchbook").url(f"?{query}")
    for words in (("serve", "--port", "0"), ("migrate",), ("demo",)):
        assert "cannot be reached" in Script(tmp_path / "data").with_database(url).fail(*words)
