"""What the core asks of wherever the bytes of files are."""

from collections.abc import AsyncIterator
from typing import Protocol


class Storage(Protocol):
    """Each raises Unavailable when the storage cannot be reached or refuses."""

    async def put(self, place: str, chunks: AsyncIterator[bytes]) -> None:
        """All of it or nothing; what `chunks` raises is raised. Once it returns, the bytes outlive a power cut."""

    async def get(self, place: str) -> AsyncIterator[bytes] | None:
        """None if nothing is there."""

    async def delete(self, place: str) -> None:
        """With what a put that was killed left there; nothing there is no error."""
