"""The state machine: pending, incomplete, complete; sequences; random series of actions keep its rules."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.clock import utc_now
from tests.core.sequences.records import (
    Clock,
    check_rules,
    enroll,
    open_task_of,
    sequence_of,
    state_now,
    template_of,
)
from tests.dialects.outreach.asking import content_of, listed, patched, problems
from tests.dialects.outreach.tasks.records import act, acted, end, task_for, task_now, wire
from tests.factories import task_of
from tests.people import Person
from touchbook.core.sequences.step import STEP_KINDS, StepKind
from touchbook.core.tasks.scheduled_actions import OPENING, SKIPPING
from touchbook.core.templates.queries import find_mailing
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS as JOBS
from touchbook.store.postgres import Store

HOUR = timedelta(hours=1)


@pytest.mark.req("OU-20")
async def test_a_pending_task_opens_when_its_time_has_come(store: Store, alice: Person) -> None:
    clock = Clock(store)
    task = await task_for(store, alice, scheduledAt=wire(clock.now + HOUR))
    await work(clock, alice, task["id"])
    assert (await task_now(alice, task["id"]))["attributes"]["state"] == "pending"
    clock.pass_by(3700)
    await work(clock, alice, task["id"])
    now = (await task_now(alice, task["id"]))["attributes"]
    assert (now["state"], now["completed"]) == ("incomplete", False)
    assert datetime.fromisoformat(now["stateChangedAt"]) >= clock.now - HOUR / 60


@pytest.mark.req("OU-21", "OU-22")
async def test_a_task_is_skipped_when_its_time_has_passed(store: Store, alice: Person) -> None:
    clock = Clock(store)
    never = await task_for(store, alice)
    skipped = await task_for(store, alice, autoskipAt=wire(clock.now + HOUR))
    clock.pass_by(3700)
    for task in (never, skipped):
        await work(clock, alice, task["id"])
    assert await task_now(alice, never["id"]) == never
    now = await task_now(alice, skipped["id"])
    assert (now["attributes"]["state"], now["attributes"]["completed"]) == ("complete", True)
    assert now["attributes"]["completedAt"] is not None
    assert end(now, "completer") is None


async def work(clock: Clock, person: Person, task_id: int) -> None:
    """As the jobs do that find what is due."""
    for kind in (OPENING, SKIPPING):
        await perform(clock.store, JOBS[kind], ScheduledAction(kind, person.team.id, task_id))


@pytest.mark.req("OU-31", "OU-47")
@pytest.mark.parametrize("kind", sorted(STEP_KINDS))
async def test_advance_goes_on(store: Store, alice: Person, kind: Any) -> None:
    sequence = await sequence_of(store, alice, kind, "task")
    state = await enroll(store, alice, sequence)
    task = await open_task_of(store, alice, state)
    done = await acted(alice, task.id, "advance")
    assert (done["attributes"]["state"], done["attributes"]["taskType"]) == ("complete", f"sequence_step_{kind}")
    assert (await state_now(store, alice, state)).step_id == sequence.steps[1].id
    [following] = (await listed(alice, "/tasks", **{"filter[state]": "incomplete"}))["data"]
    assert end(following, "sequenceStep") == ("sequenceStep", sequence.steps[1].id)


@pytest.mark.req("OU-30", "OU-33")
async def test_advance_at_the_last_step_finishes(store: Store, alice: Person) -> None:
    sequence = await sequence_of(store, alice, "call", "call")
    state = await enroll(store, alice, sequence)
    for _ in sequence.steps:
        assert (await state_now(store, alice, state)).state == "active"
        await acted(alice, (await open_task_of(store, alice, state)).id, "advance")
    assert (await state_now(store, alice, state)).state == "finished"
    assert (await listed(alice, "/tasks", **{"filter[state]": "incomplete"}))["data"] == []


@pytest.mark.req("OU-32")
@pytest.mark.parametrize("origin", ["manual", "follow_up", "no_reply", "sequence_open", "sequence_click", "touch"])
async def test_what_is_no_step_cannot_advance(store: Store, alice: Person, origin: str) -> None:
    task = await task_of(store, alice, origin=origin)
    before = await task_now(alice, task.id)
    assert origin in problems(await act(alice, task.id, "advance"), 422)[None]
    assert await task_now(alice, task.id) == before


@pytest.mark.req("OU-34", "OU-47")
async def test_deliver_schedules_the_mailing(store: Store, alice: Person) -> None:
    sequence = await sequence_of(store, alice, "email")
    await template_of(store, alice, sequence.steps[0], "Hello", subject="Hello")
    task = await open_task_of(store, alice, await enroll(store, alice, sequence))
    assert task.mailing_id is not None
    for _ in range(2):
        assert end(await acted(alice, task.id, "deliver"), "mailing") == ("mailing", task.mailing_id)
        async with store.reading() as reader:
            assert (await find_mailing(reader, alice.caller, task.mailing_id)).state == "scheduled"
    problems(await act(alice, (await task_for(store, alice))["id"], "deliver"), 422)


@pytest.mark.req("OU-36")
@pytest.mark.parametrize(("action", "reason"), [("finish_replied", "replied"), ("finish_no_reply", "no_reply")])
async def test_completed_with_an_outcome_the_sequence_ends(
    store: Store, alice: Person, action: str, reason: str
) -> None:
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "call"))
    task = await open_task_of(store, alice, state)
    done = await acted(alice, task.id, "markComplete", completionAction=action, completionNote="Spoke")
    assert (done["attributes"]["note"], done["attributes"]["state"]) == ("Spoke", "complete")
    ended = await state_now(store, alice, state)
    assert (ended.state, ended.finish_reason) == ("finished", reason)


KINDS: list[StepKind] = ["call", "email", "sms"]
NAMES = ("advance", "deliver", "markComplete", "snooze", "reschedule", "updateNote", "reassignOwner", "patch")


@pytest.mark.req("OU-23")
@pytest.mark.parametrize("seed", range(6))
async def test_random_actions_keep_the_rules(store: Store, alice: Person, bob: Person, seed: int) -> None:
    dice = random.Random(seed)
    sequence = await sequence_of(store, alice, *dice.choices(KINDS, k=3))
    await template_of(store, alice, sequence.steps[0], "Hello", subject="Hello")
    states = [await enroll(store, alice, sequence) for _ in range(2)]
    for at in (None, wire(utc_now() + HOUR)):
        await task_for(store, alice, scheduledAt=at)
    for _ in range(40):
        tasks = (await listed(alice, "/tasks"))["data"]
        task = dice.choice(tasks)
        after = await random_action(dice, dice.choice((alice, bob)), task)
        check_step(task, after)
        await check_rules(store, alice, states)
    for item in (await listed(alice, "/tasks"))["data"]:
        check_whole(item)


async def random_action(dice: random.Random, person: Person, task: Any) -> Any:
    name = dice.choice(NAMES)
    parameters: dict[str, dict[str, Any]] = {
        "markComplete": {"completionNote": "Done"} if dice.random() < 0.5 else {},
        "reschedule": {"dueAt": "2031-01-01T00:00:00Z"},
        "updateNote": {"note": "Other"},
        "reassignOwner": {"ownerId": person.user_id},
    }
    if name == "patch":
        at = dice.choice((None, wire(utc_now() + HOUR)))
        sent = {
            "data": {"type": "task", "attributes": {"scheduledAt": at, "state": "complete", "completed": True}}
        }
        answer = await patched(person, f"/tasks/{task['id']}", sent)
    else:
        answer = await act(person, task["id"], name, **parameters.get(name, {}))
    if name in ("advance", "deliver") and answer.status_code == 422:
        return await task_now(person, task["id"])
    return content_of(answer)["data"]


def check_step(before: Any, after: Any) -> None:
    """What is complete stays so, with who and when; what changes its state says when."""
    check_whole(after)
    was, now = before["attributes"], after["attributes"]
    if was["completed"]:
        for name in ("state", "completed", "completedAt", "stateChangedAt"):
            assert was[name] == now[name]
        assert end(before, "completer") == end(after, "completer")
    assert (was["state"] != now["state"]) <= (was["stateChangedAt"] <= now["stateChangedAt"])
    for name in ("createdAt", "taskType", "action"):
        assert was[name] == now[name]


def check_whole(task: Any) -> None:
    shown = task["attributes"]
    assert shown["completed"] == (shown["state"] == "complete") == (shown["completedAt"] is not None)
    assert (end(task, "completer") is not None) == shown["completed"]
    if shown["state"] == "pending":
        assert shown["scheduledAt"] is not None
