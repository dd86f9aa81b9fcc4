"""Receives a file in three steps: a row, the bytes, and the commit that makes it a file of the team.

No transaction is open while bytes arrive. A process killed between two steps leaves a row that was never stored,
by which the sweep finds the bytes.
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict, Invalid
from touchbook.core.events import record_event
from touchbook.core.files.file import File, ending_of
from touchbook.core.files.queries import FILE_COLUMNS
from touchbook.core.files.sniffing import Sniffer
from touchbook.core.files.storage import Storage
from touchbook.core.identity import new_uid
from touchbook.core.teams.queries import lock_team
from touchbook.core.transaction import OpenStore, Transaction


class Begun(Struct, frozen=True):
    """A row without bytes."""

    id: int
    name: str
    place: str


class Upload(Struct, frozen=True, kw_only=True):
    """A file with stored bytes that does not belong to the team yet."""

    id: int
    name: str
    mime: str
    size: int
    sha256: bytes

    @property
    def fingerprint(self) -> bytes:
        """Equal for equal files with equal names."""
        return self.sha256 + self.name.encode()


async def begin_file(tx: Transaction, caller: Caller, *, name: str) -> Begun:
    uid, at = new_uid(), tx.tick()
    place = _new_place(caller, at, name)
    file_id = await tx.fetch_value(
        """insert into files (team_id, uid, name, place, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6) returning id""",
        caller.team_id,
        uid,
        name,
        place,
        caller.user_id,
        at,
    )
    return Begun(file_id, name, place)


async def store_bytes(storage: Storage, begun: Begun, chunks: AsyncIterator[bytes]) -> Upload:
    """Raise what `chunks` raises; nothing is stored then."""
    measure = _Measure(chunks)
    await storage.put(begun.place, measure.run())
    return Upload(
        id=begun.id,
        name=begun.name,
        mime=measure.sniffer.mime(begun.name),
        size=measure.size,
        sha256=measure.sha256.digest(),
    )


async def keep_file(tx: Transaction, caller: Caller, upload: Upload, *, quota: int | None = None) -> File:
    """Make the upload a file of the team. Conflict if it was discarded meanwhile.

    Invalid if the team's files would have more than `quota` bytes together.
    """
    if quota is not None:
        await _check_quota(tx, caller, upload, quota)
    row = await tx.fetch_row(
        f"""update files f set mime = $3, size = $4, sha256 = $5, stored_at = $6
        where f.team_id = $1 and f.id = $2 and f.stored_at is null and f.deleted_at is null
        returning {FILE_COLUMNS}""",
        caller.team_id,
        upload.id,
        upload.mime,
        upload.size,
        upload.sha256,
        tx.tick(),
    )
    if row is None:
        raise Conflict("The upload took too long.")
    file = File(*row)
    told = {"name": file.name, "media_type": file.mime, "size": file.size}
    await record_event(tx, caller, "file.created", file.id, **told)
    return file


async def _check_quota(tx: Transaction, caller: Caller, upload: Upload, quota: int) -> None:
    """A deleted file counts until its bytes are swept."""
    # Two files that come at once must not both find room for one.
    await lock_team(tx, caller)
    stored = await tx.fetch_value(
        "select coalesce(sum(f.size), 0)::bigint from files f where f.team_id = $1 and f.stored_at is not null",
        caller.team_id,
    )
    if stored + upload.size > quota:
        raise Invalid({"file": [f"The files of the team may have at most {quota:,} bytes together."]})


async def give_up_file(store: OpenStore, storage: Storage, caller: Caller, begun: Begun) -> bool:
    """Discard an upload unless it was kept. Return whether it was discarded."""
    async with store.transaction() as tx:
        given_up = await tx.execute(
            """update files f set deleted_at = $3
            where f.team_id = $1 and f.id = $2 and f.stored_at is null and f.deleted_at is null""",
            caller.team_id,
            begun.id,
            tx.now,
        )
    if given_up:
        await forget_file(store, storage, caller.team_id, begun.id, begun.place)
    return bool(given_up)


async def forget_file(store: OpenStore, storage: Storage, team_id: int, file_id: int, place: str) -> None:
    """Remove the bytes of a deleted or discarded file, then its row.

    The row goes last since it leads to the bytes.
    """
    await storage.delete(place)
    async with store.transaction() as tx:
        await tx.execute("delete from task_files l where l.team_id = $1 and l.file_id = $2", team_id, file_id)
        await tx.execute("delete from files f where f.team_id = $1 and f.id = $2", team_id, file_id)


class _Measure:
    """Size, hash and type of bytes, measured while they arrive."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self.size = 0
        self.sha256 = hashlib.sha256()
        self.sniffer = Sniffer()

    async def run(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.size += len(chunk)
            self.sha256.update(chunk)
            self.sniffer.take(chunk)
            yield chunk


def _new_place(caller: Caller, at: datetime, name: str) -> str:
    milliseconds = int(at.timestamp() * 1000)
    return f"{caller.user_uid}-{milliseconds}/{new_uid()}{ending_of(name)}"
