"""A contact opts out in Outreach; its sequence obeys, through whatever dialect its tasks are done."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.core.sequences.records import check_rules, enroll, open_task_of, sequence_of, state_now
from tests.dialects.outreach.asking import changed, sent, shown
from tests.factories import contact_of
from tests.people import Person
from tests.stories.telling import SURFACES, Close, told
from touchbook.core.contacts.contact import Contact
from touchbook.store.postgres import Store


async def opt_out(person: Person, contact: Contact, **attributes: Any) -> None:
    await changed(person, f"/prospects/{contact.id}", sent("prospect", **attributes))


@pytest.mark.parametrize("name", SURFACES)
async def test_a_step_is_done_anywhere_and_the_forbidden_one_after_it_is_passed_over(
    store: Store, alice: Person, name: str
) -> None:
    surface = SURFACES[name]
    contact = await contact_of(store, alice, "Ann Lee")
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "email", "task"), contact.id)
    call = await open_task_of(store, alice, state)
    await opt_out(alice, contact, emailOptedOut=True)
    assert (await open_task_of(store, alice, state)).id == call.id
    await surface.complete(store, alice, call)
    following = await open_task_of(store, alice, state)
    assert following.origin == "sequence_step_task"
    assert (await surface.view(alice, following)).title == surface.title("Follow up with Ann Lee")


@pytest.mark.parametrize("name", SURFACES)
async def test_a_step_at_hand_is_seen_done_everywhere(store: Store, alice: Person, name: str) -> None:
    surface = SURFACES[name]
    contact = await contact_of(store, alice, "Ann Lee")
    state = await enroll(store, alice, await sequence_of(store, alice, "call"), contact.id)
    call = await open_task_of(store, alice, state)
    assert not (await surface.view(alice, call)).done
    await opt_out(alice, contact, callOptedOut=True)
    assert (await surface.view(alice, call)).done
    assert (await state_now(store, alice, state)).finish_reason == "completed"


@pytest.mark.parametrize("name", SURFACES)
async def test_a_step_that_is_forbidden_by_now_is_reopened_nowhere(store: Store, alice: Person, name: str) -> None:
    surface = SURFACES[name]
    contact = await contact_of(store, alice)
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "task"), contact.id)
    call = await open_task_of(store, alice, state)
    await surface.complete(store, alice, call)
    await opt_out(alice, contact, callOptedOut=True)
    with pytest.raises(Exception, match="opted out of calls"):
        await surface.reopen(store, alice, call)
    assert (await open_task_of(store, alice, state)).origin == "sequence_step_task"
    await check_rules(store, alice, [state])


async def test_close_writes_a_contact_and_leaves_its_opt_outs(store: Store, alice: Person) -> None:
    """None of them is shown there, and none is lost."""
    contact = await contact_of(store, alice, "Ann Lee")
    await opt_out(alice, contact, emailOptedOut=True, callsOptStatus="opted_in")
    before = await shown(alice, f"/prospects/{contact.id}")
    path = f"/contact/{Close().contact_id(contact)}/"
    whole = told(await alice.close.get(path))
    assert "opt" not in " ".join(whole).lower().replace("opportun", "")
    told(await alice.close.put(path, json={**whole, "title": "Boss"}))
    after = await shown(alice, f"/prospects/{contact.id}")
    assert _without_change(after, title="Boss") == _without_change(before, title="Boss")


def _without_change(record: Any, **attributes: Any) -> Mapping[str, Any]:
    return {**record["attributes"], **attributes, "updatedAt": None}


async def test_rechat_writes_a_contact_and_leaves_its_opt_outs(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, "Ann Lee")
    await opt_out(alice, contact, optedOut=True)
    before = (await shown(alice, f"/prospects/{contact.id}"))["attributes"]
    body = {"attributes": [{"attribute_type": "job_title", "text": "Boss"}]}
    told(await alice.rechat.patch(f"/contacts/{contact.uid}", json=body))
    after = (await shown(alice, f"/prospects/{contact.id}"))["attributes"]
    assert after["title"] == "Boss"
    assert (after["optedOut"], after["optedOutAt"]) == (True, before["optedOutAt"])
