import time
from typing import Any

import pytest

from tests.dialects.rechat.records import NEVER, NO_UIDS, a, new_contact, shown
from tests.dialects.rechat.wire import data_of, done, refusal_of
from tests.people import Person

DAY = 86_400


async def touch(person: Person, contact: Any, days: int | None) -> Any:
    return data_of(await person.rechat.patch(f"/contacts/{contact['id']}/touch", json={"touch_freq": days}))


def days_ahead(contact: Any) -> float:
    ahead: float = contact["next_touch"] - time.time()
    return round(ahead / DAY, 2)


@pytest.mark.req("RC-152")
@pytest.mark.req("RC-154")
async def test_every_so_many_days_from_now(alice: Person, bob: Person) -> None:
    contact = await new_contact(alice)
    assert (contact["touch_freq"], contact["next_touch"]) == (None, None)
    paced = await touch(bob, contact, 43)
    assert (paced["touch_freq"], paced["last_touch"], days_ahead(paced)) == (43, None, 43)
    assert paced["updated_at"] > contact["updated_at"]
    assert "attributes" not in paced


async def test_the_same_days_again_change_nothing(alice: Person) -> None:
    contact = await new_contact(alice)
    paced = await touch(alice, contact, 43)
    assert await touch(alice, contact, 43) == paced


@pytest.mark.req("RC-155")
async def test_a_tag_that_wants_it_sooner_decides(alice: Person) -> None:
    contact = await new_contact(alice, a("tag", "Warm"))
    assert (contact["touch_freq"], days_ahead(contact)) == (30, 30)
    paced = await touch(alice, contact, 43)
    assert (paced["touch_freq"], days_ahead(paced)) == (43, 30)
    sooner = await touch(alice, contact, 5)
    assert (sooner["touch_freq"], days_ahead(sooner)) == (5, 5)


@pytest.mark.req("RC-156")
async def test_no_days_no_touch(alice: Person) -> None:
    contact = await new_contact(alice, a("tag", "Seller"))
    await touch(alice, contact, 43)
    calm = await touch(alice, contact, None)
    assert (calm["touch_freq"], calm["next_touch"]) == (None, None)
    warm = await new_contact(alice, a("tag", "Warm"))
    still = await touch(alice, warm, None)
    assert (still["touch_freq"], still["next_touch"]) == (None, warm["next_touch"])


async def test_a_tag_brings_its_days_and_leaves_them(alice: Person) -> None:
    contact = await new_contact(alice)
    sent = {"attributes": [a("tag", "Hot")]}
    hot = data_of(await alice.rechat.patch(f"/contacts/{contact['id']}", json=sent))
    assert (hot["touch_freq"], days_ahead(hot)) == (7, 7)
    done(await alice.rechat.delete("/contacts/tags/Hot"))
    after = await shown(alice, contact)
    assert (after["touch_freq"], after["next_touch"]) == (7, hot["next_touch"])


async def test_other_changes_put_nothing_off(alice: Person) -> None:
    contact = await touch(alice, await new_contact(alice), 10)
    sent = {"attributes": [a("nickname", "Al"), a("tag", "x")]}
    assert (
        data_of(await alice.rechat.patch(f"/contacts/{contact['id']}", json=sent))["next_touch"]
        == (contact["next_touch"])
    )


@pytest.mark.parametrize("uid", [NEVER, *NO_UIDS])
async def test_an_unknown_contact_is_refused(alice: Person, charlie: Person, uid: str) -> None:
    foreign = (await new_contact(charlie))["id"]
    answer = await alice.rechat.patch(f"/contacts/{uid}/touch", json={"touch_freq": 3})
    refusal_of(answer, 404 if uid == NEVER else 400)
    refusal_of(await alice.rechat.patch(f"/contacts/{foreign}/touch", json={"touch_freq": 3}), 404)
