"""A sign-in that is under way while the person's sign-ins are ended."""

import asyncio

import pytest

from tests.people import Person
from tests.signing_in import give_password, new_client
from touchbook.core.errors import Unauthenticated
from touchbook.core.teams.authenticating import authenticate_token
from touchbook.core.teams.granting import give_token, make_grant
from touchbook.core.teams.queries import lock_account
from touchbook.core.teams.registering import authenticate_client
from touchbook.store.postgres import Store


async def test_a_new_password_ends_what_the_old_one_is_giving(store: Store, alice: Person) -> None:
    """The old password was found right, and its grant is not committed yet: the new one waits, then ends it."""
    email, client = await give_password(store, alice), await new_client(store)
    async with store.transaction() as tx:
        assert await lock_account(tx, email) is not None
        changing = asyncio.create_task(give_password(store, alice))
        _, waiting = await asyncio.wait([changing], timeout=0.3)
        client_id = await authenticate_client(tx, client)
        grant_id = await make_grant(tx, client_id=client_id, user_id=alice.user_id)
        token = await give_token(tx, "access", grant_id=grant_id)
    assert waiting == {changing}
    await changing
    async with store.reading() as reader:
        with pytest.raises(Unauthenticated):
            await authenticate_token(reader, token, surface="rechat")
