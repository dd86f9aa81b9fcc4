"""`touchbook doctor` looks at the bucket, at the server and at what works."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.bucket import SECRET, BucketServer, serving_bucket
from tests.cli.conftest import Script
from touchbook import __version__
from touchbook.cli.database import WORKER
from touchbook.cli.doctor import masked
from touchbook.cli.examining import examine_backlog, examine_bucket, examine_server, examine_workers, find_workers
from touchbook.config import Settings
from touchbook.core.files.storage import Storage
from touchbook.operation.backlog import Backlog
from touchbook.store.files import open_storage
from touchbook.store.postgres import Store


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    with serving_bucket(tmp_path_factory.mktemp("bucket")) as server:
        yield server


async def test_a_bucket_that_works_is_left_as_it_was(bucket: BucketServer) -> None:
    settings = Settings(files_url=bucket.files_url)
    assert settings.bucket
    finding = await examine_bucket(settings.bucket, open_storage(settings))
    assert (finding.state, finding.what) == (
        "well",
        "the bucket s3://touchbook takes an object, gives it back and deletes it",
    )
    assert bucket.sizes() == {}


@pytest.mark.parametrize("lacking", ["bucket", "key"])
async def test_a_bucket_that_refuses(
    bucket: BucketServer, lacking: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    if lacking == "key":
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-one")
    url = bucket.files_url.replace("touchbook", "nowhere") if lacking == "bucket" else bucket.files_url
    settings = Settings(files_url=url)
    assert settings.bucket
    finding = await examine_bucket(settings.bucket, open_storage(settings))
    assert finding.state == "wrong"
    assert "cannot be reached: " in finding.what
    assert "TOUCHBOOK_FILES_URL" in finding.remedy
    assert SECRET not in finding.what + capfd.readouterr().out


class _Forgetful:
    """A bucket that answers well and gives back nothing."""

    async def put(self, place: str, chunks: Any) -> None: ...
    async def get(self, place: str) -> None: ...
    async def delete(self, place: str) -> None: ...


async def test_a_bucket_that_forgets(bucket: BucketServer) -> None:
    settings = Settings(files_url=bucket.files_url)
    storage: Storage = _Forgetful()
    assert settings.bucket
    assert "other bytes" in (await examine_bucket(settings.bucket, storage)).what


def test_the_report_of_a_site_that_works(touchbook: Script, bucket: BucketServer) -> None:
    """As programs read it: the server, the worker and the bucket are each found well."""
    with touchbook.running("serve", "--port", "0") as server:
        given = {"TOUCHBOOK_PORT": str(httpx.URL(server.url).port), "TOUCHBOOK_FILES_URL": bucket.files_url}
        report = msgspec.json.decode(Script(touchbook.data_dir, given).say("doctor", "--json"))
    told = {finding["what"]: finding["state"] for finding in report["findings"]}
    assert report["version"] == __version__
    assert report["well"] is True
    assert report["settings"]["data_dir"] == str(touchbook.data_dir)
    assert told[f"the server at {server.url} runs, version {__version__}"] == "well"
    assert told[f"a worker runs, version {__version__}"] == "well"
    assert {"well"} == {state for what, state in told.items() if "bucket" in what or "job" in what}


def test_the_report_of_one_that_does_not(tmp_path: Path) -> None:
    sick = Script(tmp_path / "data").run("doctor", "--json")
    assert sick.returncode == 1
    report = msgspec.json.decode(sick.stdout)
    assert report["well"] is False
    assert any("There is no database" in finding["what"] for finding in report["findings"])


def test_no_token_is_shown() -> None:
    assert masked(Settings(metrics_token="kims-own-words-alone"))["metrics_token"] == "***"


def test_a_server_that_is_not_there_or_another() -> None:
    (nobody,) = examine_server(Settings(port=9))
    assert (nobody.state, nobody.what) == ("doubtful", "no server answers at http://127.0.0.1:9")
    assert [*examine_server(Settings(port=0))] == []


def test_something_else_at_the_port(bucket: BucketServer) -> None:
    port = httpx.URL(bucket.endpoint).port
    assert port is not None
    (other,) = examine_server(Settings(host="0.0.0.0", port=port))
    assert other.what == f"what answers at http://127.0.0.1:{port} is no Touchbook"


async def test_workers_are_known_by_their_version(database_url: str) -> None:
    stores = [
        await Store.open(database_url, size=1, name=f"{WORKER}{version}") for version in ("0.0.9", __version__)
    ]
    for store in stores:
        async with store.reading() as reader:
            await reader.fetch_value("select 1")
    async with stores[0].reading() as reader:
        workers = await find_workers(reader)
    for store in stores:
        await store.close()
    assert workers == {"0.0.9": 1, __version__: 1}
    assert [finding.state for finding in examine_workers(workers)] == ["wrong", "well"]
    assert [finding.state for finding in examine_workers({})] == ["doubtful"]


@pytest.mark.parametrize(
    ("due", "seconds", "works", "state"),
    [(0, 0, False, "well"), (3, 5, True, "well"), (3, 3600, True, "wrong"), (3, 3600, False, "doubtful")],
)
def test_what_is_late(due: int, seconds: float, works: bool, state: str) -> None:
    backlog = Backlog(due=due, held=0, oldest_due_seconds=seconds, reminders_late_seconds=0)
    assert examine_backlog(backlog, works=works).state == state
