"""A worker that says when it is in the middle of a team's job and then hangs, to be killed.

Called with `URL before|after TEAM`.

`before`: its transaction has written and not committed; `after`: it has, and the job is not signed off.
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from tests.jobs.working import HOUR, QUICK, ahead
from touchbook.core.caller import Caller
from touchbook.core.transaction import Transaction
from touchbook.jobs import queue
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.work import ManyAtOnce, Work
from touchbook.jobs.worker import KINDS, run_worker
from touchbook.store.postgres import Store

_perform, _perform_many = queue.perform, queue.perform_many


async def _hang() -> None:
    print("in the middle", flush=True)
    await asyncio.Event().wait()


def _hanging(work: Work, team_id: int) -> Work:
    async def hang_after(tx: Transaction, caller: Caller, ref: int) -> bool | None:
        more = await work(tx, caller, ref)
        if caller.team_id == team_id:
            await _hang()
        return more

    async def hang_after_many(tx: Transaction, caller: Caller, refs: Sequence[int]) -> None:
        assert isinstance(work, ManyAtOnce)
        await work.work(tx, caller, refs)
        if caller.team_id == team_id:
            await _hang()

    return ManyAtOnce(hang_after_many) if isinstance(work, ManyAtOnce) else hang_after


async def main(url: str, moment: str, team_id: int) -> None:
    async def perform_and_hang(store: Store, work: Work, action: ScheduledAction) -> bool:
        more = await _perform(store, work, action)
        if action.team_id == team_id:
            await _hang()
        return more

    async def perform_many_and_hang(*words: Any, **more: Any) -> Any:
        rows = await _perform_many(*words, **more)
        if team_id in words and rows:
            await _hang()
        return rows

    kinds = dict(KINDS)
    if moment == "before":
        kinds = {kind: _hanging(work, team_id) for kind, work in KINDS.items()}
    else:
        queue.perform = perform_and_hang
        queue.perform_many = perform_many_and_hang
    store = ahead(await Store.open(url), 2 * HOUR)
    await run_worker(store, stop=asyncio.Event(), kinds=kinds, policy=QUICK)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
