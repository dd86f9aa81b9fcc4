"""The interface of a store. `$1` of every statement is the caller's team: see docs/operate/isolation.md."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol


class Row(Protocol):
    """A row is read by column name, spread into a Struct with `**`, or iterated for its values in order."""

    def __getitem__(self, column: str | int | slice) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def keys(self) -> Iterator[str]: ...


class Reader(Protocol):
    """Each read sees what was committed before it."""

    @property
    def now(self) -> datetime:
        """The instant of this request, the same throughout."""

    async def fetch(self, sql: str, *args: Any) -> Sequence[Row]: ...
    async def fetch_afresh(self, sql: str, *args: Any) -> Sequence[Row]:
        """Like `fetch`, but planned for these very values: for columns where one value matches three rows and
        another most.
        """

    async def fetch_row(self, sql: str, *args: Any) -> Row | None: ...
    async def fetch_value(self, sql: str, *args: Any) -> Any: ...


class Event(NamedTuple):
    """The change of one record.

    `changes` holds changed fields only; a reference among them is an id, or several. `subject_id` is None in the
    summary of many records. `record` is the record afterwards, for reactions.
    """

    kind: str
    subject_id: int | None
    changes: Mapping[str, Any]
    record: Any = None


class Reaction(Protocol):
    """A consequence in another room, run after events of one kind have been written."""

    async def __call__(self, tx: "Transaction", caller: Any, events: Sequence[Event], /) -> None: ...


class Objection(Protocol):
    """A step of another room before locked records change. It returns objections, a sentence by record id."""

    async def __call__(self, tx: "Transaction", caller: Any, held: Sequence[Any], /) -> Mapping[int, str]: ...


class Reactions(NamedTuple):
    """Objections and reactions by kind of event, in the order in which they run."""

    before: Mapping[str, Sequence[Objection]] = {}
    after: Mapping[str, Sequence[Reaction]] = {}


class Transaction(Reader, Protocol):
    """Reads and writes that succeed or fail together; only the store commits."""

    @property
    def reactions(self) -> Reactions: ...

    def tick(self) -> datetime:
        """Return `now` plus one more microsecond at each call, which keeps the rows of one request in order
        (RC-020).
        """

    async def execute(self, sql: str, *args: Any) -> int:
        """Run one statement and return the number of rows it affected."""

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None: ...


class OpenStore(Protocol):
    """Gives transactions to work that takes several, or that waits between them."""

    def reading(self) -> AbstractAsyncContextManager[Reader]: ...
    def transaction(self, *, unhurried: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """An `unhurried` one has no limits of time for its statements and locks."""
