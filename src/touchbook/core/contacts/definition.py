"""Attribute definitions: 29 that every team has, and the team's own."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.resources import files
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

DataType = Literal["text", "date", "number", "address"]


class Definition(Struct, frozen=True, kw_only=True):
    """`id` and `created_by` are set for a team's own definition only."""

    uid: UUID
    name: str
    data_type: DataType
    label: str
    section: str
    required: bool = False
    singular: bool
    show: bool = True
    filterable: bool = True
    editable: bool = True
    searchable: bool = False
    has_label: bool = False
    labels: list[str] = []
    enum_values: list[str] | None = None
    created_at: datetime
    updated_at: datetime
    id: int | None = None
    created_by: int | None = None

    @property
    def is_global(self) -> bool:
        return self.id is None


class Definitions:
    """A team's definitions by uid and by name. Its own come first, the newest at the front."""

    def __init__(self, own: Iterable[Definition] = ()) -> None:
        self.all = sorted((*own, *_GLOBAL), key=lambda definition: definition.created_at, reverse=True)
        self._by_name = {definition.name: definition for definition in self.all}
        self._by_uid = {definition.uid: definition for definition in self.all}

    def __iter__(self) -> Iterator[Definition]:
        return iter(self.all)

    def named(self, name: str) -> Definition | None:
        return self._by_name.get(name)

    def of_uid(self, uid: UUID) -> Definition | None:
        return self._by_uid.get(uid)

    @property
    def required(self) -> list[Definition]:
        return [definition for definition in self.all if definition.required]

    def with_none_required(self) -> "Definitions":
        """Return them for writes of a dialect that has no required attributes (M-10)."""
        if not self.required:
            return self
        own = [each for each in self.all if not each.is_global]
        return Definitions(msgspec.structs.replace(each, required=False) for each in own)


def _read_global() -> tuple[Definition, ...]:
    text = files("touchbook.core.contacts").joinpath("global_definitions.json").read_bytes()
    return msgspec.json.decode(text, type=tuple[Definition, ...])


_GLOBAL = _read_global()
GLOBAL = Definitions()
