"""Real servers, each in a data directory of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.store.conftest import Start
from touchbook.store import binaries, cluster, places
from touchbook.store.embedded import Embedded, open_embedded
from touchbook.store.errors import StoreError
from touchbook.store.system_user import SystemUser, run

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="asks for root")

USER = """
import sys
from pathlib import Path, PosixPath
from touchbook.store.embedded import open_embedded
embedded = open_embedded(Path({data_dir!r}), {pg_bin}, report=lambda words: None, fsync=False)
print(embedded.url, flush=True)
sys.stdin.readline()
embedded.close()
print("closed", flush=True)
"""


async def fetch(url: str, statement: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def open_quietly(data_dir: Path, pg_bin: Path | None = None) -> Embedded:
    return open_embedded(data_dir, pg_bin, lambda _: None, fsync=False)


def begin_use(start: Start, data_dir: Path, pg_bin: Path | None = None, **options: Any) -> subprocess.Popen[str]:
    return start(USER.format(data_dir=str(data_dir), pg_bin=repr(pg_bin)), **options)


def say(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdin
    process.stdin.write(words)
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def pid_file(data_dir: Path) -> Path:
    return data_dir / "postgres" / "data" / "postmaster.pid"


def postmaster(data_dir: Path) -> int:
    return int(pid_file(data_dir).read_text().split()[0])


def rights(path: Path) -> tuple[int, int, int]:
    status = path.lstat()
    return status.st_mode, status.st_uid, status.st_gid


def rights_around(data_dir: Path) -> dict[Path, tuple[int, int, int]]:
    """Of all directories above, and of all that the wheel has installed."""
    sites = [place.parents[2] for place in binaries.wheel_places()]
    installed = [path for site in sites for path in site.glob(f"{binaries.WHEEL}*/**/*") if path.suffix != ".pyc"]
    assert len(installed) > 100 or not sites
    return {path: rights(path) for path in [*data_dir.parents, *sites, *installed]}


async def test_the_first_start_makes_a_private_server_and_changes_no_permission_around_it(new_dir: Path) -> None:
    before = rights_around(new_dir)
    home = new_dir / "postgres"
    with open_quietly(new_dir) as embedded:
        assert (home / "passwords").stat().st_mode & 0o777 == 0o600
        assert (home / "run").stat().st_mode & 0o777 == 0o700
        assert home.stat().st_mode & 0o777 == 0o700
        assert new_dir.stat().st_mode & 0o067 == 0
        first_tcp_address = pid_file(new_dir).read_text().splitlines()[5]
        assert first_tcp_address == ""
        assert await fetch(embedded.url, "show listen_addresses") == ""
    assert rights_around(new_dir) == before


async def test_the_database_is_the_roles_own_and_knows_the_letters_of_unicode(data_dir: Path) -> None:
    with open_quietly(data_dir) as embedded:
        url = embedded.url
        assert await fetch(url, "select current_user") == "touchbook"
        assert not await fetch(url, "select bool_or(rolsuper) from pg_roles where rolname = current_user")
        owner = "select datdba::regrole::text from pg_database where datname = current_database()"
        assert await fetch(url, owner) == "touchbook"
        assert await fetch(url, "show data_checksums") == "on"
        assert await fetch(url, "show timezone") == "UTC"
        assert await fetch(url, "select lower('ÄÇЖ')") == "äçж"
        assert await fetch(url, "select array_length(show_trgm('Жук'), 1)") == 4
        assert await fetch(url, "select unaccent('Hôtel')") == "Hotel"


async def test_a_second_start_takes_less_than_five_seconds_and_finds_the_rows(data_dir: Path) -> None:
    with open_quietly(data_dir) as embedded:
        await fetch(embedded.url, "create table kept_by_a_stop as select 7 as value")
    begun = time.monotonic()
    with open_quietly(data_dir) as embedded:
        assert time.monotonic() - begun < 5
        assert await fetch(embedded.url, "select value from kept_by_a_stop") == 7


async def test_a_wrong_password_is_refused(data_dir: Path) -> None:
    with open_quietly(data_dir) as embedded:
        password = embedded.url.partition("touchbook:")[2].partition("@")[0]
        with pytest.raises(asyncpg.InvalidPasswordError):
            await fetch(embedded.url.replace(password, "guess"), "select 1")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await fetch(embedded.url.replace("touchbook:", "postgres:"), "select 1")


async def test_without_a_word_on_safety_the_disk_is_waited_for(data_dir: Path) -> None:
    with open_embedded(data_dir, report=lambda _: None) as embedded:
        assert await fetch(embedded.url, "show fsync") == "on"
    with open_quietly(data_dir) as embedded:
        assert await fetch(embedded.url, "show fsync") == "off"


async def test_databases_come_and_go(data_dir: Path) -> None:
    with open_quietly(data_dir) as embedded:
        url = embedded.create_database('one "more"')
        await fetch(url, "create table kept as select similarity('a', 'a') as value")
        copy = embedded.create_database("copy", template='one "more"')
        assert await fetch(copy, "select value from kept") == 1
        with pytest.raises(StoreError, match="already exists"):
            embedded.create_database("copy")
        embedded.drop_database("copy")
        embedded.drop_database("copy")
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await fetch(copy, "select 1")


async def test_the_last_user_stops_the_server(data_dir: Path) -> None:
    first, second = open_quietly(data_dir), open_quietly(data_dir)
    first.close()
    first.close()
    assert await fetch(second.url, "select 1") == 1
    second.close()
    assert not pid_file(data_dir).exists()


async def test_what_a_killed_user_leaves_is_taken_over_and_stopped(data_dir: Path, start: Start) -> None:
    user = begin_use(start, data_dir)
    hear(user)
    pid = postmaster(data_dir)
    user.kill()
    user.wait()
    with open_quietly(data_dir) as embedded:
        assert postmaster(data_dir) == pid
        assert await fetch(embedded.url, "select 1") == 1
    assert not pid_file(data_dir).exists()


async def test_a_first_start_killed_half_way_is_begun_anew(new_dir: Path, programs: Path, start: Start) -> None:
    user = begin_use(start, new_dir, programs, process_group=0)
    while not list(new_dir.glob("postgres/new-*/data/PG_VERSION")):
        time.sleep(0.01)
    os.killpg(user.pid, signal.SIGKILL)
    user.wait()
    with open_quietly(new_dir, programs) as embedded:
        assert await fetch(embedded.url, "select 1") == 1
    assert not list(new_dir.glob("postgres/new-*"))


async def test_a_killed_server_recovers(data_dir: Path) -> None:
    with open_embedded(data_dir, report=lambda _: None) as embedded:
        await fetch(embedded.url, "create table kept_by_the_log as select 7 as value")
        pid = postmaster(data_dir)
        os.kill(pid, signal.SIGKILL)
        with open_quietly(data_dir) as again:
            assert postmaster(data_dir) != pid
            assert await fetch(again.url, "select value from kept_by_the_log") == 7


async def test_a_number_that_another_program_bears_by_now_is_not_believed(data_dir: Path) -> None:
    with open_quietly(data_dir):
        left = pid_file(data_dir).read_text().partition("\n")[2]
        owner = pid_file(data_dir).stat()
    options: dict[str, Any] = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    other = subprocess.Popen(["sleep", "600"], cwd="/", **options)
    try:
        for file in (pid_file(data_dir), data_dir / "postgres" / "run" / ".s.PGSQL.5432.lock"):
            file.write_text(f"{other.pid}\n{left}")
            os.chown(file, owner.st_uid, owner.st_gid)
        with open_quietly(data_dir) as embedded:
            assert await fetch(embedded.url, "select 1") == 1
            assert postmaster(data_dir) != other.pid
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


async def test_a_server_that_hangs_is_given_up_and_left_in_peace(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.5)
    with open_quietly(data_dir) as embedded:
        pid = postmaster(data_dir)
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(StoreError, match="does not come up"):
                open_quietly(data_dir)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert await fetch(embedded.url, "select 1") == 1
        assert postmaster(data_dir) == pid


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    settings = data_dir / "postgres" / "data" / "postgresql.conf"
    whole = settings.read_text()
    settings.write_text(f"{whole}\nunheard_of = many\n")
    try:
        with pytest.raises(StoreError, match="unheard_of"):
            open_quietly(data_dir)
    finally:
        settings.write_text(whole)


async def test_ctrl_c_leaves_the_server_to_the_application(data_dir: Path, start: Start) -> None:
    patient = USER.replace("import sys", "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN)", 1)
    user = start(patient.format(data_dir=str(data_dir), pg_bin=None), process_group=0)
    url = hear(user)
    os.killpg(user.pid, signal.SIGINT)
    time.sleep(0.5)
    assert await fetch(url, "select 1") == 1
    say(user, "\n")
    assert hear(user) == "closed"
    assert not pid_file(data_dir).exists()


def test_four_who_come_at_once_share_one_server(new_dir: Path, programs: Path, start: Start) -> None:
    users = [begin_use(start, new_dir, programs) for _ in range(4)]
    assert len({hear(user) for user in users}) == 1
    pid = postmaster(new_dir)
    for user in users:
        assert postmaster(new_dir) == pid
        say(user, "\n")
        assert hear(user) == "closed"
    assert not pid_file(new_dir).exists()


def test_without_any_postgresql_the_error_names_three_ways_out(
    new_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "PLACES", ())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StoreError) as refusal:
        open_quietly(new_dir)
    for way in ("TOUCHBOOK_PG_BIN", "extra `embedded`", "TOUCHBOOK_DATABASE_URL"):
        assert way in str(refusal.value)


def test_programs_that_are_not_there_are_named(new_dir: Path, ground: Path) -> None:
    with pytest.raises(StoreError, match=f"TOUCHBOOK_PG_BIN is {ground}"):
        open_quietly(new_dir, ground)


async def test_chosen_programs_are_used_where_they_stand(new_dir: Path, programs: Path) -> None:
    with open_quietly(new_dir, programs) as embedded:
        assert embedded.bin_dir == programs
        assert await fetch(embedded.url, "select 1") == 1
    assert not list((new_dir / "postgres" / "binaries").iterdir())


async def test_a_server_of_the_machine_will_do(new_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not list(binaries.look_in(binaries.machine_places("postgres"), binaries.SERVER_PROGRAMS)):
        pytest.skip("no PostgreSQL is installed on this machine")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    with open_quietly(new_dir) as embedded:
        assert await fetch(embedded.url, "select lower('ÄÇЖ')") == "äçж"
        assert await fetch(embedded.url, "select array_length(show_trgm('Жук'), 1)") == 4


async def test_the_copied_programs_outlive_the_wheel(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "wheel_places", list)
    with open_quietly(data_dir) as embedded:
        assert embedded.bin_dir.is_relative_to(data_dir)
        assert await fetch(embedded.url, "select 1") == 1


def test_a_newer_copy_takes_the_place_of_an_older_of_its_major(data_dir: Path) -> None:
    newer = next(data_dir.glob("postgres/binaries/*"))
    older, other_major = newer.with_name("18.0.1"), newer.with_name("17.5")
    newer.rename(older)
    other_major.mkdir()
    with open_quietly(data_dir) as embedded:
        assert embedded.bin_dir.is_relative_to(newer)
    assert newer.exists()
    assert not older.exists()
    other_major.rmdir()


def test_data_of_another_major_says_what_to_do(data_dir: Path) -> None:
    version = data_dir / "postgres" / "data" / "PG_VERSION"
    whole = version.read_text()
    version.write_text("14\n")
    try:
        with pytest.raises(StoreError, match=r"PostgreSQL 14; at hand: PostgreSQL \d.*TOUCHBOOK_PG_BIN.*backup"):
            open_quietly(data_dir)
    finally:
        version.write_text(whole)


async def test_a_long_path_has_its_socket_elsewhere(new_dir: Path, programs: Path) -> None:
    data_dir = new_dir / ("long" * 20) / "data"
    with open_quietly(data_dir, programs) as embedded:
        assert await fetch(embedded.url, "select 1") == 1
        directory = Path((data_dir / "postgres" / "run.place").read_text())
        assert directory.stat().st_mode & 0o777 == 0o700
    directory.rmdir()
    directory.mkdir()
    directory.chmod(0o777)
    with pytest.raises(StoreError, match="is not used"):
        open_quietly(data_dir, programs)
    directory.rmdir()
    directory.symlink_to(new_dir)
    with pytest.raises(StoreError, match="is not used"):
        open_quietly(data_dir, programs)
    directory.unlink()


@as_root
async def test_another_user_runs_it_too_and_root_as_that_user(ground: Path, start: Start) -> None:
    nobody = SystemUser(pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    options: dict[str, Any] = {
        "user": nobody.uid,
        "group": nobody.gid,
        "extra_groups": [],
        "python": python_for(nobody),
    }
    data_dir = Path(tempfile.mkdtemp(dir=ground))
    nobody.own(data_dir)
    user = begin_use(start, data_dir, **options)
    url = hear(user)
    assert await fetch(url, "select current_user") == "touchbook"
    assert pid_file(data_dir).stat().st_uid == nobody.uid
    say(user, "\n")
    assert hear(user) == "closed"
    with open_quietly(data_dir) as embedded:
        assert embedded.url == url
        assert pid_file(data_dir).stat().st_uid == nobody.uid
    again = begin_use(start, data_dir, **options)
    assert hear(again) == url
    say(again, "\n")
    assert hear(again) == "closed"


def python_for(system_user: SystemUser) -> Path:
    """One that runs Touchbook as this user, who may not reach ours."""
    modules = os.pathsep.join(sys.path)
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        with suppress(StoreError):
            command = [python, "-c", "import touchbook.store.embedded"]
            run(command, system_user=system_user, environment={"PYTHONPATH": modules})
            return Path(python)
    pytest.skip("another user can reach no Python that runs Touchbook")


@as_root
async def test_as_root_below_a_closed_home_the_files_have_their_place_elsewhere(
    ground: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "ELSEWHERE", ground / "var" / "touchbook")
    closed = Path(tempfile.mkdtemp(dir=ground))
    data_dir = closed / "data"
    before, said = rights_around(data_dir), list[str]()
    with open_embedded(data_dir, programs, said.append, fsync=False) as embedded:
        await fetch(embedded.url, "create table kept as select 7 as value")
    assert rights_around(data_dir) == before
    assert str(places.ELSEWHERE) in said[0]
    moved = data_dir.rename(closed / "moved")
    with open_quietly(moved, programs) as embedded:
        assert await fetch(embedded.url, "select value from kept") == 7
    shutil.copytree(moved, data_dir)
    with pytest.raises(StoreError, match="is a copy of"):
        open_quietly(moved, programs)


def test_a_data_directory_that_is_not_to_be_entered_is_a_clear_error(ground: Path) -> None:
    file = ground / "file"
    file.touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_quietly(file / "data")
