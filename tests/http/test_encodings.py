"""Bodies that come packed are unpacked within the bounds of any body."""

import gzip
import zlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from tests.dialects.outreach.asking import sent
from tests.dialects.rechat.records import a, me
from tests.dialects.ysuite.wire import new_task
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.errors import Malformed
from touchbook.http.bodies import LARGEST_BODY, read_body
from touchbook.http.encodings import unpack
from touchbook.http.errors import TooLarge, UnsupportedMedia
from touchbook.store.postgres import Store

PACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}
WRITES: dict[str, tuple[str, Callable[[Person], Any]]] = {
    "close": ("/lead/", lambda _: {"name": "Ada"}),
    "outreach": ("/accounts", lambda _: sent("account", name="Ada")),
    "rechat": ("/contacts", lambda who: {"contacts": [{"user": me(who), "attributes": [a("first_name", "Ada")]}]}),
    "touchbook": ("/lists", lambda _: {"name": f"Ada {uuid4()}"}),
}
TEXT = b'{"name": "' + b"Ada " * 1000 + b'"}'


async def write(store: Store, person: Person, dialect: str, content: bytes, encoding: str) -> httpx.Response:
    path = WRITES[dialect][0] if dialect in WRITES else "/tasks"
    client: httpx.AsyncClient = getattr(person, dialect)
    kind = client.headers.get("content-type", "application/json")
    return await client.post(path, content=content, headers={"content-encoding": encoding, "content-type": kind})


async def body_for(store: Store, person: Person, dialect: str) -> bytes:
    if dialect in WRITES:
        return msgspec.json.encode(WRITES[dialect][1](person))
    return msgspec.json.encode(new_task(cstid=(await contact_of(store, person)).id))


@pytest.mark.parametrize("dialect", [*WRITES, "ysuite"])
async def test_each_dialect_reads_them(store: Store, alice: Person, dialect: str) -> None:
    for encoding, pack in PACK.items():
        body = await body_for(store, alice, dialect)
        answer = await write(store, alice, dialect, pack(body), encoding)
        assert answer.is_success, answer.text
    bomb = gzip.compress(b" " * (64 * LARGEST_BODY) + body)
    for content, encoding, status in (
        (bomb, "gzip", 413), (body, "gzip", 400), (gzip.compress(body)[:-1], "gzip", 400),
        (body, "br", 415), (gzip.compress(body), "gzip, gzip", 415),
    ):  # fmt: skip
        answer = await write(store, alice, dialect, content, encoding)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] != "text/plain"


async def test_a_read_by_another_method_is_one_too(alice: Person) -> None:
    content = gzip.compress(b'{"_params": {"_limit": 1}}')
    headers = {"content-encoding": "gzip", "content-type": "application/json", "x-http-method-override": "GET"}
    answer = await alice.close.post("/lead/", content=content, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_without_a_body_nothing_is_packed(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    headers = {"content-encoding": "gzip"}
    assert (await alice.outreach.get("/prospects", headers=headers)).status_code == 200
    assert (await alice.outreach.delete(f"/prospects/{contact.id}", headers=headers)).status_code == 204


def in_pieces(*pieces: bytes) -> Any:
    left = list(pieces)

    async def receive() -> Message:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive


async def unpacked(*pieces: bytes, encoding: str = "gzip", limit: int = LARGEST_BODY) -> bytes:
    headers = Headers({"content-encoding": encoding})
    return await read_body(unpack(in_pieces(*pieces), headers), headers, limit=limit)


@pytest.mark.parametrize("encoding", PACK)
@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_it_may_come_in_pieces(encoding: str, size: int) -> None:
    packed = PACK[encoding](TEXT * 100)
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert await unpacked(*pieces, encoding=encoding) == TEXT * 100
    assert await unpacked(*pieces, b"", encoding=encoding) == TEXT * 100


async def test_a_gzip_may_have_several_members() -> None:
    one, two = gzip.compress(TEXT), gzip.compress(b"more")
    assert await unpacked(one + two, two) == TEXT + b"moremore"
    assert await unpacked(b"", encoding="br") == b""
    with pytest.raises(UnsupportedMedia):
        await unpacked(b"x", encoding="zstd")
    for broken in (one + b"x", one[:20], b"x" + one, zlib.compress(TEXT)):
        with pytest.raises(Malformed):
            await unpacked(broken)


async def test_it_is_unpacked_as_far_as_the_bound() -> None:
    """Each message has a piece of it: whoever counts stops before the rest has any memory."""
    bomb = gzip.compress(bytes(100 * LARGEST_BODY))
    receive = unpack(in_pieces(bomb), Headers({"content-encoding": "gzip"}))
    assert len((await receive())["body"]) <= 64 * 1024
    with pytest.raises(TooLarge):
        await unpacked(bomb)
