"""A link opens its file for whoever has it, for a quarter of an hour, and nothing else."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from tests.conformance.watching import Watching
from tests.dialects.rechat.wire import data_of, done, refusal_of
from tests.factories import task_of
from tests.jobs.working import ahead
from tests.people import Person, new_person, rechat_client
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.store.postgres import Store

CONTENT = b"First name\nSarah\n"


async def file_of(person: Person, name: str = "contacts.csv", content: bytes = CONTENT, url: str = "") -> Any:
    client = rechat_client(url or person.url, person.key)
    return data_of(await client.post("/contacts/upload", files={"file": (name, content)}))


async def open_link(link: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Without a credential."""
    async with httpx.AsyncClient(verify=False) as client:
        return await client.request(method, link, headers=headers)


@pytest.mark.req("RC-094")
async def test_a_link_opens_its_file_without_a_token(alice: Person) -> None:
    file = await file_of(alice)
    answer = await open_link(file["url"])
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == file["mime"] == "text/csv"
    assert answer.headers["content-length"] == str(len(CONTENT))


@pytest.mark.req("RC-094")
@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (14.9, 200), (15.1, 403), (24 * 60, 403)])
async def test_it_is_good_for_a_quarter_of_an_hour(
    store: Store, settings: Settings, alice: Person, minutes: float, status: int
) -> None:
    file = await file_of(alice)
    async with serving(Watching(build_app(settings, ahead(store, timedelta(minutes=minutes))))) as url:
        answer = await open_link(file["url"].replace(alice.url, url))
    if status == 200:
        assert answer.content == CONTENT
    else:
        refusal_of(answer, status)


@pytest.mark.req("RC-094")
async def test_without_its_signature_it_opens_nothing(alice: Person) -> None:
    file, other = await file_of(alice), await file_of(alice)
    bare, _, signature = file["url"].partition("?signature=")
    wrong = [
        "",
        "?signature=",
        f"?signature={signature}x",
        f"?signature={signature[:-1]}{'A' if signature[-1] != 'A' else 'Q'}",
        f"?signature={signature[:-30]}",
        f"?signature={signature.upper()}",
        "?signature=é%00",
        f"?signature={other['url'].partition('=')[2]}",
        f"?Signature={signature}",
    ]
    for query in wrong:
        answer = await open_link(bare + query)
        assert answer.status_code == 400 if "%00" in query else refusal_of(answer, 403), query
        assert CONTENT not in answer.content
    own = await open_link(bare, authorization=f"Bearer {alice.key}")
    refusal_of(own, 403)


async def test_what_it_is_called_there_counts_nothing(alice: Person) -> None:
    file = await file_of(alice)
    answer = await open_link(file["url"].replace("contacts.csv", "index.html"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv")
    assert 'filename="contacts.csv"' in answer.headers["content-disposition"]


async def test_a_page_is_never_shown(alice: Person) -> None:
    file = await file_of(alice, "page.html", b"<script>alert(1)</script>")
    answer = await open_link(file["url"])
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "private"


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("a b.csv", "attachment; filename=\"a b.csv\"; filename*=UTF-8''a%20b.csv"),
        ("März.csv", "attachment; filename=\"M_rz.csv\"; filename*=UTF-8''M%C3%A4rz.csv"),
        ("名前.csv", "attachment; filename=\"__.csv\"; filename*=UTF-8''%E5%90%8D%E5%89%8D.csv"),
        ("it's;%41.csv", "attachment; filename=\"it's;_41.csv\"; filename*=UTF-8''it%27s%3B%2541.csv"),
        ("a?b#c&d=e.csv", "attachment; filename=\"a?b#c&d=e.csv\"; filename*=UTF-8''a%3Fb%23c%26d%3De.csv"),
    ],
)
async def test_it_is_saved_under_its_name(alice: Person, name: str, disposition: str) -> None:
    answer = await open_link((await file_of(alice, name))["url"])
    assert (answer.content, answer.headers["content-disposition"]) == (CONTENT, disposition)


async def test_its_head_alone(alice: Person) -> None:
    answer = await open_link((await file_of(alice))["url"], "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))


async def test_a_large_file_comes_whole(alice: Person) -> None:
    content = bytes(range(256)) * 40_000
    assert (await open_link((await file_of(alice, content=content))["url"])).content == content


async def test_of_a_file_that_was_deleted(store: Store, alice: Person) -> None:
    path = f"/crm/tasks/{(await task_of(store, alice)).uid}/files"
    file = data_of(await alice.rechat.post(path, files={"file": ("a.csv", CONTENT)}))
    done(await alice.rechat.delete(f"{path}/{file['id']}"))
    refusal_of(await open_link(file["url"]), 404)


async def test_of_whom_it_was_given_to(store: Store, alice: Person) -> None:
    """Whoever leaves the team can open it no more; whoever got a link of their own still can."""
    bob = await new_person(store, alice.url, alice.team, "Bob")
    path = f"/crm/tasks/{(await task_of(store, alice)).uid}/files"
    own = data_of(await alice.rechat.post(path, files={"file": ("a.csv", CONTENT)}))
    [his] = (await bob.rechat.get(path)).json()["data"]
    assert his["id"] == own["id"]
    assert his["url"] != own["url"]
    assert (await open_link(his["url"])).content == CONTENT
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = $3 where team_id = $1 and user_id = $2",
            bob.team.id,
            bob.user_id,
            tx.now,
        )
    refusal_of(await open_link(his["url"]), 403)
    assert (await open_link(own["url"])).content == CONTENT


async def test_bytes_that_are_lost(alice: Person, settings: Settings) -> None:
    file = await file_of(alice)
    (settings.data_dir / "files" / file["path"]).unlink()
    with capture_logs() as lines:
        answer = await open_link(file["url"])
    assert refusal_of(answer, 404) == f"Content of file {file['id']} not found"
    assert [(line["event"], line["place"]) for line in lines if "place" in line] == [
        ("the bytes of a file are lost", file["path"])
    ]


async def test_keys_change_in_turn(store: Store, alice: Person, tmp_path: Path) -> None:
    """What the old key signed is good as long as it is believed."""
    old, new = "a" * 32, "b" * 32

    async def answered(keys: str, link: str) -> int:
        settings = Settings(data_dir=tmp_path, rate_limit=None, secret_key=keys)
        async with serving(Watching(build_app(settings, store))) as url:
            parts = urlsplit(link)
            return (await open_link(f"{url}{parts.path}?{parts.query}")).status_code

    async def given(keys: str) -> str:
        settings = Settings(data_dir=tmp_path, rate_limit=None, secret_key=keys)
        async with serving(Watching(build_app(settings, store))) as url:
            return str((await file_of(alice, url=url))["url"])

    by_old, by_both = await given(old), await given(f"{new},{old}")
    assert [await answered(keys, by_old) for keys in (old, f"{new},{old}", new)] == [200, 200, 403]
    assert [await answered(keys, by_both) for keys in (old, f"{new},{old}", new)] == [403, 200, 200]


@pytest.mark.parametrize(
    ("public_url", "host", "origin"),
    [
        (None, "touchbook.example.com", "http://touchbook.example.com"),
        (None, "10.0.0.7:8000", "http://10.0.0.7:8000"),
        (None, "evil.example/x", "{url}"),
        (None, "evil@example", "{url}"),
        ("https://book.example.com", "evil.example", "https://book.example.com"),
        ("https://book.example.com/", "book.example.com", "https://book.example.com"),
        ("https://book.example.com", "localhost:8000", "http://localhost:8000"),
        ("https://book.example.com", "localhost.evil.example", "https://book.example.com"),
    ],
)
async def test_where_links_lead(
    store: Store, alice: Person, tmp_path: Path, public_url: str | None, host: str, origin: str
) -> None:
    settings = Settings(data_dir=tmp_path, rate_limit=None, public_url=public_url)
    async with serving(Watching(build_app(settings, store))) as url:
        client = rechat_client(url, alice.key)
        answer = await client.post("/contacts/upload", files={"file": ("a.csv", b"a")}, headers={"host": host})
    link = data_of(answer)["url"]
    assert link.startswith(f"{origin.format(url=url)}/crm/files/")
