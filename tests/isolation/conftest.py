from collections.abc import Sequence

import pytest

from tests.isolation.catalogue import Schema, read_schema
from tests.isolation.corpus import drive
from tests.isolation.statements import STATEMENTS, Sent
from tests.people import new_person, new_team
from touchbook.config import Settings
from touchbook.store.files import open_storage
from touchbook.store.postgres import Store


@pytest.fixture(scope="session")
async def schema(store: Store) -> Schema:
    return await read_schema(store)


@pytest.fixture(scope="session")
async def statements(store: Store, server: str, settings: Settings) -> Sequence[Sent]:
    """What the product sent until now, after it was made to send all it can."""
    team = await new_team(store)
    alice = await new_person(store, server, team, "Alice", role="admin", scope="admin")
    await drive(store, alice, await new_person(store, server, team, "Bob"), open_storage(settings))
    return list(STATEMENTS)
