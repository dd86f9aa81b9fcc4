"""The model that each API is held to: what its vendor lets clients write is kept, or refused by name.

`vendors.json` has the members of the vendors' public schemas: names, types, what is read-only.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from tests.people import Person
from touchbook.store.postgres import Store

_FILE = Path(__file__).parent / "vendors.json"
_SPAN = re.compile(r"([a-z]+)(\d+)\.\.\1(\d+)")
Values = Mapping[str, Any]
# Two values of a member, one for its creation and one for its update.
Pairs = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Resource:
    """How one resource of an API is written and read.

    `create` returns the id of a record with the members, `update` gives them to one. `show` returns the members of
    one, `list` of all. `find` returns the ids of those with that value of a member; None for what cannot be asked.
    `write_elsewhere` changes something else of the record through each other API that can. `send_back` sends the
    record whole, as it is shown. `shown` is the form in which a value is shown.
    """

    create: Callable[[Person, Values], Awaitable[Any]]
    update: Callable[[Person, Any, Values], Awaitable[Any]] | None
    show: Callable[[Person, Any], Awaitable[Values]]
    list: Callable[[Person], Awaitable[Sequence[Values]]]
    find: Callable[[Person, str, Any], Awaitable[Sequence[Any] | None]]
    write_elsewhere: Callable[[Store, Person, Any], Awaitable[None]]
    send_back: Callable[[Person, Any], Awaitable[None]] | None
    shown: Callable[[str, Any], Any] = lambda _, value: value


@cache
def vendor(dialect: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = msgspec.json.decode(_FILE.read_bytes())[dialect]
    return found


def spread(members: Mapping[str, Any]) -> dict[str, Any]:
    """Write `custom1..custom150` out."""
    spread: dict[str, Any] = {}
    for name, schema in members.items():
        span = _SPAN.fullmatch(name)
        names = [name] if span is None else [f"{span[1]}{n}" for n in range(int(span[2]), int(span[3]) + 1)]
        spread |= dict.fromkeys(names, schema)
    return spread


def pair_of(name: str, schema: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return two values of the vendor's type."""
    match schema.get("format") or schema["type"]:
        case "date-time":
            return "2021-03-04T05:06:07.000Z", "2022-04-05T06:07:08.900Z"
        case "date":
            return "1984-02-29", "1991-08-01"
        case "integer":
            return 7, 0
        case "float" | "number":
            return 1.5, -2.0
        case "boolean":
            return True, False
        case "array":
            return [f"{name} one", "two"], ["three"]
    return f"{name} “one”", f"{name} two"


async def check_kept(store: Store, person: Person, resource: Resource, pairs: Pairs) -> None:
    """Each member is shown as it was sent, found, and survives what is written elsewhere."""
    first, second = ({name: pair[each] for name, pair in pairs.items()} for each in (0, 1))
    record = await resource.create(person, first)
    await _check_shown(person, resource, record, first)
    if resource.update is not None:
        await resource.update(person, record, second)
        await _check_shown(person, resource, record, second)
    now = first if resource.update is None else second
    for name, value in now.items():
        found = await resource.find(person, name, value)
        assert found is None or list(found) == [record], name
    await resource.write_elsewhere(store, person, record)
    await _check_shown(person, resource, record, now)
    if resource.send_back is not None:
        before = await resource.show(person, record)
        await resource.send_back(person, record)
        assert await resource.show(person, record) == before


async def _check_shown(person: Person, resource: Resource, record: Any, sent: Values) -> None:
    expected = {name: resource.shown(name, value) for name, value in sent.items()}
    for shown in (await resource.show(person, record), *await resource.list(person)):
        assert {name: shown.get(name) for name in sent} == expected
