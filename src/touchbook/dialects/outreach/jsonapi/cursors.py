"""Opaque, signed cursors: a position in one list of one team."""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from touchbook.core.query.schema import QuerySchema
from touchbook.core.query.windows import Cursor, Order, read_cursor
from touchbook.dialects.outreach.errors import BadParameter
from touchbook.dialects.outreach.jsonapi.query import Given
from touchbook.http.call import Call

_SALT = "outreach cursor"
_WHICH = ("filter", "sort", "newFilterSyntax")


class Cursors:
    """Cursors of one list: the same path, filters and order, in the same team."""

    def __init__(self, call: Call[Any], path: str, given: Given) -> None:
        self._keys = call.secret_keys
        which = sorted((name, sorted(values)) for name, values in given.items() if name.startswith(_WHICH))
        self._which = call.caller.team_id, path, which

    @cached_property
    def _serializer(self) -> URLSafeSerializer:
        keys = [*reversed(self._keys())]
        return URLSafeSerializer(keys, salt=_SALT, signer_kwargs={"digest_method": hashlib.sha256})

    @cached_property
    def _list(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self._which)).hexdigest()[:16]

    def write(self, values: Sequence[Any], *, inclusive: bool = False) -> str:
        text = self._serializer.dumps([self._list, msgspec.to_builtins(list(values)), inclusive])
        return text if isinstance(text, str) else text.decode()

    def read(self, parameter: str, text: str, schema: QuerySchema[Any], orders: Sequence[Order]) -> Cursor:
        try:
            of, values, inclusive = self._serializer.loads(text)
            if of != self._list:
                raise ValueError(text)
            return read_cursor(schema, orders, values, inclusive=inclusive)
        except (BadSignature, ValueError):
            raise BadParameter(parameter, "The cursor does not belong to this list.") from None
