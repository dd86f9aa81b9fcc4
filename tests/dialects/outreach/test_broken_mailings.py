"""A template that cannot be rendered for a prospect: its mailing has failed, until the template is mended."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.core.sequences.records import check_rules, do, kinds_of_events
from tests.dialects.outreach.asking import changed, content_of, created, ids, problems, sent, shown
from tests.dialects.outreach.campaigns import enrolment, new_link, new_sequence, new_template
from tests.jobs.working import actions_of, until_idle, working
from tests.people import Person
from touchbook.core.enrolments.delivering import edit_mailing
from touchbook.core.enrolments.queries import find_state
from touchbook.core.templates import repairing
from touchbook.store.postgres import Store

# Sound for whoever has no name, and out of bounds for all others.
DOUBLED = "Dear\n{% assign x = first_name %}" + "{% assign x = x | append: x %}" * 16 + "{{ x }}"
REASON = "local namespace limit reached (line 2)."


async def enrolled(person: Person, sequence: Any, name: str = "Sarah") -> Any:
    made = await created(person, "/prospects", sent("prospect", firstName=name))
    return await created(person, "/sequenceStates", enrolment(made["id"], sequence))


async def sequence_saying(person: Person, template: Any, kind: str = "email") -> Any:
    sequence = await new_sequence(person, kind, "task")
    [step, _] = await ids(person, "/sequenceSteps", **{"filter[sequence][id]": sequence["id"], "sort": "order"})
    await new_link(person, {"id": step}, template)
    return sequence


async def mailing_of(person: Person, state: Any) -> Any:
    [mailing] = await ids(person, "/mailings", **{"filter[sequenceState][id]": state["id"]})
    return await shown(person, f"/mailings/{mailing}")


async def task_of(person: Person, state: Any) -> Any:
    query = {"filter[sequenceState][id]": state["id"], "filter[state]": "incomplete"}
    [task] = await ids(person, "/tasks", **query)
    return await shown(person, f"/tasks/{task}")


@pytest.mark.parametrize(
    ("members", "subject", "body", "reason"),
    [
        ({"body": DOUBLED}, "Hello", "", f"Body: {REASON}"),
        ({"body": "<p>Hi</p>", "subject": DOUBLED}, None, "<p>Hi</p>", f"Subject: {REASON}"),
        ({"body": DOUBLED, "subject": DOUBLED}, None, "", f"Subject: {REASON} Body: {REASON}"),
    ],
)
async def test_it_has_failed_and_the_enrolment_stands(
    store: Store, alice: Person, members: dict[str, str], subject: str | None, body: str, reason: str
) -> None:
    template = await new_template(alice, **members)
    with capture_logs() as lines:
        state = await enrolled(alice, await sequence_saying(alice, template))
    assert state["attributes"]["state"] == "active"
    attributes = (await mailing_of(alice, state))["attributes"]
    assert (attributes["state"], attributes["errorReason"]) == ("failed", reason)
    assert (attributes["subject"], attributes["bodyHtml"], attributes["scheduledAt"]) == (subject, body, None)
    [line] = [line for line in lines if line["log_level"] == "warning"]
    assert (line["template"], line["reason"]) == (template["id"], reason)
    assert "Sarah" not in str(line)
    await check_rules(store, alice, [await do(store, alice, find_state, state_id=state["id"])])
    assert (await task_of(alice, state))["relationships"]["mailing"]["data"]["id"]


async def test_it_cannot_be_delivered(alice: Person) -> None:
    state = await enrolled(alice, await sequence_saying(alice, await new_template(alice, DOUBLED)))
    task, before = await task_of(alice, state), await mailing_of(alice, state)
    answer = await alice.outreach.post(f"/tasks/{task['id']}/actions/deliver")
    assert list(problems(answer, 422).values()) == [f"This mailing is broken: Body: {REASON}"]
    assert await mailing_of(alice, state) == before
    assert await ids(alice, "/mailings", **{"filter[state]": "failed"}) == [before["id"]]
    assert await ids(alice, "/mailings", **{"filter[state]": "drafted,scheduled"}) == []
    content_of(await alice.outreach.post(f"/tasks/{task['id']}/actions/advance"))
    assert (await task_of(alice, state))["attributes"]["taskType"] == "sequence_step_task"
    assert await mailing_of(alice, state) == before


async def test_a_mended_template_is_said_after_all(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than are taken at a time; one that cannot be mended holds up none."""
    monkeypatch.setattr(repairing, "_AT_ONCE", 2)
    template = await new_template(alice, DOUBLED)
    sequence = await sequence_saying(alice, template)
    states = [await enrolled(alice, sequence, name) for name in ("Sarah", "Sa", "Ann", "Kate", "Jo")]
    path = f"/templates/{template['id']}"
    await changed(alice, path, sent("template", name="Renamed"))
    assert await actions_of(store, alice) == []
    shorter = (
        "Dear {% assign x = first_name %}" + "{% assign x = x | append: x %}" * 13 + "{{ x | truncate: 5, '' }}"
    )
    await changed(alice, path, sent("template", bodyHtml=shorter))
    assert await actions_of(store, alice) == ["template.mend"]
    async with working(store):
        await until_idle(store, alice)
    found = [(await mailing_of(alice, state))["attributes"] for state in states]
    assert [each["state"] for each in found] == ["drafted", "drafted", "drafted", "drafted", "drafted"]
    assert [each["bodyHtml"] for each in found][:2] == ["Dear Sarah", "Dear SaSaS"]
    assert {each["errorReason"] for each in found} == {None}


async def test_each_is_tried_once_an_edit(store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "_AT_ONCE", 1)
    template = await new_template(alice, DOUBLED)
    sequence = await sequence_saying(alice, template)
    states = [await enrolled(alice, sequence, name) for name in ("Sarah", "Ann")]
    await changed(alice, f"/templates/{template['id']}", sent("template", bodyHtml=f"\n{DOUBLED}"))
    async with working(store):
        await until_idle(store, alice)
    for state in states:
        attributes = (await mailing_of(alice, state))["attributes"]
        expected = ("failed", f"Body: {REASON.replace('2', '3')}")
        assert (attributes["state"], attributes["errorReason"]) == expected
    await changed(alice, f"/templates/{template['id']}", sent("template", bodyHtml="Hi {{ first_name }}"))
    async with working(store):
        await until_idle(store, alice)
    mailing = await mailing_of(alice, states[0])
    assert (mailing["attributes"]["state"], mailing["attributes"]["bodyHtml"]) == ("drafted", "Hi Sarah")
    kinds = await kinds_of_events(store, alice, "mailing", mailing["id"])
    assert kinds == ["mailing.created", "mailing.updated", "mailing.mended"]
    task = await task_of(alice, states[0])
    content_of(await alice.outreach.post(f"/tasks/{task['id']}/actions/deliver"))
    assert (await mailing_of(alice, states[0]))["attributes"]["state"] == "scheduled"


async def test_a_deleted_template_mends_nothing(store: Store, alice: Person) -> None:
    template = await new_template(alice, DOUBLED)
    state = await enrolled(alice, await sequence_saying(alice, template))
    await changed(alice, f"/templates/{template['id']}", sent("template", bodyHtml="Hi"))
    assert (await alice.outreach.delete(f"/templates/{template['id']}")).status_code == 204
    async with working(store):
        await until_idle(store, alice)
    assert (await mailing_of(alice, state))["attributes"]["state"] == "failed"


async def test_a_draft_that_is_rewritten_is_mended(store: Store, alice: Person) -> None:
    state = await enrolled(alice, await sequence_saying(alice, await new_template(alice, DOUBLED)))
    mailing = await mailing_of(alice, state)
    await do(store, alice, edit_mailing, mailing_id=mailing["id"], subject="Hello", body="Hi")
    attributes = (await mailing_of(alice, state))["attributes"]
    assert (attributes["state"], attributes["errorReason"]) == ("drafted", None)
    task = await task_of(alice, state)
    content_of(await alice.outreach.post(f"/tasks/{task['id']}/actions/deliver"))
    assert (await mailing_of(alice, state))["attributes"]["state"] == "scheduled"


@pytest.mark.parametrize("kind", ["sms", "linkedin_send_message"])
async def test_a_text_that_cannot_be_rendered_is_not_shown(alice: Person, kind: str) -> None:
    template = await new_template(alice, DOUBLED)
    state = await enrolled(alice, await sequence_saying(alice, template, kind))
    with capture_logs() as lines:
        task = await task_of(alice, state)
    assert task["attributes"]["compiledSequenceTemplateHtml"] is None
    assert {line["reason"] for line in lines if "template" in line} == {f"Body: {REASON}"}
    await changed(alice, f"/templates/{template['id']}", sent("template", bodyHtml="Hi {{ first_name }}"))
    assert (await task_of(alice, state))["attributes"]["compiledSequenceTemplateHtml"] == "Hi Sarah"
