"""Finds the caller of a key: looked up once in some seconds, its use recorded once a minute."""

import asyncio
import base64
import contextlib
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.datastructures import Headers

from touchbook.core.caller import Caller
from touchbook.core.errors import Forbidden, Invalid, TouchbookError, Unauthenticated
from touchbook.core.teams.authenticating import authenticate
from touchbook.core.teams.queries import note_key_use
from touchbook.core.transaction import OpenStore

_log = structlog.get_logger()

CACHED_SECONDS = 3.0
CACHED_KEYS = 10_000


class Credentials:
    """`uses` maps key ids to their last use, which is written once a minute."""

    def __init__(self, store: OpenStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[tuple[str, str, str | None], tuple[float, Caller]] = {}
        self.uses: dict[int, datetime] = {}

    async def caller_of(self, text: str, surface: str, team: str | None = None) -> Caller:
        """Find the caller of a key or an access token; `team` is the uid of the team that the request names.

        A revoked credential is refused within CACHED_SECONDS. Errors: Unauthenticated, Forbidden, Invalid.
        """
        until, caller = self._known.get((text, surface, team), (0.0, None))
        if caller is None or until < self._clock():
            caller = await self._look_up(text, surface, team)
        return caller

    def knows(self, text: str, surface: str, team: str | None = None) -> bool:
        """Return whether the credential was valid when it was looked up last."""
        return (text, surface, team) in self._known

    async def _look_up(self, text: str, surface: str, team: str | None) -> Caller:
        try:
            async with self._store.reading() as reader:
                caller = await authenticate(reader, text, surface=surface, team=team)
                if caller.key_id is not None:
                    self.uses[caller.key_id] = reader.now
        except (Unauthenticated, Forbidden, Invalid):
            self._known.pop((text, surface, team), None)
            raise
        if len(self._known) >= CACHED_KEYS:
            self._known.clear()
        self._known[text, surface, team] = (self._clock() + CACHED_SECONDS, caller)
        return caller

    def take_uses(self) -> dict[int, datetime]:
        uses, self.uses = self.uses, {}
        return uses


async def note_uses_each_minute(
    credentials: Credentials, store: OpenStore, stop: asyncio.Event, *, seconds: float = 60.0
) -> None:
    """Run until `stop`, and once more then. A failed write is repeated the next time."""
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
    """Return the API key sent as user name with an empty password."""
    text = read_basic(headers)
    return text.partition(":")[0] or None if text else None


def read_basic(headers: Headers) -> str | None:
    """Return `user:password` as HTTP Basic sent it; empty if unreadable, None for any other scheme."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # No base64, no ASCII, or no UTF-8.
        return ""
