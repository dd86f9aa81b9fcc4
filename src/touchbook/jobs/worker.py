"""One worker: it queues what is due, runs the jobs and maintains the database, alone or beside others."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from touchbook.core.files.storage import Storage
from touchbook.core.imports.importing import IMPORTING, import_contacts
from touchbook.core.notifications.notifying import remind_people
from touchbook.core.rederiving import REDERIVING, rederive
from touchbook.core.tasks.scheduled_actions import OPENING, REMINDING, SKIPPING
from touchbook.core.templates.repairing import REPAIRING, repair_mailings
from touchbook.core.touch.asking import ask_for_touches
from touchbook.core.touch.touching import ASKING
from touchbook.jobs.changing_tasks import open_scheduled_tasks, skip_neglected_tasks
from touchbook.jobs.due import BATCH, queue_due
from touchbook.jobs.queue import Queue
from touchbook.jobs.retry_policy import RetryPolicy, repeat
from touchbook.jobs.search_indexes import merge_new_entries
from touchbook.jobs.sweeping_files import sweep_files
from touchbook.jobs.totals import correct_totals, fold_totals
from touchbook.jobs.upkeep import keep_house
from touchbook.jobs.work import ManyAtOnce, Work
from touchbook.store.postgres import Store

KINDS: Mapping[str, Work] = {
    OPENING: ManyAtOnce(open_scheduled_tasks),
    SKIPPING: ManyAtOnce(skip_neglected_tasks),
    REMINDING: ManyAtOnce(remind_people),
    IMPORTING: import_contacts,
    ASKING: ask_for_touches,
    REPAIRING: repair_mailings,
    REDERIVING: rederive,
}

_PACE = RetryPolicy()


async def run_worker(
    store: Store,
    *,
    stop: asyncio.Event,
    event_days: int = 400,
    storage: Storage | None = None,
    kinds: Mapping[str, Work] = KINDS,
    policy: RetryPolicy = _PACE,
) -> None:
    """Run until `stop`, then finish the jobs in progress.

    It survives the absence of the database and never raises for it. Files are swept if there is a `storage`.
    """
    loops: list[tuple[str, Callable[[], Awaitable[object]], float]] = [
        ("queue", Queue(store, kinds, policy, stop).run, policy.sweep),
        ("due", partial(_queue_pass, store, kinds), policy.sweep),
        ("totals", partial(fold_totals, store), policy.sweep),
        ("search indexes", partial(merge_new_entries, store), policy.sweep),
        ("corrected totals", partial(correct_totals, store), policy.upkeep),
        ("upkeep", partial(keep_house, store, event_days=event_days), policy.upkeep),
    ]
    if storage is not None:
        loops.append(("files", partial(sweep_files, store, storage), policy.upkeep))
    async with asyncio.TaskGroup() as group:
        for name, work, every in loops:
            group.create_task(repeat(name, work, every=every, policy=policy, stop=stop))


async def _queue_pass(store: Store, kinds: Mapping[str, Work]) -> bool:
    """Return whether the pass was full."""
    return await queue_due(store, kinds) >= BATCH
