"""A contact in a sequence, its step's task seen and done through whatever dialect."""

from typing import Any

from tests.core.sequences.records import enroll, open_task_of, sequence_of, state_now
from tests.factories import contact_of
from tests.people import Person
from tests.stories.telling import SURFACES, Close, Outreach, Rechat, told
from touchbook.store.postgres import Store


async def incomplete(person: Person) -> Any:
    found = told(await person.outreach.get("/tasks", params={"filter[state]": "incomplete", "sort": "dueAt"}))
    [task] = found["data"]
    return task


async def test_a_call_of_a_sequence_is_done_in_close_and_the_next_step_stands_in_outreach(
    store: Store, alice: Person
) -> None:
    sequence = await sequence_of(store, alice, "call", "email")
    contact = await contact_of(store, alice, "Ann Lee")
    state = await enroll(store, alice, sequence, contact.id)
    call = await open_task_of(store, alice, state)
    for surface in SURFACES.values():
        view = await surface.view(alice, call)
        assert (view.title, view.done) == (surface.title("Call Ann Lee"), False)
        assert (view.assignee, view.contact) == (surface.person_id(alice), surface.contact_id(contact))
    assert (await Rechat().whole(alice, call))["task_type"] == "Call"
    assert (await incomplete(alice))["attributes"]["taskType"] == "sequence_step_call"
    await Close().complete(store, alice, call)
    done = await Outreach().whole(alice, call)
    assert (done["attributes"]["state"], done["relationships"]["call"]["data"]["type"]) == ("complete", "call")
    following = await incomplete(alice)
    assert (following["attributes"]["action"], following["attributes"]["taskType"]) == (
        "email",
        "sequence_step_email",
    )
    assert following["relationships"]["sequenceStep"]["data"]["id"] == sequence.steps[1].id
    assert following["relationships"]["prospect"]["data"]["id"] == contact.id
    assert (await state_now(store, alice, state)).step_id == sequence.steps[1].id
