"""The queue listens before it asks itself whether it hears."""

import asyncio
from datetime import timedelta
from functools import partialmethod
from typing import Any

import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.core.qm import QueueManager

from tests.jobs.working import QUICK
from touchbook.jobs.queue import Queue
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store


async def test_a_queue_slow_to_listen_is_not_taken_for_deaf(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its library sends itself a probe at once, and gives itself up when that does not come back."""
    listen = AsyncpgPoolDriver.add_listener
    listening = asyncio.Event()

    async def listen_late(driver: AsyncpgPoolDriver, *words: Any) -> None:
        await asyncio.sleep(0.5)
        await listen(driver, *words)
        listening.set()

    heard = asyncio.Event()
    monkeypatch.setattr(AsyncpgPoolDriver, "add_listener", listen_late)
    _probe_every(1.0, heard, monkeypatch)
    stop = asyncio.Event()
    queue = asyncio.create_task(Queue(store, KINDS, QUICK, stop).run())
    try:
        async with asyncio.timeout(10):
            await asyncio.wait([queue, asyncio.create_task(heard.wait())], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        await queue
    assert listening.is_set()
    assert heard.is_set()


def _probe_every(seconds: float, heard: asyncio.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """With as much patience for the answer."""
    probe = QueueManager.listener_healthy

    async def tell(manager: QueueManager, timeout: timedelta) -> Any:
        event = await probe(manager, timeout)
        heard.set()
        return event

    monkeypatch.setattr(QueueManager, "listener_healthy", tell)
    paced = partialmethod(QueueManager._run_periodic_health_check, interval=timedelta(seconds=seconds))
    monkeypatch.setattr(QueueManager, "_run_periodic_health_check", paced)
