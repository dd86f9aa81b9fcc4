"""Renders records of the core as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.plain_json import read_json, write_json
from touchbook.dialects.rechat.wire import Info, Listed, One
from touchbook.http.call import Answer

Uids = Mapping[int, UUID]
NO_CONTENT = Answer(b"", 204)


def one(item: Any, omitted: Sequence[str] = ()) -> Answer:
    return _answer(One(data=item), omitted)


def listed(items: Sequence[Any], total: int = 0, omitted: Sequence[str] = ()) -> Answer:
    """`total` is 0 where nothing was counted (2.1)."""
    return _answer(Listed(data=list(items), info=Info(count=len(items), total=total)), omitted)


def brand_of(caller: Caller) -> str:
    return str(caller.team_uid)


def _answer(envelope: Any, omitted: Sequence[str]) -> Answer:
    body = msgspec.json.encode(envelope)
    if omitted:
        kept = _without(read_json(body), {tuple(name.split(".", 1)) for name in omitted})
        body = write_json(kept).encode()
    return Answer(body)


def _without(value: Any, omitted: set[tuple[str, ...]]) -> Any:
    """Remove the members named as `type.member`."""
    if isinstance(value, list):
        return [_without(part, omitted) for part in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("type")
    return {name: _without(part, omitted) for name, part in value.items() if (kind, name) not in omitted}


def uid_text(uids: Uids, user_id: int | None) -> str | None:
    uid = uids.get(user_id or 0)
    return str(uid) if uid else None
