"""Opt-outs of a prospect: written, read back, asked for, and obeyed by its sequences."""

import asyncio
from typing import Any

import pytest

from tests.core.sequences.records import check_rules, do
from tests.dialects.outreach.asking import (
    changed,
    content_of,
    created,
    ids,
    patched,
    problems,
    refused,
    sent,
    shown,
)
from tests.dialects.outreach.campaigns import enrolment, new_link, new_sequence, new_template
from tests.dialects.touchbook.records import timeline_of
from tests.people import Person
from touchbook.core.contacts.queries import find_contact
from touchbook.core.enrolments.queries import find_state
from touchbook.store.postgres import Store

NONE = {
    "optedOut": False,
    "optedOutAt": None,
    "emailOptedOut": False,
    "emailsOptStatus": None,
    "emailsOptedAt": None,
    "callOptedOut": False,
    "callsOptStatus": None,
    "callsOptedAt": None,
}


async def prospect(person: Person, **attributes: Any) -> Any:
    return await created(person, "/prospects", sent("prospect", **{"firstName": "Sarah", **attributes}))


async def change(person: Person, made: Any, **attributes: Any) -> Any:
    return await changed(person, f"/prospects/{made['id']}", sent("prospect", **attributes))


def opt_outs(made: Any) -> dict[str, Any]:
    """With the instants of those that have one as `...`."""
    told = {name: made["attributes"][name] for name in NONE}
    return {name: ... if name.endswith("At") and value else value for name, value in told.items()}


OUT_OF_EMAILS = {"emailOptedOut": True, "emailsOptStatus": "opted_out", "emailsOptedAt": ...}
OUT_OF_CALLS = {"callOptedOut": True, "callsOptStatus": "opted_out", "callsOptedAt": ...}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, {}),
        ({"optedOut": False, "emailOptedOut": None, "callsOptStatus": None}, {}),
        ({"optedOut": True}, {"optedOut": True, "optedOutAt": ...}),
        ({"emailOptedOut": True}, OUT_OF_EMAILS),
        ({"callOptedOut": True}, OUT_OF_CALLS),
        ({"emailsOptStatus": "opted_out"}, OUT_OF_EMAILS),
        ({"callsOptStatus": "opted_out", "callOptedOut": True}, OUT_OF_CALLS),
        ({"emailsOptStatus": "opted_in"}, {"emailsOptStatus": "opted_in", "emailsOptedAt": ...}),
        ({"emailOptedOut": True, "callOptedOut": True, "optedOutAt": "2020-01-01"}, OUT_OF_EMAILS | OUT_OF_CALLS),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_what_is_written_is_read_back(
    alice: Person, at_once: bool, attributes: dict[str, Any], expected: dict[str, Any]
) -> None:
    made = await prospect(alice, **(attributes if at_once else {}))
    if not at_once:
        made = await change(alice, made, **attributes)
    assert opt_outs(made) == {**NONE, **expected}
    assert await shown(alice, f"/prospects/{made['id']}") == made
    assert await changed(alice, f"/prospects/{made['id']}", {"data": made}) == made


async def test_each_has_its_own_time_and_is_taken_back(alice: Person) -> None:
    made = await prospect(alice, emailOptedOut=True)
    at = made["attributes"]["emailsOptedAt"]
    both = await change(alice, made, callOptedOut=True, optedOut=True)
    assert both["attributes"]["emailsOptedAt"] == at
    assert both["attributes"]["optedOutAt"] == both["attributes"]["callsOptedAt"] > at
    back = await change(alice, made, emailsOptStatus="opted_in", callOptedOut=False, optedOut=False)
    assert opt_outs(back) == {**NONE, "emailsOptStatus": "opted_in", "emailsOptedAt": ...}
    assert back["attributes"]["emailsOptedAt"] > at
    assert opt_outs(await change(alice, made, emailsOptStatus=None)) == NONE


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"optedOut": "yes"}, "optedOut"),
        ({"emailOptedOut": 1}, "emailOptedOut"),
        ({"callsOptStatus": "out"}, "callsOptStatus"),
        ({"emailsOptStatus": True}, "emailsOptStatus"),
        ({"emailsOptStatus": "opted_in", "emailOptedOut": True}, "emailsOptStatus"),
        ({"callsOptStatus": "opted_in", "callOptedOut": True}, "callsOptStatus"),
    ],
)
async def test_what_is_wrong_is_refused(alice: Person, attributes: dict[str, Any], name: str) -> None:
    made = await prospect(alice)
    body = sent("prospect", firstName="Kate", **attributes)
    for answer in (
        await alice.outreach.post("/prospects", json=body),
        await patched(alice, f"/prospects/{made['id']}", body),
    ):
        assert problems(answer, 422).keys() == {f"/data/attributes/{name}"}
    assert await ids(alice, "/prospects") == [made["id"]]
    assert await shown(alice, f"/prospects/{made['id']}") == made


async def test_they_are_asked_for_and_sorted_by(alice: Person, charlie: Person) -> None:
    whole, calls, neither = (
        await prospect(alice, optedOut=True),
        await prospect(alice, callOptedOut=True, emailsOptStatus="opted_in"),
        await prospect(alice),
    )
    for name, value, found in (
        ("optedOut", "true", [whole]),
        ("optedOut", "false", [calls, neither]),
        ("optedOutAt", "2020-01-01..inf", [whole]),
        ("optedOutAt", "__null__", [calls, neither]),
        ("callOptedOut", "true", [calls]),
        ("callsOptStatus", "opted_out", [calls]),
        ("callsOptedAt", "__notnull__", [calls]),
        ("emailOptedOut", "false", [whole, calls, neither]),
        ("emailsOptStatus", "opted_in", [calls]),
        ("emailsOptedAt", "neginf..2020-01-01", []),
    ):
        query = {f"filter[{name}]": value}
        assert await ids(alice, "/prospects", **query) == [each["id"] for each in found], query
        assert await ids(charlie, "/prospects", **query) == []
    assert await ids(alice, "/prospects", sort="-callOptedOut,id") == [calls["id"], whole["id"], neither["id"]]
    assert await refused(alice, "/prospects", **{"filter[optedOut]": "perhaps"}) == "filter[optedOut]"


@pytest.mark.parametrize("name", ["optedOut", "emailOptedOut", "callOptedOut"])
async def test_another_teams_prospect_is_not_opted_out(alice: Person, charlie: Person, name: str) -> None:
    made = await prospect(alice)
    answer = await patched(charlie, f"/prospects/{made['id']}", sent("prospect", **{name: True}))
    assert problems(answer, 404)
    assert await shown(alice, f"/prospects/{made['id']}") == made


async def mailed(person: Person, *kinds: str) -> Any:
    """A sequence of such steps, each of which says a template."""
    sequence = await new_sequence(person, *kinds)
    template = await new_template(person)
    for step in await ids(person, "/sequenceSteps", **{"filter[sequence][id]": sequence["id"]}):
        await new_link(person, {"id": step}, template)
    return sequence


async def enrolled(person: Person, made: Any, sequence: Any) -> Any:
    return await created(person, "/sequenceStates", enrolment(made["id"], sequence))


async def at_hand(store: Store, person: Person, state: Any) -> list[str]:
    """The types of its open tasks; the rules of sequences hold."""
    await check_rules(store, person, [await do(store, person, find_state, state_id=state["id"])])
    query = {"filter[sequenceState][id]": state["id"], "filter[state]": "incomplete"}
    tasks = content_of(await person.outreach.get("/tasks", params=query))["data"]
    return [task["attributes"]["taskType"].removeprefix("sequence_step_") for task in tasks]


async def state_of(person: Person, state: Any) -> str:
    return str((await shown(person, f"/sequenceStates/{state['id']}"))["attributes"]["state"])


async def complete(person: Person, state: Any) -> None:
    query = {"filter[sequenceState][id]": state["id"], "filter[state]": "incomplete"}
    [task] = await ids(person, "/tasks", **query)
    content_of(await person.outreach.post(f"/tasks/{task}/actions/markComplete"))


@pytest.mark.parametrize(("channel", "kind"), [("emailOptedOut", "email"), ("callOptedOut", "call")])
async def test_forbidden_steps_are_passed_over(store: Store, alice: Person, channel: str, kind: str) -> None:
    made = await prospect(alice, **{channel: True})
    state = await enrolled(alice, made, await mailed(alice, kind, "sms", kind, kind, "task", kind))
    assert await at_hand(store, alice, state) == ["sms"]
    await complete(alice, state)
    assert await at_hand(store, alice, state) == ["task"]
    await complete(alice, state)
    assert await state_of(alice, state) == "finished"
    assert await ids(alice, "/mailings") == []


async def test_who_wants_nothing_of_it_is_not_taken_in(alice: Person) -> None:
    both = await mailed(alice, "email", "call")
    answers = [
        (await prospect(alice, optedOut=True), "has opted out."),
        (await prospect(alice, emailOptedOut=True, callOptedOut=True), "every step"),
    ]
    for made, said in answers:
        answer = await alice.outreach.post("/sequenceStates", json=enrolment(made["id"], both))
        assert said in problems(answer, 409)[None]
    assert await ids(alice, "/sequenceStates") == []
    back = await change(alice, answers[0][0], optedOut=False)
    assert (await enrolled(alice, back, both))["attributes"]["state"] == "active"


@pytest.mark.parametrize(("channel", "kind"), [("emailOptedOut", "email"), ("callsOptStatus", "call")])
async def test_a_step_at_hand_is_skipped_at_once(store: Store, alice: Person, channel: str, kind: str) -> None:
    made = await prospect(alice)
    state = await enrolled(alice, made, await mailed(alice, kind, kind, "task"))
    alone = await enrolled(alice, made, await mailed(alice, kind))
    other = await enrolled(alice, made, await mailed(alice, "sms", "task"))
    bystander = await enrolled(alice, await prospect(alice), await mailed(alice, kind))
    await change(alice, made, **{channel: "opted_out" if channel.endswith("Status") else True})
    assert await at_hand(store, alice, state) == ["task"]
    assert await state_of(alice, alone) == "finished"
    assert await at_hand(store, alice, other) == ["sms"]
    assert await at_hand(store, alice, bystander) == [kind]
    [skipped] = await ids(alice, "/tasks", **{"filter[sequenceState][id]": alone["id"]})
    task = await shown(alice, f"/tasks/{skipped}")
    assert (task["attributes"]["state"], task["relationships"]["completer"]["data"]) == ("complete", None)


async def scheduled_mailing(person: Person, state: Any) -> tuple[int, int]:
    """The task of its step, and the mailing that is to be sent for it."""
    [task] = await ids(person, "/tasks", **{"filter[sequenceState][id]": state["id"]})
    content_of(await person.outreach.post(f"/tasks/{task}/actions/deliver"))
    [mailing] = await ids(person, "/mailings", **{"filter[task][id]": task, "filter[state]": "scheduled"})
    return task, mailing


@pytest.mark.parametrize("done", [False, True], ids=["its task is open", "its task is complete"])
@pytest.mark.parametrize("name", ["optedOut", "emailOptedOut"])
async def test_what_was_to_be_sent_is_withdrawn(alice: Person, name: str, done: bool) -> None:
    made = await prospect(alice)
    state = await enrolled(alice, made, await mailed(alice, "email", "call"))
    task, mailing = await scheduled_mailing(alice, state)
    bystander = await enrolled(alice, await prospect(alice), await mailed(alice, "email"))
    _, other = await scheduled_mailing(alice, bystander)
    if done:
        content_of(await alice.outreach.post(f"/tasks/{task}/actions/advance"))
    await change(alice, made, **{name: True})
    attributes = (await shown(alice, f"/mailings/{mailing}"))["attributes"]
    assert (attributes["state"], attributes["scheduledAt"]) == ("drafted", None)
    assert await ids(alice, "/mailings", **{"filter[state]": "scheduled"}) == [other]


async def test_calls_alone_leave_what_was_to_be_sent(alice: Person) -> None:
    made = await prospect(alice)
    state = await enrolled(alice, made, await mailed(alice, "email", "call"))
    _, mailing = await scheduled_mailing(alice, state)
    await change(alice, made, callOptedOut=True)
    assert await ids(alice, "/mailings", **{"filter[state]": "scheduled"}) == [mailing]


async def test_who_wants_nothing_leaves_all(store: Store, alice: Person) -> None:
    made = await prospect(alice)
    states = [await enrolled(alice, made, await mailed(alice, *kinds)) for kinds in (("sms", "task"), ("call",))]
    paused = await enrolled(alice, made, await mailed(alice, "task"))
    content_of(await alice.outreach.post(f"/sequenceStates/{paused['id']}/actions/pause"))
    finished = await enrolled(alice, made, await mailed(alice, "task"))
    await complete(alice, finished)
    await change(alice, made, optedOut=True)
    out = [*(state["id"] for state in states), paused["id"]]
    for state in (*states, paused):
        assert await state_of(alice, state) == "opted_out"
        assert await at_hand(store, alice, state) == []
        resumed = await alice.outreach.post(f"/sequenceStates/{state['id']}/actions/resume")
        assert problems(resumed, 409)
    assert await ids(alice, "/sequenceStates", **{"filter[state]": "opted_out"}) == out
    assert await ids(alice, "/sequenceStates", **{"filter[state]": "finished"}) == [finished["id"]]
    await change(alice, made, optedOut=False)
    assert await ids(alice, "/sequenceStates", **{"filter[state]": "opted_out"}) == out


async def test_a_paused_prospect_goes_on_past_what_it_forbids(store: Store, alice: Person) -> None:
    made = await prospect(alice)
    state = await enrolled(alice, made, await mailed(alice, "email", "email", "task"))
    content_of(await alice.outreach.post(f"/sequenceStates/{state['id']}/actions/pause"))
    await change(alice, made, emailOptedOut=True)
    assert await state_of(alice, state) == "paused"
    resumed = content_of(await alice.outreach.post(f"/sequenceStates/{state['id']}/actions/resume"))["data"]
    assert resumed == await shown(alice, f"/sequenceStates/{state['id']}")
    assert (await at_hand(store, alice, state), await state_of(alice, state)) == (["task"], "active")


async def test_its_story_tells_of_it(store: Store, alice: Person) -> None:
    made = await prospect(alice)
    await change(alice, made, emailOptedOut=True)
    await change(alice, made, emailOptedOut=True)
    await change(alice, made, optedOut=True, emailOptedOut=False)
    uid = (await do(store, alice, find_contact, contact_id=made["id"])).uid
    entries = [
        entry for entry in await timeline_of(alice, str(uid)) if entry["kind"] == "contact.opt_outs_changed"
    ]
    assert [entry["changes"] for entry in entries] == [
        {"opted_out": True, "email_opt_status": None},
        {"email_opt_status": "opted_out"},
    ]


async def test_two_at_once_lose_no_opt_out(alice: Person) -> None:
    made = await prospect(alice)
    names = ("optedOut", "emailOptedOut", "callOptedOut")
    await asyncio.gather(*(change(alice, made, **{name: True}) for name in names))
    attributes = (await shown(alice, f"/prospects/{made['id']}"))["attributes"]
    assert [attributes[name] for name in names] == [True, True, True]


async def test_whoever_enrols_meanwhile_is_obeyed_too(store: Store, alice: Person) -> None:
    """Enrolling and opting out at once: whichever comes first, no forbidden step is at hand at the end."""
    sequence = await mailed(alice, "email", "task")
    for _ in range(8):
        made = await prospect(alice)
        body = enrolment(made["id"], sequence)
        answer, _ = await asyncio.gather(
            alice.outreach.post("/sequenceStates", json=body), change(alice, made, emailOptedOut=True)
        )
        assert await at_hand(store, alice, content_of(answer, 201)["data"]) == ["task"]


async def test_whoever_goes_on_meanwhile_is_obeyed_too(store: Store, alice: Person) -> None:
    """A step is completed and the next one forbidden at once. Who is told of a conflict says it again."""
    sequence = await mailed(alice, "task", "email", "sms")
    for _ in range(8):
        made = await prospect(alice)
        state = await enrolled(alice, made, sequence)
        [task] = await ids(alice, "/tasks", **{"filter[sequenceState][id]": state["id"]})
        done, opted = await asyncio.gather(
            alice.outreach.post(f"/tasks/{task}/actions/markComplete"),
            patched(alice, f"/prospects/{made['id']}", sent("prospect", emailOptedOut=True)),
        )
        assert {done.status_code, opted.status_code} <= {200, 409}
        if opted.status_code == 409:
            await change(alice, made, emailOptedOut=True)
        assert done.status_code == 200
        assert await at_hand(store, alice, state) == ["sms"]
