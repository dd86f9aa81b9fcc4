import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.queries import Queries

from tests.cli.conftest import Script
from tests.clock import utc_now
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.queries import find_task
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.joining import join_team
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.store.embedded import Embedded
from touchbook.store.postgres import Store


@pytest.mark.parametrize("words", [("worker",), ("serve", "--port", "0")], ids=["worker", "serve"])
async def test_a_scheduled_task_opens_at_its_time(
    fresh: Callable[[str], Script], embedded: Embedded, words: tuple[str, ...]
) -> None:
    name = f"schedule_{words[0]}"
    database = fresh(name)
    store = await Store.open(embedded.url_of(name))
    try:
        async with store.transaction() as tx:
            team = await found_team(tx, name="Alice's")
            alice = await join_team(tx, team_id=team.id, email="alice@example.com")
            caller = act_as(team, alice, surface="test")
            soon = utc_now() + timedelta(seconds=1)
            task = await create_task(tx, caller, NewTask(title="Call", scheduled_at=soon))
        assert "1 scheduled" in database.say("jobs")
        with database.running(*words) as running:
            until = time.monotonic() + 15
            while task.status == "scheduled" and time.monotonic() < until:
                time.sleep(0.2)
                async with store.reading() as reader:
                    task = await find_task(reader, caller, task.id)
            assert running.stop() < 10
            assert running.process.returncode == 0
        assert task.status == "open"
    finally:
        await store.close()


async def test_held_jobs_are_shown_and_released(fresh: Callable[[str], Script], embedded: Embedded) -> None:
    database = fresh("holding")
    store = await Store.open(embedded.url_of("holding"))
    try:
        driver = AsyncpgPoolDriver(store.pool)
        [job] = await Queries(driver).enqueue(["task.open"], [ScheduledAction("task.open", 1, 7).encode()], [0])
        await driver.execute("update pgqueuer set status = 'failed'")
    finally:
        await store.close()
    row = [cell.strip() for cell in re.findall(r"│ (.*) │", database.say("jobs"))[0].split("│")]
    assert row[:4] == [str(job), "task.open", "1", "7"]
    sick = database.run("doctor")
    assert sick.returncode == 1
    assert "touchbook jobs --release" in sick.stdout
    released = database.say("jobs", "--release", str(job))
    assert "1 queued" in released
    assert "No job is held." in released
    assert str(job) in database.fail("jobs", "--release", str(job))
