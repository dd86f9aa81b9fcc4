from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.dialects.close.records import new_lead
from tests.people import Person
from touchbook.store.postgres import Store


@pytest.fixture
async def lead(alice: Person) -> Any:
    return await new_lead(alice)


@pytest.fixture
def at(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Stops the clock of the server at an instant."""

    def stop(instant: str) -> None:
        now = datetime.fromisoformat(instant)
        monkeypatch.setattr(store, "clock", lambda: now)

    return stop
