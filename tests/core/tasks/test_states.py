"""Random walks through a task's states, against the plain table that the verbs should follow."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.tasks.rows import Verb, check_kept, events_of, run
from tests.core.tasks.test_verbs import FAR
from tests.factories import task_of
from tests.people import Person, new_person, new_team
from touchbook.core.tasks.completing import cancel_task, complete_task, miss_task, skip_task
from touchbook.core.tasks.opening import open_task, reopen_task, start_task
from touchbook.core.tasks.task import CLOSED, OPEN, Status
from touchbook.store.postgres import Store

# Verb -> from where it leads, and whereto; from everywhere else it does nothing.
TABLE: dict[Verb, tuple[frozenset[Status], Status]] = {
    open_task: (frozenset({"scheduled", "in_progress"}), "open"),
    start_task: (frozenset({"scheduled", "open"}), "in_progress"),
    complete_task: (OPEN, "completed"),
    cancel_task: (OPEN, "cancelled"),
    miss_task: (OPEN, "no_show"),
    skip_task: (OPEN, "skipped"),
    reopen_task: (CLOSED, "open"),
}
VERBS = sorted(TABLE, key=lambda verb: verb.__name__)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from(sorted(OPEN | CLOSED)), walk=st.lists(st.sampled_from(VERBS), max_size=12))
async def test_walks_follow_the_table(store: Store, server: str, start: Status, walk: list[Verb]) -> None:
    alice = await new_person(store, server, await new_team(store), "Alice")
    task = await task_of(store, alice, status=start, scheduled_at=FAR, autoskip_at=FAR, assignees=[alice.user_id])
    written = 1
    for verb in walk:
        sources, target = TABLE[verb]
        after = await run(store, alice, verb, task)
        if task.status in sources:
            assert after is not None
            assert after.status == target
            assert (after.completed_at is not None) == (target in CLOSED)
            assert after.completed_by == (alice.user_id if target in CLOSED and target != "skipped" else None)
            task, written = after, written + 1
        else:
            assert after is None
        await check_kept(store, alice, task)
    assert len(await events_of(store, alice, task)) == written


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("start", sorted(OPEN | CLOSED))
async def test_every_step_of_the_table(store: Store, alice: Person, start: Status, verb: Verb) -> None:
    task = await task_of(store, alice, status=start)
    after = await run(store, alice, verb, task)
    sources, target = TABLE[verb]
    assert (after.status if after else None) == (target if start in sources else None)
