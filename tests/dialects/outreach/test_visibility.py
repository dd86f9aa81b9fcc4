"""Where contacts are their owners', so is what was done with them."""

import pytest

from tests.core.sequences.records import replied_in_sequence, sequence_of
from tests.dialects.outreach.asking import ids, problems
from tests.dialects.outreach.campaigns import enrolment
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.showing import show_contacts
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store

pytestmark = pytest.mark.req("RC-179")


@pytest.fixture
async def team(store: Store, team: Team) -> Team:
    async with store.transaction() as tx:
        await show_contacts(tx, act_as(team, None, surface="test"), to="owner")
    return team


@pytest.mark.parametrize("path", ["/sequenceStates", "/mailings", "/calls"])
async def test_ones_own_and_an_admin_all(store: Store, alice: Person, bob: Person, path: str) -> None:
    await replied_in_sequence(store, alice)
    await replied_in_sequence(store, bob)
    hers, his = await ids(alice, path)
    assert await ids(bob, path) == [his]
    assert problems(await bob.outreach.get(f"{path}/{hers}"), 404)
    assert (await bob.outreach.get(f"{path}/{his}")).status_code == 200


async def test_nobody_else_s_is_taken_in_or_out(store: Store, alice: Person, bob: Person) -> None:
    contact, made = await contact_of(store, alice), await sequence_of(store, alice, "call")
    body = enrolment(contact.id, {"id": made.id})
    assert problems(await bob.outreach.post("/sequenceStates", json=body), 422).keys() == {
        "/data/relationships/prospect"
    }
    state = await replied_in_sequence(store, alice)
    for name in ("finish", "pause", "resume"):
        assert problems(await bob.outreach.post(f"/sequenceStates/{state.id}/actions/{name}"), 404)
    assert problems(await bob.outreach.delete(f"/sequenceStates/{state.id}"), 404)
