"""What the core asks of a store. `$1` of every statement is the caller's team: see docs/operate/isolation.md."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol


class Row(Protocol):
    """A row: by column name, spread into a Struct with `**`, or its values in order."""

    def __getitem__(self, column: str | int) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def keys(self) -> Iterator[str]: ...


class Reader(Protocol):
    """Reads, each of which sees what was committed before it."""

    @property
    def now(self) -> datetime:
        """The instant of this request, the same throughout."""

    async def fetch(self, sql: str, *args: Any) -> Sequence[Row]: ...
    async def fetch_afresh(self, sql: str, *args: Any) -> Sequence[Row]:
        """Like `fetch`, but planned for these very values: where one value fits three rows and another most."""

    async def fetch_row(self, sql: str, *args: Any) -> Row | None: ...
    async def fetch_value(self, sql: str, *args: Any) -> Any: ...


class Event(NamedTuple):
    """One record's change. `changes` holds the changed fields alone; a reference among them is an id, or several.

    `subject_id` is None in the summary of many records. `record` is the record as it stands then, for reactions.
    """

    kind: str
    subject_id: int | None
    changes: Mapping[str, Any]
    record: Any = None


class Reaction(Protocol):
    """What another room does when events of one kind have been written."""

    async def __call__(self, tx: "Transaction", caller: Any, events: Sequence[Event], /) -> None: ...


class Objection(Protocol):
    """What another room does before records that are held change; or has against it, a sentence by record id."""

    async def __call__(self, tx: "Transaction", caller: Any, held: Sequence[Any], /) -> Mapping[int, str]: ...


class Reactions(NamedTuple):
    """By kind of event: what is asked before it, and what is done after it, in this order."""

    before: Mapping[str, Sequence[Objection]] = {}
    after: Mapping[str, Sequence[Reaction]] = {}


class Transaction(Reader, Protocol):
    """Reads and writes that stand or fall together; committed by the store alone."""

    @property
    def reactions(self) -> Reactions: ...

    def tick(self) -> datetime:
        """`now` plus one microsecond more at each call: rows of one request stand in its order (RC-020)."""

    async def execute(self, sql: str, *args: Any) -> int:
        """Runs one statement, answers how many rows it touched."""

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None: ...


class OpenStore(Protocol):
    """For what takes more than one transaction, or must wait without holding one."""

    def reading(self) -> AbstractAsyncContextManager[Reader]: ...
    def transaction(self) -> AbstractAsyncContextManager[Transaction]: ...
