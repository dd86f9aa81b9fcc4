"""GET /users, GET /users/{id}."""

from tests.dialects.outreach.asking import ids, listed, shown
from tests.people import Person
from touchbook.store.postgres import Store


async def test_the_team_is_listed(alice: Person, bob: Person, charlie: Person) -> None:
    data = (await listed(alice, "/users"))["data"]
    assert [each["id"] for each in data] == [alice.user_id, bob.user_id]
    attributes = data[1]["attributes"]
    assert attributes["email"].startswith("bob.")
    assert (attributes["firstName"], attributes["lastName"], attributes["name"]) == (
        "Bob",
        "Example",
        "Bob Example",
    )
    assert attributes["locked"] is False


async def test_who_left_is_locked(store: Store, alice: Person, bob: Person) -> None:
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = now() where team_id = $1 and user_id = $2", bob.team.id, bob.user_id
        )
    assert (await shown(alice, f"/users/{bob.user_id}"))["attributes"]["locked"] is True


async def test_users_are_asked_for(alice: Person, bob: Person) -> None:
    email = (await shown(alice, f"/users/{bob.user_id}"))["attributes"]["email"]
    assert await ids(alice, "/users", **{"filter[email]": email.upper()}) == [bob.user_id]
    assert await ids(alice, "/users", **{"filter[firstName]": "Alice"}) == [alice.user_id]
