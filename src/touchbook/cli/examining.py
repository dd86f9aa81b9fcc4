"""Examines what runs beside a command: the bucket, the server, the workers and what waits for them."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from secrets import token_hex
from typing import Literal

import msgspec
from msgspec import Struct

from touchbook import __version__
from touchbook.cli.database import WORKER
from touchbook.config import Bucket, Settings
from touchbook.core.errors import Unavailable
from touchbook.core.files.storage import Storage
from touchbook.core.transaction import Reader
from touchbook.operation.backlog import Backlog

_BUCKET_SECONDS = 30.0
_SERVER_SECONDS = 3.0
# A worker that lives looks for what is due each second.
_MOST_LATE = 60.0


class Finding(Struct, frozen=True):
    state: Literal["well", "doubtful", "wrong"]
    what: str
    remedy: str = ""


async def examine_bucket(bucket: Bucket, storage: Storage) -> Finding:
    """Put an object, get it and delete it again, as files are."""
    name, done = f"the bucket s3://{bucket.name}", "reached"
    place, sent = f"doctor/{token_hex(8)}", token_hex(32).encode()

    async def chunks() -> AsyncIterator[bytes]:
        yield sent

    try:
        async with asyncio.timeout(_BUCKET_SECONDS):
            await storage.put(place, chunks())
            done = "read from"
            stored = await storage.get(place)
            got = b"".join([chunk async for chunk in stored]) if stored else None
            done = "deleted from"
            await storage.delete(place)
    except (Unavailable, TimeoutError) as error:
        why = str(error.__cause__ or f"no answer within {_BUCKET_SECONDS:.0f} s").partition("\n")[0]
        remedy = "Check TOUCHBOOK_FILES_URL, and that the AWS_* credentials may get, put and delete objects."
        return Finding("wrong", f"{name} cannot be {done}: {why}", remedy)
    if got != sent:
        return Finding("wrong", f"{name} gives back other bytes than were put", "Check what serves the bucket.")
    return Finding("well", f"{name} takes an object, gives it back and deletes it")


def examine_server(settings: Settings) -> Iterator[Finding]:
    """Ask the server at the address of the settings what it is."""
    if not settings.port:
        return
    host = _reachable(settings.host)
    where = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    try:
        lives, is_ready = (_ask(host, settings.port, path) for path in ("/healthz", "/readyz"))
    except (OSError, HTTPException):
        yield Finding("doubtful", f"no server answers at {where}", "Start it with `touchbook serve`.")
        return
    except msgspec.MsgspecError:
        yield Finding("doubtful", f"what answers at {where} is no Touchbook", "Set another TOUCHBOOK_PORT.")
        return
    yield _examine_version(f"the server at {where}", str(lives.get("version", "older than 0.1.0")))
    if is_ready.get("status") != "ready":
        yield Finding("wrong", f"the server at {where} is not ready: {is_ready.get('reason')}", "See its log.")


def _reachable(host: str) -> str:
    """Return where a server that listens on all addresses is reached from here."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    loopback = "::1" if address.version == 6 else "127.0.0.1"
    return loopback if address.is_unspecified else host


def _ask(host: str, port: int, path: str) -> Mapping[str, object]:
    connection = HTTPConnection(host, port, timeout=_SERVER_SECONDS)
    try:
        connection.request("GET", path)
        return msgspec.json.decode(connection.getresponse().read(4096), type=dict[str, object])
    finally:
        connection.close()


def _examine_version(what: str, version: str) -> Finding:
    if version == __version__:
        return Finding("well", f"{what} runs, version {version}")
    remedy = "Restart it, so that all that use one database are of one version."
    return Finding("wrong", f"{what} is of version {version}, and this is {__version__}", remedy)


async def find_workers(reader: Reader) -> Mapping[str, int]:
    """Return how many connections workers hold to this database, by their version, on whichever machine."""
    rows = await reader.fetch(
        """select a.application_name as name, count(*)::int as connections from pg_stat_activity a
        where a.datname = current_database() and starts_with(a.application_name, $1) group by 1 order by 1""",
        WORKER,
    )
    return {row["name"].removeprefix(WORKER): row["connections"] for row in rows}


def examine_workers(workers: Mapping[str, int]) -> Iterator[Finding]:
    if not workers:
        remedy = "Start one with `touchbook worker`, or `touchbook serve` without --no-worker."
        yield Finding("doubtful", "no worker is connected to the database", remedy)
    for version in workers:
        yield _examine_version("a worker", version)


def examine_backlog(backlog: Backlog, *, works: bool) -> Finding:
    if not backlog.due:
        return Finding("well", "no job is due")
    said = f"{backlog.due} jobs are due, the oldest for {backlog.oldest_due_seconds:,.0f} s"
    if backlog.oldest_due_seconds <= _MOST_LATE:
        return Finding("well", said)
    remedy = "See the log of the worker, and start more of them (docs/operate/scale.md)."
    return Finding("wrong" if works else "doubtful", said, remedy)
