"""Files come in by POST /contacts/upload, whole or not at all."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.bucket import serving_bucket
from tests.conformance.rechat.steps import REPLAY
from tests.conformance.watching import Watching
from tests.core.files.rows import file_events_of, rows_of
from tests.dialects.rechat.records import me
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.people import Person, new_key, rechat_client
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.store.postgres import Store

UPLOAD = "/contacts/upload"
LIMIT = 100_000
BOUNDARY = "of-the-test"
MEMBERS = {
    "id", "created_at", "updated_at", "deleted_at", "created_by", "path", "name", "public", "type", "url",
    "preview_url", "mime",
}  # fmt: skip


@pytest.fixture
async def small(store: Store, tmp_path: Path) -> AsyncIterator[str]:
    """A server that takes files of at most LIMIT bytes, and keeps them below `tmp_path`."""
    settings = Settings(data_dir=tmp_path, rate_limit=None, file_limit=LIMIT)
    async with serving(Watching(build_app(settings, store))) as url:
        yield url


def kept_in(data_dir: Path) -> list[bytes]:
    return [path.read_bytes() for path in (data_dir / "files").rglob("*") if path.is_file()]


def part(name: str, content: bytes, file_name: str | None = None, *more: str) -> bytes:
    """A part of a form, as it goes over the wire."""
    file = "" if file_name is None else f'; filename="{file_name}"'
    headers = "\r\n".join([f'Content-Disposition: form-data; name="{name}"{file}', *more])
    return f"--{BOUNDARY}\r\n{headers}\r\n\r\n".encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def send(url: str, person: Person, body: Any, **headers: str) -> httpx.Response:
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return await rechat_client(url, person.key).post(UPLOAD, content=body, headers={**kind, **headers})


async def in_pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


async def upload(person: Person, name: str, content: bytes, mime: str = "text/csv", key: str = "") -> Any:
    once = {"idempotency-key": key} if key else {}
    return await person.rechat.post(UPLOAD, files={"file": (name, content, mime)}, headers=once)


@pytest.mark.req("RC-093")
@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("contacts.csv", "text/csv"),
        ("contacts.xls", "application/vnd.ms-excel"),
        ("contacts.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
async def test_a_file_of_twelve_members(alice: Person, name: str, mime: str) -> None:
    content = (REPLAY / "files" / name).read_bytes()
    file = data_of(await upload(alice, name, content, "image/png"))
    assert file.keys() == MEMBERS
    assert (file["name"], file["mime"], file["type"]) == (name, mime, "file")
    assert (file["public"], file["deleted_at"], file["created_by"]) == (False, None, me(alice))
    directory, _, last = file["path"].partition("/")
    assert directory == f"{me(alice)}-{int(file['created_at'] * 1000)}"
    assert last.endswith(Path(name).suffix)
    assert (await alice.rechat.get(file["url"])).content == content


async def test_the_event_says_what_came(store: Store, alice: Person) -> None:
    data_of(await upload(alice, "a.csv", b"a"))
    assert await rows_of(store, alice) == [("a.csv", True, False)]
    assert await file_events_of(store, alice) == ["file.created"]


@pytest.mark.parametrize("sent", ["Kontakte für März.csv", "名前 📇.csv", 'it\'s; "new" %41.csv', "x" * 255])
async def test_names_come_back_as_they_were(alice: Person, sent: str) -> None:
    name = data_of(await upload(alice, sent, b"a"))["name"]
    assert name in (sent, sent.replace('"', "%22"))


@pytest.mark.parametrize(
    ("sent", "name"), [("../../etc/passwd", "passwd"), (r"C:\a\b.csv", "b.csv"), ("a\tb.csv", "ab.csv")]
)
async def test_a_name_is_cleaned(alice: Person, server: str, sent: str, name: str) -> None:
    assert data_of(await send(server, alice, form(part("file", b"a", sent))))["name"] == name


async def test_a_name_of_latin_1(alice: Person, server: str) -> None:
    body = form(part("file", b"a", "NAME")).replace(b"NAME", "März.csv".encode("latin-1"))
    assert data_of(await send(server, alice, body))["name"] == "März.csv"


async def test_other_fields_are_passed_over(alice: Person, server: str) -> None:
    body = form(part("note", b"x"), part("file", b"a,b\n", "a.csv"), part("contact", b"y"), part("file", b"z"))
    file = data_of(await send(server, alice, body))
    assert (await alice.rechat.get(file["url"])).content == b"a,b\n"


@pytest.mark.parametrize("size", [1, 3, 17, 1000])
@pytest.mark.parametrize("content", [b"", b"a,b\r\n--of-the-tes\r\n--", bytes(range(256)) * 3])
async def test_however_it_is_cut(alice: Person, server: str, content: bytes, size: int) -> None:
    body = form(part("file", content, "a.bin", "Content-Type: text/html"))
    file = data_of(await send(server, alice, in_pieces(body, size)))
    assert (await alice.rechat.get(file["url"])).content == content


WHOLE = form(part("file", b"a,b\n", "a.csv"))
WRONG: Sequence[tuple[str, bytes]] = [
    ("empty", b""),
    ("nothing but its end", f"--{BOUNDARY}--\r\n".encode()),
    ("no form", b"a,b\n1,2\n"),
    ("another boundary", WHOLE.replace(BOUNDARY.encode(), b"other")),
    ("no file", form(part("note", b"x"))),
    ("a text called file", form(part("file", b"x"))),
    ("a file called otherwise", form(part("media", b"x", "a.csv"))),
    ("two files", form(part("file", b"x", "a.csv"), part("file", b"y", "b.csv"))),
    ("two files, one called otherwise", form(part("file", b"x", "a.csv"), part("media", b"y", "b.csv"))),
    ("no name", form(part("file", b"x", ""))),
    ("no name but dots", form(part("file", b"x", "../.."))),
    ("cut in the head", WHOLE[:40]),
    ("cut in the file", WHOLE[: WHOLE.index(b"a,b") + 2]),
    ("without its end", WHOLE[: -len(BOUNDARY) - 6]),
    ("a header without end", form(part("file", b"x", "a.csv", "X: " + "y" * 10_000))),
    ("too many headers", form(part("file", b"x", "a.csv", *["X: y"] * 100))),
    ("broken after the file", part("file", b"x", "a.csv") + b"--" + BOUNDARY.encode() + b"\r\nno header\r\n\r\n"),
]


@pytest.mark.parametrize("body", [body for _, body in WRONG], ids=[name for name, _ in WRONG])
async def test_what_is_wrong_leaves_nothing(
    store: Store, small: str, alice: Person, tmp_path: Path, body: bytes
) -> None:
    for sent in (body, in_pieces(body, 7)):
        refusal_of(await send(small, alice, sent), 400)
    assert await rows_of(store, alice) == []
    assert kept_in(tmp_path) == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 415),
        ("text/csv", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/mixed; boundary=of-the-test", 415),
        ("", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        (f"multipart/form-data; boundary={'x' * 257}", 400),
    ],
)
async def test_other_kinds_of_body(store: Store, server: str, alice: Person, kind: str, status: int) -> None:
    refusal_of(await send(server, alice, WHOLE, **{"content-type": kind}), status)
    assert await rows_of(store, alice) == []


@pytest.mark.parametrize("more", [0, 1, 100_000, 1_000_000])
@pytest.mark.parametrize("declared", [True, False])
async def test_a_file_has_at_most_so_many_bytes(
    store: Store, small: str, alice: Person, tmp_path: Path, more: int, declared: bool
) -> None:
    body = form(part("file", b"x" * (LIMIT + more), "a.csv"))
    answer = await send(small, alice, body if declared else in_pieces(body, 65_536))
    if more:
        refusal_of(answer, 413)
        assert (await rows_of(store, alice), kept_in(tmp_path)) == ([], [])
    else:
        data_of(answer)
        assert list(map(len, kept_in(tmp_path))) == [LIMIT]


async def test_other_fields_have_at_most_so_many_bytes_too(small: str, alice: Person) -> None:
    body = form(part("note", b"x" * (LIMIT + 70_000)), part("file", b"a", "a.csv"))
    refusal_of(await send(small, alice, in_pieces(body, 65_536)), 413)


async def test_who_goes_away_leaves_nothing(store: Store, small: str, alice: Person, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def halting() -> AsyncIterator[bytes]:
        yield part("file", b"x" * 50_000, "a.csv")[:-2]
        while not await rows_of(store, alice):
            await asyncio.sleep(0.01)
        begun.set()
        await asyncio.sleep(60)

    async with httpx.AsyncClient(base_url=small, headers=alice.rechat.headers, verify=False) as client:
        kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        sending = asyncio.create_task(client.post(UPLOAD, content=halting(), headers=kind))
        await asyncio.wait_for(begun.wait(), 10)
        assert await rows_of(store, alice) == [("a.csv", False, False)]
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    async with asyncio.timeout(10):
        while await rows_of(store, alice):
            await asyncio.sleep(0.01)
    assert kept_in(tmp_path) == []


async def test_a_slow_file_keeps_nobody_waiting(database_url: str, alice: Person, tmp_path: Path) -> None:
    """While it comes, and while one goes, the only connection of the pool is free."""
    one = await Store.open(database_url, size=1)
    async with serving(build_app(Settings(data_dir=tmp_path, rate_limit=None), one)) as url:
        go = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield part("file", b"x" * 5_000_000, "a.csv")[:-2]
            await go.wait()
            yield b"\r\n" + f"--{BOUNDARY}--\r\n".encode()

        sending = asyncio.create_task(send(url, alice, slow()))
        await asyncio.sleep(0.3)
        asked = rechat_client(url, alice.key).get("/contacts")
        assert (await asyncio.wait_for(asked, 5)).status_code == 200
        assert not sending.done()
        go.set()
        link = data_of(await sending)["url"]
        async with rechat_client(url, alice.key).stream("GET", link) as going:
            asked = rechat_client(url, alice.key).get("/contacts")
            assert (await asyncio.wait_for(asked, 5)).status_code == 200
            assert len(await going.aread()) == 5_000_000
    await one.close()


async def test_the_same_key_sends_a_file_once(store: Store, small: str, alice: Person, tmp_path: Path) -> None:
    """Whatever the boundary, and whoever is first."""
    client, key = rechat_client(small, alice.key), {"idempotency-key": uuid4().hex}
    sent: dict[str, Any] = {"files": {"file": ("a.csv", b"a,b\n")}, "headers": key}
    answers = await asyncio.gather(*(client.post(UPLOAD, **sent) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert await rows_of(store, alice) == [("a.csv", True, False)]
    assert kept_in(tmp_path) == [b"a,b\n"]


@pytest.mark.parametrize("file", [("a.csv", b"a,c\n"), ("b.csv", b"a,b\n")])
async def test_the_same_key_with_another_file_is_refused(
    store: Store, alice: Person, file: tuple[str, bytes]
) -> None:
    key = uuid4().hex
    data_of(await upload(alice, "a.csv", b"a,b\n", key=key))
    assert (await upload(alice, *file, key=key)).status_code == 422
    assert await rows_of(store, alice) == [("a.csv", True, False)]


async def test_who_may_not_write_sends_nothing(store: Store, alice: Person) -> None:
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post(UPLOAD, files={"file": ("a.csv", b"a")}), 403)
    assert await rows_of(store, alice) == []


async def test_into_a_bucket(store: Store, alice: Person, tmp_path: Path) -> None:
    content = b"x,y\n" * 3_000_000
    with serving_bucket(tmp_path / "bucket") as bucket:
        settings = Settings(data_dir=tmp_path, rate_limit=None, files_url=bucket.files_url)
        async with serving(Watching(build_app(settings, store))) as url:
            client = rechat_client(url, alice.key)
            file = data_of(await client.post(UPLOAD, files={"file": ("a.csv", content)}, timeout=60))
            assert bucket.sizes() == {file["path"]: len(content)}
            answer = await client.get(file["url"], timeout=60)
            assert hashlib.sha256(answer.content).digest() == hashlib.sha256(content).digest()
            body = form(part("file", content, "a.csv"), part("file", b"", "b.csv"))
            refusal_of(await send(url, alice, in_pieces(body, 1 << 20)), 400)
            assert (len(bucket.sizes()), bucket.unfinished()) == (1, 0)
    assert not (tmp_path / "files").exists()
    assert urlsplit(file["url"]).netloc == urlsplit(url).netloc


async def test_where_no_bucket_answers(store: Store, alice: Person, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, rate_limit=None, files_url="s3://files?endpoint=http://127.0.0.1:9")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "kim")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "of-no-worth")
        async with serving(Watching(build_app(settings, store))) as url:
            answer = await send(url, alice, WHOLE)
    assert (answer.status_code, answer.json()["code"]) == (503, "ServiceUnavailable")
    assert "127.0.0.1" not in answer.text
    assert await rows_of(store, alice) == [("a.csv", False, True)]


@pytest.fixture
async def bounded(store: Store, tmp_path: Path) -> AsyncIterator[str]:
    """A server where a team's files have at most 100 bytes together."""
    settings = Settings(data_dir=tmp_path, rate_limit=None, file_quota=100)
    async with serving(Watching(build_app(settings, store))) as url:
        yield url


async def test_the_files_of_a_team_have_a_quota(
    bounded: str, alice: Person, bob: Person, charlie: Person, tmp_path: Path
) -> None:
    fits = form(part("file", b"x" * 60, "a.txt"))
    assert (await send(bounded, alice, fits)).status_code == 200
    refused = refusal_of(await send(bounded, bob, fits), 400)
    assert refused == {"file": ["The files of the team may have at most 100 bytes together."]}
    assert (await send(bounded, bob, form(part("file", b"y" * 40, "a.txt")))).status_code == 200
    assert (await send(bounded, charlie, fits)).status_code == 200
    assert sorted(map(len, kept_in(tmp_path))) == [40, 60, 60]


async def test_files_at_once_share_the_quota(bounded: str, alice: Person, tmp_path: Path) -> None:
    fits = form(part("file", b"x" * 40, "a.txt"))
    answers = await asyncio.gather(*(send(bounded, alice, fits) for _ in range(8)))
    assert Counter(answer.status_code for answer in answers) == {200: 2, 400: 6}
    assert len(kept_in(tmp_path)) == 2
