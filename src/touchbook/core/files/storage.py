"""The interface of the storage that holds the bytes of files."""

from collections.abc import AsyncIterator
from typing import Protocol


class Storage(Protocol):
    """Each method raises Unavailable when the storage cannot be reached or refuses."""

    async def put(self, place: str, chunks: AsyncIterator[bytes]) -> None:
        """Store all or nothing; errors of `chunks` are raised. Once it returns, the bytes survive a power cut."""

    async def get(self, place: str) -> AsyncIterator[bytes] | None:
        """Return None if nothing is stored there."""

    async def delete(self, place: str) -> None:
        """Also remove what an interrupted put left; a missing file is no error."""
