"""The queue: PgQueuer transports the jobs, this module runs them and handles failures."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import count

import asyncpg
import structlog
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, TracebackRecord
from pgqueuer.ports.driver import Driver, NotifyCallback
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from prometheus_client import Counter

from touchbook.core.backoff import doubled
from touchbook.core.errors import Unavailable
from touchbook.core.teams.authenticating import team_caller
from touchbook.core.transaction import Row
from touchbook.jobs.driver import StoreDriver
from touchbook.jobs.due import next_due, queue_each
from touchbook.jobs.retry_policy import RetryPolicy, pause
from touchbook.jobs.scheduled_action import ScheduledAction, all_of, read_action, read_actions
from touchbook.jobs.work import ManyAtOnce, Work
from touchbook.store.postgres import Store

# Records whose work is one transaction; a verb that wants one of them waits for it.
MANY = 500

_BATCH = 10
_IN_HAND = 40
_log = structlog.get_logger()
_jobs = Counter("touchbook_jobs", "Jobs worked off", ["kind", "outcome"])


class _Driver(StoreDriver):
    """Send nothing before listening: the queue tests at once whether it hears notifications, and gives
    up if not.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._listens = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        self._listens.set()

    async def notify(self, channel: str, payload: str) -> None:
        await self._listens.wait()
        await super().notify(channel, payload)

    async def __aexit__(self, *_: object) -> None:
        """The store's pool resets nothing, so the connection that listened is closed, not returned."""
        listening, self._listener_connection = self._listener_connection, None
        if listening is not None:
            with contextlib.suppress(asyncpg.InterfaceError):
                listening.terminate()


class _Queries(Queries):
    """The library holds a job whose retry cannot be recorded; here that waits until the database is back."""

    def __init__(self, driver: Driver, *, policy: RetryPolicy, stop: asyncio.Event) -> None:
        super().__init__(driver)
        self._policy = policy
        self._stop = stop

    async def retry_job(self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None) -> None:
        """If stopped before, leave the job for another worker to take over."""
        for failures in count(1):
            try:
                await super().retry_job(job, delay, traceback_record)
                return
            except Exception as error:
                _log.warning("retry not noted", kind=job.entrypoint, error=repr(error), failures=failures)
            await pause(self._stop, doubled(0.2, self._policy.recovery, failures))
            if self._stop.is_set():
                raise asyncio.CancelledError


async def perform(store: Store, work: Work, action: ScheduledAction) -> bool:
    """Run one job in one transaction: its `due` entry is removed together with its effect, or neither.

    Return whether something is left to be done at once.
    """
    async with store.transaction() as tx:
        caller = await team_caller(tx, action.team_id)
        return await work(tx, caller, action.ref) is True


async def perform_many(
    store: Store, work: ManyAtOnce, team_id: int, kind: str, *, after: Row | None
) -> Sequence[Row]:
    """Do the next MANY actions that are due beyond the row `after` in one transaction, and return their rows.

    If that fails, each gets a job of its own, so that none is held up by the one that cannot be done.
    """
    rows: Sequence[Row] = ()
    refs: list[int] = []
    try:
        async with store.transaction() as tx:
            rows = await next_due(tx, team_id, kind, after=after, limit=MANY)
            refs = [row["ref"] for row in rows if row["is_free"]]
            if refs:
                await work.work(tx, await team_caller(tx, team_id), refs)
        _jobs.labels(kind, "done").inc(len(refs))
    except Unavailable:
        raise
    except Exception as failure:
        _log.warning("actions are done one by one", kind=kind, team=team_id, error=repr(failure))
        alone = [(ScheduledAction(kind, team_id, row["ref"]), row) for row in rows if row["is_free"]]
        await queue_each(store, alone)
    return rows


class Queue:
    """Runs the jobs of `kinds` until `stop`."""

    def __init__(self, store: Store, kinds: Mapping[str, Work], policy: RetryPolicy, stop: asyncio.Event) -> None:
        self._store = store
        self._kinds = kinds
        self._policy = policy
        self._stop = stop
        self._slots = asyncio.Semaphore(policy.at_once)

    async def run(self) -> None:
        """Finish the jobs in progress when stopped. Raises when the database or its listener is lost."""
        manager = QueueManager(_Queries(_Driver(self._store), policy=self._policy, stop=self._stop))
        for kind, work in self._kinds.items():
            manager.entrypoint(kind, on_failure="hold")(self._attempt)
            if isinstance(work, ManyAtOnce):
                manager.entrypoint(all_of(kind))(self._attempt_all)
        stopping = asyncio.create_task(_set_after(self._stop, manager.shutdown))
        try:
            await manager.run(
                dequeue_timeout=timedelta(seconds=self._policy.poll),
                batch_size=_BATCH,
                max_concurrent_tasks=_IN_HAND,
                heartbeat_timeout=timedelta(seconds=self._policy.takeover),
                shutdown_on_listener_failure=True,
            )
        finally:
            stopping.cancel()

    async def _attempt(self, job: Job) -> None:
        """Go on while something is left. Between two slices others get their turn."""
        work, action, more = self._kinds[job.entrypoint], read_action(job.payload), True
        try:
            while more and not self._stop.is_set():
                async with self._slots:
                    more = await perform(self._store, work, action)
                _jobs.labels(job.entrypoint, "done").inc()
        except Exception as failure:
            failures = job.attempts + 1
            if failures >= self._policy.attempts:
                _jobs.labels(job.entrypoint, "held").inc()
                raise
            _jobs.labels(job.entrypoint, "retried").inc()
            delay = timedelta(seconds=self._policy.retry_after(failures))
            raise RetryRequested(delay, repr(failure)) from failure

    async def _attempt_all(self, job: Job) -> None:
        """Go on while the passes are full. Between two of them others get their turn."""
        actions = read_actions(job.payload)
        work = self._kinds[actions.kind]
        assert isinstance(work, ManyAtOnce)
        after: Row | None = None
        try:
            while not self._stop.is_set():
                async with self._slots:
                    rows = await perform_many(self._store, work, actions.team_id, actions.kind, after=after)
                if len(rows) < MANY:
                    return
                after = rows[-1]
        except Exception as failure:
            # Its records have not failed, and are still due.
            _jobs.labels(actions.kind, "retried").inc()
            delay = timedelta(seconds=self._policy.retry_after(job.attempts + 1))
            raise RetryRequested(delay, repr(failure)) from failure


async def _set_after(first: asyncio.Event, second: asyncio.Event) -> None:
    await first.wait()
    second.set()
