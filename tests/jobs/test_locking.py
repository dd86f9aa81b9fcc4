"""A verb and a job on the same task wait for each other in one direction only."""

import asyncio

from tests.clock import utc_now
from tests.core.tasks.verbs import edit_task
from tests.factories import task_of
from tests.jobs.working import HOUR, ahead, events_of, status_of, until
from tests.people import Person
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.locking import lock_task
from touchbook.core.tasks.scheduled_actions import OPENING, SKIPPING
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store

_WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and $1::int = any(pg_blocking_pids(pid))
"""


async def test_a_verb_that_came_first_calls_the_job_off(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, autoskip_at=utc_now() + HOUR)
    action = ScheduledAction(SKIPPING, alice.team.id, task.id)
    async with store.transaction() as tx:
        await lock_task(tx, alice.caller, task.id)
        me = await tx.fetch_value("select pg_backend_pid()")
        job = asyncio.create_task(perform(ahead(store, 2 * HOUR), KINDS[SKIPPING], action))

        async def waiting() -> bool:
            async with store.reading() as reader:
                return bool(await reader.fetch_value(_WAITING, me))

        await until(waiting)
        await edit_task(tx, alice.caller, task_id=task.id, autoskip_at=utc_now() + 3 * HOUR)
    await job
    assert await status_of(store, alice, task) == "open"


async def test_verbs_and_jobs_on_the_same_tasks_never_deadlock(store: Store, alice: Person) -> None:
    """The losers of a deadlock would raise Unavailable."""
    ends = utc_now() + HOUR
    tasks = [await task_of(store, alice, scheduled_at=ends, autoskip_at=ends) for _ in range(20)]
    later = ahead(store, 2 * HOUR)

    async def complete(task_id: int) -> None:
        async with store.transaction() as tx:
            await complete_task(tx, alice.caller, task_id=task_id)

    for task in tasks:
        await asyncio.gather(
            complete(task.id),
            *(
                perform(later, KINDS[kind], ScheduledAction(kind, alice.team.id, task.id))
                for kind in (OPENING, SKIPPING)
            ),
        )
        ended = [
            kind for kind in await events_of(store, alice, task) if kind in ("task.completed", "task.skipped")
        ]
        assert len(ended) == 1
        assert await status_of(store, alice, task) == ended[0].removeprefix("task.")
