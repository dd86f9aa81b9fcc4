from collections.abc import Callable
from datetime import datetime

import httpx
import pytest

from tests.people import Person, new_key, touchbook_client
from touchbook.store.postgres import Store


@pytest.fixture
def at(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Stops the clock of the server at an instant."""

    def stop(instant: str) -> None:
        now = datetime.fromisoformat(instant)
        monkeypatch.setattr(store, "clock", lambda: now)

    return stop


@pytest.fixture
async def reading(store: Store, alice: Person) -> httpx.AsyncClient:
    """Alice, with a key that only reads."""
    return touchbook_client(alice.url, await new_key(store, alice, "read"))
