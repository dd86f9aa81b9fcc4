"""Maintenance of the database; done by one worker at a time, and harmless when repeated."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import structlog

from touchbook.core.notifications.forgetting import READ_KEPT, forget_notifications
from touchbook.core.rederiving import rederive_all
from touchbook.core.teams.attempting import forget_attempts
from touchbook.core.teams.authenticating import team_caller
from touchbook.core.teams.granting import forget_grants
from touchbook.core.teams.refolding import teams_folded_otherwise
from touchbook.core.transaction import Reader, Transaction
from touchbook.http.idempotency import LIFETIME, forget_answers
from touchbook.store.postgres import Store

_LOCK = 7_427_002
_MONTHS_AHEAD = 2
_LOG_KEPT = timedelta(days=7)
_STATISTICS_KEPT = timedelta(days=90)
_PARTITION = re.compile(r"events_(\d{4})_(\d{2})")
_log = structlog.get_logger()


async def keep_house(store: Store, *, event_days: int) -> None:
    """Run each step in its own transaction, so that a failing one undoes no other.

    A transaction concerns tables of one kind, for tables may lie on nodes of their own.
    """
    async with store.reading() as reader:
        now = reader.now
    today = now.astimezone(UTC).date()
    for ahead in range(_MONTHS_AHEAD + 1):
        await make_partition(store, _month(today, ahead))
    await drop_events(store, before=now - timedelta(days=event_days))
    await fold_anew(store)
    await _alone(store, lambda tx: forget_answers(tx, before=tx.now - LIFETIME))
    await _alone(store, lambda tx: forget_notifications(tx, before=tx.now - READ_KEPT))
    await _alone(store, lambda tx: forget_grants(tx, before=tx.now))
    await _alone(store, forget_attempts)
    await _alone(store, _forget_jobs)


async def fold_anew(store: Store) -> None:
    """Each team that was folded by another version of the fold is folded anew, by jobs (core/rederiving)."""
    async with store.reading() as reader:
        outdated = await teams_folded_otherwise(reader)
    for team_id in outdated:
        async with store.transaction() as tx:
            if await _is_alone(tx):
                await rederive_all(tx, await team_caller(tx, team_id))


async def make_partition(store: Store, month: date) -> bool:
    """A month whose events are in the default partition already stays there."""
    name = f"events_{month:%Y_%m}"
    begin, end = _instant(month), _instant(_month(month, 1))
    async with store.reading() as reader:
        if await _is_there(reader, name) or await _is_begun(reader, begin, end):
            return False
    try:
        async with store.transaction() as tx:
            if not await _is_alone(tx):
                return False
            await tx.execute(f"create table {name} (like events including defaults)")
            await tx.execute(
                f"alter table events attach partition {name} for values from ('{begin}') to ('{end}')"
            )
    except asyncpg.DuplicateTableError:  # Another worker came first.
        return False
    except asyncpg.CheckViolationError:
        _log.info("month left to the default partition of events", month=str(month))
        return False
    return True


async def drop_events(store: Store, *, before: datetime) -> None:
    """Drop whole months with their partition, and events of the default partition row by row."""
    async with store.reading() as reader:
        past = [name for name, month in await _partitions(reader) if _instant(_month(month, 1)) <= before]
    async with store.transaction() as tx:
        if not await _is_alone(tx):
            return
        for name in past:
            await tx.execute(f"drop table if exists {name}")
        await tx.execute("delete from events_default where at < $1", before)


async def _alone(store: Store, work: Callable[[Transaction], Awaitable[Any]]) -> None:
    async with store.transaction() as tx:
        if await _is_alone(tx):
            await work(tx)


async def _is_alone(tx: Transaction) -> bool:
    """Do not wait long for a lock that others hold: the job comes round again."""
    await tx.execute("set local lock_timeout = '2s'")
    return bool(await tx.fetch_value("select pg_try_advisory_xact_lock($1)", _LOCK))


async def _is_there(reader: Reader, name: str) -> bool:
    return await reader.fetch_value("select to_regclass($1)", name) is not None


async def _is_begun(reader: Reader, begin: datetime, end: datetime) -> bool:
    return bool(
        await reader.fetch_value(
            "select exists (select 1 from events_default where at >= $1 and at < $2)", begin, end
        )
    )


async def _partitions(reader: Reader) -> list[tuple[str, date]]:
    rows = await reader.fetch(
        """select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'events'::regclass order by c.relname"""
    )
    found = [_PARTITION.fullmatch(row["relname"]) for row in rows]
    return [(match[0], date(int(match[1]), int(match[2]), 1)) for match in found if match]


async def _forget_jobs(tx: Transaction) -> None:
    """Delete the log of jobs, but not of those still queued or held, whose errors are shown."""
    await tx.execute(
        """delete from pgqueuer_log l where l.created < $1
        and not exists (select from pgqueuer q where q.id = l.job_id)""",
        tx.now - _LOG_KEPT,
    )
    await tx.execute("delete from pgqueuer_statistics where created < $1", tx.now - _STATISTICS_KEPT)


def _month(day: date, ahead: int) -> date:
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
