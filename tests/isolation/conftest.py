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
async def corpus(store: Store, server: str, settings: Settings) -> Sequence[Sent]:
    """What the product sends while it is made to send all it can, without what other tests send by chance."""
    team = await new_team(store)
    alice = await new_person(store, server, team, "Alice", role="admin", scope="admin")
    bob = await new_person(store, server, team, "Bob")
    with STATEMENTS.hearing() as heard:
        await drive(store, alice, bob, open_storage(settings))
    return heard


@pytest.fixture(scope="session")
def statements(corpus: Sequence[Sent]) -> Sequence[Sent]:
    """What the product sent until now, that of the corpus and of all other tests."""
    return list(STATEMENTS)
