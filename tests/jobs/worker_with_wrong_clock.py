"""A worker on a machine whose clock is wrong. Called with `URL HOURS`; ends with its standard input."""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from tests.jobs.working import QUICK
from touchbook.jobs.worker import run_worker
from touchbook.store.postgres import Store

HOURS = float(sys.argv[2])
_time = time.time


class _EachDatetime(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, datetime)


class _Wrong(datetime, metaclass=_EachDatetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + timedelta(hours=HOURS)

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(UTC).replace(tzinfo=None)


def set_clock() -> None:
    """What Python's modules ask is wrong; whatever the product imported under a name of its own as well."""
    time.time = lambda: _time() + HOURS * 3600
    time.time_ns = lambda: int(time.time() * 1e9)
    for name, module in list(sys.modules.items()):
        if name.startswith(("touchbook", "pgqueuer")) and getattr(module, "datetime", None) is datetime:
            setattr(module, "datetime", _Wrong)  # noqa: B010


async def main() -> None:
    set_clock()
    store, stop = await Store.open(sys.argv[1]), asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
    print("works", flush=True)
    await run_worker(store, stop=stop, policy=QUICK)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
