"""A large body is read as it would be in one piece, and refused in the same words."""

import json
from typing import Any

import pytest
from msgspec import Struct

from touchbook.core.errors import Malformed
from touchbook.dialects.rechat.contacts.bodies import ImportBody, NewContactsBody, PatchManyBody
from touchbook.http import bodies, slices
from touchbook.http.bodies import decode_json, decode_object
from touchbook.http.fields import Wrong, read_fields
from touchbook.http.slices import read_records

FREE = frozenset({"metadata"})
GOOD: dict[str, Any] = {
    "id": "x",
    "user": "someone",
    "attributes": [{"attribute_type": "note", "text": "é", "index": 2}],
}
DEEP = "[" * 61 + "]" * 61


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SMALL", 200)


def at_once(kind: type[Struct], body: bytes) -> Any:
    try:
        return read_fields(kind, decode_object(body, FREE))
    except (Wrong, Malformed) as refused:
        return str(refused)


async def in_slices(kind: type[Struct], body: bytes) -> Any:
    assert len(body) > slices.SMALL
    try:
        return await read_records(kind, body, FREE)
    except (Wrong, Malformed) as refused:
        return str(refused)


@pytest.mark.parametrize("kind", [NewContactsBody, ImportBody, PatchManyBody])
@pytest.mark.parametrize(
    "contacts",
    [
        [],
        [GOOD] * 20,
        [{**GOOD, "id": 5}] * 20,
        [*[GOOD] * 20, {**GOOD, "attributes": [{"index": "2"}]}, GOOD],
        [*[GOOD] * 7, 5, GOOD],
        [*[GOOD] * 9, {**GOOD, "metadata": 2**70}],
        [*[GOOD] * 9, {**GOOD, "other": 2**63}],
        [*[GOOD] * 9, {**GOOD, "other": -(2**63)}],
        [*[GOOD] * 9, {**GOOD, "other": "a\0b"}],
        [*[GOOD] * 9, {**GOOD, "other": {"\0": 1}}],
        [*[GOOD] * 9, {**GOOD, "other": "😀"}],
        [*[GOOD] * 9, {**GOOD, "other": json.loads(DEEP)}],
        [*[GOOD] * 9, {**GOOD, "other": [json.loads(DEEP)]}],
        [{"a": 1}] * 10_001,
        {"a": "x" * 200},
        "x" * 200,
    ],
)
async def test_records(kind: type[Struct], contacts: Any) -> None:
    body = json.dumps({"contacts": contacts}).encode().ljust(300)
    assert await in_slices(kind, body) == at_once(kind, body)


@pytest.mark.parametrize(
    "body",
    [
        b"[1]",
        b"5",
        b"null",
        b"{",
        b'{"contacts": [{}}',
        b'{"contacts": [{"a": \xff}]}',
        b'{"contacts": [{"a": "\xff"}]}',
        b'{"contacts": [{"a": 01}]}',
        b'{"contacts": [{"a": "\\ud83d"}]}',
        b'{"contacts": [{"a": "\\udc00"}]}',
        b'{"contacts": [{"a": 1e999}]}',
        b'{"contacts": [{}], "more": 1, "other": 2}',
        b'{"other": 1}',
        b"{}",
        b'{"contacts": [5], "contacts": [{}]}',
        b'{"contacts":' + b"[" * 5000,
    ],
)
async def test_other_bodies(body: bytes) -> None:
    body = body.ljust(300)
    assert await in_slices(ImportBody, body) == at_once(ImportBody, body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'[["\\u0000"]]',
        b'{"a": 9223372036854775808}',
        b'{"a": -9223372036854775809}',
        b'{"metadata": {"a": 1%b}}' % (b"0" * 308),
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 65 + b"1" + b"}" * 65,
    ],
)
def test_what_no_column_holds_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode_json(body, FREE)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 9223372036854775807, "b": -9223372036854775808, "metadata": {"a": 9223372036854775808}}',
        b'"a\\\\u0000"',
        b'"\\ud83d\\ude00 \\u00e9"',
        b"[" * 64 + b"]" * 64,
        b'{"a": 0.12345678901234567890}',
    ],
)
def test_what_comes_near_is_taken(body: bytes) -> None:
    decode_json(body, FREE)


def test_a_plain_body_is_not_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_check_storable", None)
    decode_json(b'{"a": [1, 2.5, "\\u00e9", null, true], "b": {"c": 123456789012345678}}' + b" " * 10_000)
