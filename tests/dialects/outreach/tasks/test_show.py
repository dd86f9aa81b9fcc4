"""What a task is shown as."""

from datetime import date, datetime
from typing import Any

import pytest

from tests.core.sequences.records import enroll, open_task_of, sequence_of, template_of
from tests.counting import counting
from tests.dialects.outreach.asking import account_of, content_of, listed, problems, shown
from tests.dialects.outreach.tasks.records import acted, end, patched, task_for, task_now
from tests.factories import NOON, contact_of, deal_of, task_of
from tests.people import Person
from touchbook.core.tasks.association import NewAssociation
from touchbook.store.postgres import Store

ATTRIBUTES = {
    "action", "autoskipAt", "compiledSequenceTemplateHtml", "completed", "completedAt", "createdAt", "dueAt",
    "note", "opportunityAssociation", "scheduledAt", "state", "stateChangedAt", "taskType", "updatedAt",
}  # fmt: skip
RELATIONSHIPS = {
    "account", "call", "calls", "completer", "creator", "mailing", "mailings", "opportunity", "owner", "prospect",
    "sequence", "sequenceSequenceSteps", "sequenceState", "sequenceStep", "sequenceTemplate", "subject",
    "taskPriority", "template",
}  # fmt: skip


@pytest.mark.req("OU-01", "OU-02", "OU-03", "OU-04", "OU-05", "OU-06", "OU-07")
async def test_a_task_has_all_its_members(store: Store, alice: Person) -> None:
    made = await task_for(store, alice)
    [task] = (await listed(alice, "/tasks"))["data"]
    assert task == made
    assert (task["type"], type(task["id"])) == ("task", int)
    assert task["attributes"].keys() == ATTRIBUTES
    assert task["relationships"].keys() == RELATIONSHIPS
    for name, relationship in task["relationships"].items():
        if name in ("calls", "mailings"):
            place = f"{alice.url}/api/v2/{name}?filter%5Btask%5D%5Bid%5D={task['id']}"
            assert relationship == {"links": {"related": place}}
        elif name == "sequenceSequenceSteps":
            assert relationship == {"data": []}
        else:
            assert relationship.keys() == {"data"}
            assert relationship["data"] is None or type(relationship["data"]["id"]) is int
    assert task["links"]["self"] == f"{alice.url}/api/v2/tasks/{task['id']}"


@pytest.mark.req("OU-09")
async def test_times_have_milliseconds_and_z(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, due_at=NOON.replace(microsecond=123_999))
    times = (await task_now(alice, task.id))["attributes"]
    assert times["dueAt"] == "2026-07-15T17:00:00.123Z"
    for name in ("createdAt", "updatedAt", "stateChangedAt"):
        assert len(times[name]) == len("2026-07-15T17:00:00.123Z")
        assert datetime.fromisoformat(times[name])


async def test_a_day_is_due_at_its_midnight_where_the_team_lives(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, due_on=date(2026, 7, 15))
    assert (await task_now(alice, task.id))["attributes"]["dueAt"] == "2026-07-15T05:00:00.000Z"


@pytest.mark.req("OU-08")
async def test_the_creator_is_a_user_or_a_step(store: Store, alice: Person) -> None:
    task = await task_for(store, alice)
    assert end(task, "creator") == ("user", alice.user_id)
    sequence = await sequence_of(store, alice, "call", "email")
    state = await enroll(store, alice, sequence)
    step = await task_now(alice, (await open_task_of(store, alice, state)).id)
    assert end(step, "creator") == ("sequenceStep", sequence.steps[0].id)
    assert end(step, "sequence") == ("sequence", sequence.id)
    assert end(step, "sequenceState") == ("sequenceState", state.id)
    assert end(step, "sequenceStep") == ("sequenceStep", sequence.steps[0].id)
    steps = step["relationships"]["sequenceSequenceSteps"]["data"]
    assert steps == [{"type": "sequenceStep", "id": each.id} for each in sequence.steps]
    assert step["attributes"]["taskType"] == "sequence_step_call"


@pytest.mark.req("OU-08")
async def test_the_subject_is_what_the_task_is_about(store: Store, alice: Person) -> None:
    contact, account = (await contact_of(store, alice)).id, await account_of(alice)
    deal = (await deal_of(store, alice)).id
    prospect, company, sale = ("prospect", contact), ("account", account), ("opportunity", deal)
    about: list[tuple[Any, ...]] = [
        ({"subject": prospect}, prospect, prospect, None),
        ({"prospect": prospect}, prospect, prospect, None),
        ({"subject": company}, company, None, company),
        ({"subject": company, "prospect": prospect}, company, prospect, company),
        ({"subject": sale}, sale, None, None),
        ({"subject": prospect, "opportunity": sale}, prospect, prospect, None),
    ]
    for related, subject, linked, owner in about:
        task = await task_for(store, alice, related)
        assert (end(task, "subject"), end(task, "prospect"), end(task, "account")) == (subject, linked, owner)


async def test_a_prospects_company_is_the_tasks_and_not_its_subject(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, company="Cyberdyne")
    related = {"subject": ("prospect", contact.id), "account": ("account", contact.account_id)}
    for task in (
        await task_for(store, alice, related),
        await task_for(store, alice, {"prospect": related["subject"]}),
    ):
        assert end(task, "subject") == end(task, "prospect") == ("prospect", contact.id)
        assert end(task, "account") == ("account", contact.account_id)


async def test_of_several_the_first_is_shown(store: Store, alice: Person, bob: Person) -> None:
    contacts = [await contact_of(store, alice) for _ in range(2)]
    links = [NewAssociation("contact", contacts[0].id, 7), NewAssociation("contact", contacts[1].id, 3)]
    task = await task_of(store, alice, associations=links, assignees=[bob.user_id, alice.user_id])
    now = await task_now(alice, task.id)
    assert (end(now, "prospect"), end(now, "owner")) == (("prospect", contacts[1].id), ("user", bob.user_id))


@pytest.mark.req("OU-23")
@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("scheduled", "pending"),
        ("open", "incomplete"),
        ("in_progress", "incomplete"),
        ("completed", "complete"),
        ("cancelled", "complete"),
        ("no_show", "complete"),
        ("skipped", "complete"),
    ],
)
async def test_states(store: Store, alice: Person, status: Any, state: str) -> None:
    task = await task_of(store, alice, status=status)
    attributes = (await task_now(alice, task.id))["attributes"]
    assert (attributes["state"], attributes["completed"]) == (state, state == "complete")


@pytest.mark.req("OU-24")
async def test_what_there_is_not_is_not_found(alice: Person, bob: Person, charlie: Person, store: Store) -> None:
    task = await task_for(store, alice)
    assert (await shown(bob, f"/tasks/{task['id']}"))["id"] == task["id"]
    for person, identifier in ((charlie, task["id"]), (alice, 2**59), (alice, 0), (alice, "x"), (alice, 10**30)):
        answer = await person.outreach.get(f"/tasks/{identifier}")
        assert problems(answer, 404) == {None: f"Could not find 'task' with ID '{identifier}'."}


@pytest.mark.req("OU-69")
async def test_a_text_is_told_while_its_task_is_open(store: Store, alice: Person) -> None:
    plain = await task_for(store, alice)
    changed = await patched(alice, plain["id"], compiledSequenceTemplateHtml="<b>no</b>")
    assert changed["attributes"]["compiledSequenceTemplateHtml"] is None
    sequence = await sequence_of(store, alice, "sms", "email")
    await template_of(store, alice, sequence.steps[0], "Hello <b>{{first_name}}</b><script>x</script>")
    states = [
        await enroll(store, alice, sequence, (await contact_of(store, alice, name)).id) for name in ("Ann", "Bo")
    ]
    tasks = [(await open_task_of(store, alice, state)).id for state in states]
    items = {each["id"]: each for each in (await listed(alice, "/tasks"))["data"]}
    told = [items[task]["attributes"]["compiledSequenceTemplateHtml"] for task in tasks]
    assert told == ["Hello <b>Ann</b>", "Hello <b>Bo</b>"]
    done = await acted(alice, tasks[0], "markComplete")
    assert done["attributes"]["compiledSequenceTemplateHtml"] is None


async def test_nobody_compiles_what_is_not_shown(store: Store, alice: Person) -> None:
    sequence = await sequence_of(store, alice, "sms")
    await template_of(store, alice, sequence.steps[0], "Hello")
    await enroll(store, alice, sequence)
    with counting() as count:
        [task] = (await listed(alice, "/tasks", **{"fields[task]": "action,note"}))["data"]
    assert task["attributes"] == {"action": "action_item", "note": None}
    assert count() == 1


async def test_the_call_of_a_call_task_is_shown(store: Store, alice: Person) -> None:
    task = await task_for(store, alice, action="call")
    assert end(task, "call") is None
    done = await acted(alice, task["id"], "markComplete")
    kind, identifier = end(done, "call") or ("", 0)
    assert kind == "call"
    for name in ("call", "calls"):
        found = content_of(await alice.outreach.get("/tasks", params={f"filter[{name}][id]": str(identifier)}))
        assert [each["id"] for each in found["data"]] == [task["id"]]
