"""Operations on files that span several transactions: receiving one, and opening one by its link."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.errors import Forbidden, Malformed, NotFound, TouchbookError
from touchbook.core.files.file import File, clean_name
from touchbook.core.files.linking import Links
from touchbook.core.files.queries import find_file_by_uid
from touchbook.core.files.receiving import Begun, Upload, begin_file, give_up_file, store_bytes
from touchbook.core.files.storage import Storage
from touchbook.core.teams.authenticating import member_caller
from touchbook.core.transaction import OpenStore

# Well below the age from which on what was not finished is swept.
LONGEST_UPLOAD = 3600.0


class Filing(Struct, frozen=True):
    """`limit` is the most bytes that a file may have, `quota` those that all files of a team may have."""

    store: OpenStore
    storage: Storage
    links: Links
    limit: int
    quota: int | None = None

    @asynccontextmanager
    async def receive(self, caller: Caller, name: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[Upload]:
        """A file that is not kept (`keep_file`) when the block ends is discarded.

        Errors: Invalid, and those of `chunks`.
        """
        name = clean_name(name)
        async with self.store.transaction() as tx:
            begun = await begin_file(tx, caller, name=name)
        try:
            yield await self._store_bytes(begun, chunks)
        finally:
            # Where even that fails, the sweep of the next day does it.
            with suppress(TouchbookError):
                await give_up_file(self.store, self.storage, caller, begun)

    async def open_by_link(self, uid: UUID, signature: str) -> tuple[File, AsyncIterator[bytes]]:
        """Forbidden unless the link is valid and its user still a member. NotFound."""
        async with self.store.reading() as reader:
            link = self.links.read(signature, reader.now)
            if link is None or link.file != uid:
                raise Forbidden("The link is not valid or has expired.")
            caller = await member_caller(reader, link.team_id, link.user_id, surface="link")
            file = await find_file_by_uid(reader, caller, uid)
        chunks = await self.storage.get(file.place)
        if chunks is None:
            raise NotFound("content of file", uid)
        return file, chunks

    def sign(self, file: File, caller: Caller, now: datetime) -> str:
        return self.links.sign(file, caller, now)

    async def _store_bytes(self, begun: Begun, chunks: AsyncIterator[bytes]) -> Upload:
        try:
            async with asyncio.timeout(LONGEST_UPLOAD):
                return await store_bytes(self.storage, begun, chunks)
        except TimeoutError as slow:
            raise Malformed("The upload took too long.") from slow
