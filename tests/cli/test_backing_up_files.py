"""`touchbook backup --with-files` and what `restore` makes of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest

from tests.bucket import BucketServer, serving_bucket
from tests.cli.conftest import Script
from tests.core.files.rows import chunks_of
from touchbook.config import Settings
from touchbook.core.files.receiving import begin_file, keep_file, store_bytes
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.queries import find_team, list_users
from touchbook.store.embedded import Embedded
from touchbook.store.files import open_storage
from touchbook.store.postgres import Store

CONTENTS = {"one.txt": b"the first", "two.pdf": b"%PDF-" + os.urandom(700_000), "none.txt": b""}


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    with serving_bucket(tmp_path_factory.mktemp("bucket")) as bucket:
        yield bucket


@pytest.fixture(scope="session")
async def pattern(
    fresh: Callable[[str], Script], bucket: BucketServer, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data directory with the files, and the same in the bucket; the database "files" names them."""
    home = tmp_path_factory.mktemp("pattern")
    script = fresh("files")
    script.say("team", "add", "Files")
    script.say("user", "add", "--team", "Files", "--email", "ann@files.example")
    (home / "secret.key").write_text("k" * 64 + "\n")
    await fill(script.environment["TOUCHBOOK_DATABASE_URL"], Settings(data_dir=home))
    shutil.copytree(home / "files", bucket.directory / bucket.bucket / bucket.prefix)
    return home


@pytest.fixture
def kept(
    pattern: Path, bucket: BucketServer, touchbook: Script, embedded: Embedded, tmp_path: Path, request: Any
) -> Script:
    """A database of the test's own with three files, in its data directory or in the bucket."""
    url = embedded.create_database(f"kept_{uuid4().hex}", template="files")
    script = Script(tmp_path / "home").with_database(url)
    if getattr(request, "param", "") == "bucket":
        script.data_dir.mkdir()
        shutil.copy(pattern / "secret.key", script.data_dir)
        return Script(script.data_dir, script.environment | {"TOUCHBOOK_FILES_URL": bucket.files_url})
    shutil.copytree(pattern, script.data_dir)
    return script


async def fill(url: str, settings: Settings) -> None:
    store, storage = await Store.open(url, size=2), open_storage(settings)
    async with store.transaction() as tx:
        team = await find_team(tx, "Files")
        assert team is not None
        caller = act_as(team, (await list_users(tx, team.id))[0], surface="cli")
    for name, content in CONTENTS.items():
        async with store.transaction() as tx:
            begun = await begin_file(tx, caller, name=name)
        upload = await store_bytes(storage, begun, chunks_of(content))
        async with store.transaction() as tx:
            await keep_file(tx, caller, upload)
    await store.close()


def found_in(directory: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (directory / "files").rglob("*") if path.is_file())


def elsewhere(script: Script, embedded: Embedded, home: Path, name: str) -> Script:
    """A new database and a data directory that is not there yet."""
    environment = {key: value for key, value in script.environment.items() if key != "TOUCHBOOK_FILES_URL"}
    return Script(home, environment).with_database(embedded.create_database(name))


def test_what_is_not_in_it_is_named(kept: Script, tmp_path: Path) -> None:
    said = kept.say("backup", str(tmp_path / "b.dump"))
    size = sum(map(len, CONTENTS.values()))
    assert f"Not included: 3 files of {size:,} bytes in {kept.data_dir}/files" in said
    assert f"the secret key {kept.data_dir}/secret.key" in said
    assert "--with-files" in said


@pytest.mark.parametrize("kept", ["directory", "bucket"], indirect=True)
def test_all_comes_back(kept: Script, embedded: Embedded, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """From a bucket too, into a directory."""
    file = tmp_path / "all.zip"
    said = kept.say("backup", "--with-files", str(file))
    assert "the database, 3 files and the secret key" in said
    assert "Not included" not in said
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    name = request.node.name.partition("[")[2].rstrip("]")
    other = elsewhere(kept, embedded, tmp_path / "other", f"back_{name}")
    assert "Restored 3 of the 3 files" in other.say("restore", str(file))
    assert found_in(other.data_dir) == sorted(CONTENTS.values())
    assert (other.data_dir / "secret.key").read_text() == "k" * 64 + "\n"
    assert (other.data_dir / "secret.key").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in other.data_dir.iterdir()) == ["files", "secret.key"]


@pytest.mark.parametrize("kept", ["bucket"], indirect=True)
def test_files_in_a_bucket_are_said_to_be_there(kept: Script, bucket: BucketServer, tmp_path: Path) -> None:
    said = kept.say("backup", str(tmp_path / "b.dump"))
    assert f"in the bucket s3://{bucket.bucket}/{bucket.prefix}" in said
    assert str(kept.data_dir / "files") not in said


def test_a_plain_dump_says_which_files_it_lacks(kept: Script, embedded: Embedded, tmp_path: Path) -> None:
    kept.say("backup", str(tmp_path / "b.dump"))
    other = elsewhere(kept, embedded, tmp_path / "other", "plain_back")
    said = other.say("restore", str(tmp_path / "b.dump"))
    assert "It refers to 3 files" in said
    assert "which this backup does not include" in said


def test_lost_files_are_said(kept: Script, tmp_path: Path) -> None:
    next(path for path in (kept.data_dir / "files").rglob("*.pdf")).write_bytes(b"cut short")
    next(path for path in (kept.data_dir / "files").rglob("*.txt")).unlink()
    done = kept.run("backup", "--with-files", str(tmp_path / "all.zip"))
    assert done.returncode == 0
    assert "the bytes of 2 of the files are lost" in done.stderr
    assert "1 files" in done.stdout


def test_files_that_are_elsewhere_are_asked_for(kept: Script, tmp_path: Path) -> None:
    astray = Script(tmp_path / "astray", kept.environment)
    complaint = astray.fail("backup", "--with-files", str(tmp_path / "all.zip"))
    assert "--data-dir" in complaint
    assert not (tmp_path / "astray").exists()
    assert not (tmp_path / "all.zip").exists()
    assert "which is not there" in astray.say("backup", str(tmp_path / "b.dump"))


def test_a_key_of_the_settings_stays_there(kept: Script, tmp_path: Path) -> None:
    settings = Script(kept.data_dir, {**kept.environment, "TOUCHBOOK_SECRET_KEY": "s" * 40})
    said = settings.say("backup", "--with-files", str(tmp_path / "all.zip"))
    assert "TOUCHBOOK_SECRET_KEY" in said
    with ZipFile(tmp_path / "all.zip") as packed:
        assert "secret.key" not in packed.namelist()


def test_replacing_takes_the_place_of_files_and_key(kept: Script, tmp_path: Path) -> None:
    kept.say("backup", "--with-files", str(tmp_path / "all.zip"))
    before = found_in(kept.data_dir)
    next((kept.data_dir / "files").rglob("*.pdf")).unlink()
    (kept.data_dir / "secret.key").write_text("o" * 64)
    assert "not empty" in kept.fail("restore", str(tmp_path / "all.zip"))
    assert len(found_in(kept.data_dir)) == 2
    kept.say("restore", "--replace", str(tmp_path / "all.zip"))
    assert found_in(kept.data_dir) == before
    assert (kept.data_dir / "secret.key").read_text() == "k" * 64 + "\n"


def test_another_key_is_not_lost_unasked(kept: Script, embedded: Embedded, tmp_path: Path) -> None:
    kept.say("backup", "--with-files", str(tmp_path / "all.zip"))
    other = elsewhere(kept, embedded, tmp_path / "other", "other_key")
    other.data_dir.mkdir()
    (other.data_dir / "secret.key").write_text("o" * 64)
    assert "another secret key" in other.fail("restore", str(tmp_path / "all.zip"))
    assert not (other.data_dir / "files").exists()


@pytest.mark.parametrize("harm", ["cut", "flipped", "foreign", "outside"])
def test_a_broken_one_changes_nothing(harm: str, kept: Script, embedded: Embedded, tmp_path: Path) -> None:
    file, broken = tmp_path / "all.zip", tmp_path / "broken.zip"
    kept.say("backup", "--with-files", str(file))
    whole = bytearray(file.read_bytes())
    if harm == "cut":
        whole = whole[: len(whole) // 2]
    elif harm == "flipped":
        whole[len(whole) // 2] ^= 0xFF
    broken.write_bytes(whole)
    if harm in ("foreign", "outside"):
        with ZipFile(broken, "a") as packed:
            packed.writestr("files/../../evil" if harm == "outside" else "letter.txt", b"x")
    other = elsewhere(kept, embedded, tmp_path / "other", f"broken_{harm}")
    assert "broken.zip is no backup" in other.fail("restore", str(broken))
    assert not (tmp_path / "other").exists()
    assert not (tmp_path / "evil").exists()
    assert "empty" in other.fail("backup", str(tmp_path / "b.dump"))


def test_what_cannot_be_poured_leaves_no_file(kept: Script, embedded: Embedded, tmp_path: Path) -> None:
    """The dump in it ends too early, which only the pouring finds out of a zip that is whole."""
    kept.say("backup", "--with-files", str(tmp_path / "all.zip"))
    with ZipFile(tmp_path / "all.zip") as packed, ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in packed.namelist():
            content = packed.read(name)
            bad.writestr(name, content[:-400] if name == "database.dump" else content)
    other = elsewhere(kept, embedded, tmp_path / "other", "bad_dump")
    assert "no backup" in other.fail("restore", str(tmp_path / "bad.zip"))
    assert [path for path in other.data_dir.rglob("*") if path.is_file()] == []
