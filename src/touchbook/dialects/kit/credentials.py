"""Which caller a key belongs to: looked up once in some seconds, its use noted once a minute."""

import asyncio
import base64
import binascii
import contextlib
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

import structlog
from starlette.datastructures import Headers

from touchbook.core.caller import Caller
from touchbook.core.errors import TouchbookError
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.teams.queries import note_key_use
from touchbook.core.transaction import Reader, Transaction

_log = structlog.get_logger()

CACHED_SECONDS = 3.0
CACHED_KEYS = 10_000


class OpenStore(Protocol):
    """The store, as a dialect sees it."""

    def reading(self) -> AbstractAsyncContextManager[Reader]: ...
    def transaction(self) -> AbstractAsyncContextManager[Transaction]: ...


class Credentials:
    """`uses`: key id -> when last seen, for the note that is written once a minute."""

    def __init__(self, store: OpenStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Caller]] = {}
        self.uses: dict[int, datetime] = {}

    async def caller_of(self, key: str, surface: str) -> Caller:
        """A revoked key is refused within CACHED_SECONDS. Errors: Unauthenticated, Forbidden."""
        until, caller = self._known.get((key, surface), (0.0, None))
        if caller is None or until < self._clock():
            caller = await self._look_up(key, surface)
        return caller

    async def _look_up(self, key: str, surface: str) -> Caller:
        self._known.pop((key, surface), None)
        async with self._store.reading() as reader:
            caller = await authenticate_key(reader, key, surface=surface)
            self.uses[caller.key_id or 0] = reader.now
        if len(self._known) >= CACHED_KEYS:
            self._known.clear()
        self._known[key, surface] = (self._clock() + CACHED_SECONDS, caller)
        return caller

    def take_uses(self) -> dict[int, datetime]:
        uses, self.uses = self.uses, {}
        return uses


async def note_uses_each_minute(
    credentials: Credentials, store: OpenStore, stop: asyncio.Event, *, seconds: float = 60.0
) -> None:
    """Until `stop`, and once more then. What cannot be written now is written the next time."""
    stopped = False
    while not stopped:
        with contextlib.suppress(TimeoutError):
            stopped = await asyncio.wait_for(stop.wait(), seconds)
        await _note_uses(credentials, store)


async def _note_uses(credentials: Credentials, store: OpenStore) -> None:
    uses = credentials.take_uses()
    if not uses:
        return
    try:
        async with store.transaction() as tx:
            await note_key_use(tx, uses)
    except TouchbookError as error:
        credentials.uses = uses | credentials.uses
        _log.warning("the uses of keys could not be noted", error=str(error))


def bearer_token(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def basic_user_name(headers: Headers) -> str | None:
    """The API key sent as user name with an empty password."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user_name = base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user_name or None
