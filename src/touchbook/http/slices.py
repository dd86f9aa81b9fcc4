"""Reads a large body record by record, so that no other request waits for the whole of it."""

import asyncio
import re
from collections.abc import Container, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, inspect

from touchbook.core.errors import Malformed
from touchbook.http.bodies import LARGEST_BODY, decode_json, decode_object
from touchbook.http.fields import UNKNOWN, Fields, Wrong, read_fields
from touchbook.http.wording import plain_words

MOST_VALUES = 500_000
SMALL = 64 * 1024
# The text of so many values alone would take too long to take apart.
_MOST_COMMAS = 2 * MOST_VALUES
_FIRST_INDEX = re.compile(r"`\$\[(\d+)\]")
_members = msgspec.json.Decoder(dict[str, Raw])
_elements = msgspec.json.Decoder(list[Raw])


class _Listed(NamedTuple):
    """The one member of a body that is a list of records."""

    name: str
    kind: Any
    most: int


async def read_records(kind: type[Fields], body: bytes, free: Container[str]) -> Fields:
    """Read a Struct whose one member is a list of records.

    Errors: Wrong for the first wrong record, for one that is larger than a body of its own may be, and for too
    many records or values; Malformed.
    """
    if len(body) <= SMALL:
        return read_fields(kind, decode_object(body, free))
    listed = _listed(kind)
    found = _read(_members, body)
    if listed.name not in found:
        return read_fields(kind, found)
    if found.keys() - {listed.name}:
        raise Wrong(dict.fromkeys(sorted(found.keys() - {listed.name}), UNKNOWN))
    text = bytes(found[listed.name])
    if text.count(b",") >= _MOST_COMMAS:
        raise _too_many_values(listed)
    if not text.startswith(b"["):
        raise Wrong({listed.name: " must be a list"})
    await asyncio.sleep(0)
    records = await _convert(listed, _read(_elements, text), free)
    return kind(**{listed.name: records}) if records else read_fields(kind, {listed.name: []})


async def _convert(listed: _Listed, elements: Sequence[Raw], free: Container[str]) -> list[Any]:
    if len(elements) > listed.most:
        raise Wrong({listed.name: plain_words(f"Expected `array` of length <= {listed.most}")})
    records: list[Any] = []
    values = 0
    for some in _slices(listed, elements):
        await asyncio.sleep(0)
        # As deep as they were sent.
        sent = decode_json(b'{"":[%s]}' % b",".join(some), free)[""]
        values += _count(sent)
        if values > MOST_VALUES:
            raise _too_many_values(listed)
        try:
            records += msgspec.convert(sent, list[listed.kind])  # type: ignore[name-defined]
        except msgspec.ValidationError as wrong:
            begin = len(records)
            said = _FIRST_INDEX.sub(lambda index: f"`$[{int(index[1]) + begin}]", str(wrong))  # noqa: B023
            raise Wrong({listed.name: plain_words(said)}) from wrong
    return records


def _slices(listed: _Listed, elements: Sequence[Raw]) -> Iterator[list[bytes]]:
    some: list[bytes] = []
    size = 0
    for number, element in enumerate(elements):
        text = bytes(element)
        if len(text) > LARGEST_BODY:
            raise Wrong({listed.name: f".{number} must have at most {LARGEST_BODY:,} bytes"})
        if size + len(text) > SMALL and some:
            yield some
            some, size = [], 0
        some.append(text)
        size += len(text)
    if some:
        yield some


def _count(value: Any) -> int:
    """Count the values in it, at any depth."""
    found, holders = 0, [value]
    while holders:
        holder = holders.pop()
        found += len(holder)
        parts = holder.values() if isinstance(holder, dict) else holder
        holders += [part for part in parts if isinstance(part, (dict, list))]
    return found


def _read(decoder: "msgspec.json.Decoder[Any]", text: bytes) -> Any:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as other:
        raise Malformed("The body must be a JSON object.") from other
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as unreadable:
        raise Malformed("The body is not valid JSON.") from unreadable


def _too_many_values(listed: _Listed) -> Wrong:
    return Wrong({listed.name: f" must have at most {MOST_VALUES:,} values"})


@cache
def _listed(kind: Any) -> _Listed:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    [field] = described.fields
    plain = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
    assert isinstance(plain, inspect.ListType)
    assert plain.max_length is not None
    of = msgspec.structs.fields(kind)[0].type
    return _Listed(field.encode_name, of.__origin__.__args__[0], plain.max_length)
