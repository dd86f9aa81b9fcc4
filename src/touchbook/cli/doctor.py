"""Finds problems of this installation, and says how to solve them."""

import asyncio
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec.json import encode as encode_json
from msgspec.json import format as format_json
from msgspec.structs import replace

from touchbook import __version__
from touchbook.cli.database import OLDEST_VERSION, PATIENCE, Condition, examine, open_database
from touchbook.cli.examining import (
    Finding,
    examine_backlog,
    examine_bucket,
    examine_server,
    examine_workers,
    find_workers,
)
from touchbook.cli.running import DataDir
from touchbook.config import Settings, load_settings
from touchbook.demonstration.credentials import FILE
from touchbook.operation.backlog import read_backlog
from touchbook.operation.logs import set_up_logging
from touchbook.store.address import read_address
from touchbook.store.connecting import CANNOT_CONNECT, connect
from touchbook.store.errors import StoreError
from touchbook.store.files import open_storage
from touchbook.store.postgres import SERVER_SETTINGS, Store
from touchbook.store.revisions import newest_revision
from touchbook.store.secrets import FILE as SECRET_FILE

EXTENSIONS = ("pg_trgm", "btree_gin")
_LEAST_FREE = 500 * 1024 * 1024
_MOST_SKEW = timedelta(seconds=5)
_HIDDEN = "***"
_MARKS = {"well": "ok   ", "doubtful": "look ", "wrong": "WRONG"}


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings and settings as one JSON object.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Report problems, how to solve them, and the settings in force. Exits with 1 if there is a problem."""
    settings = load_settings(data_dir=data_dir)
    # What the examined parts log of a failure is told by a finding.
    set_up_logging(replace(settings, log_level="error"))
    found = []
    for finding in _examine_all(settings):
        found.append(finding)
        if not as_json:
            _print(finding)
    is_well = all(finding.state != "wrong" for finding in found)
    if as_json:
        report = {"well": is_well, "version": __version__, "findings": found, "settings": masked(settings)}
        typer.echo(format_json(encode_json(report, enc_hook=str)).decode())
    else:
        typer.echo("\nSettings in force:")
        for name, value in masked(settings).items():
            typer.echo(f"  {name} = {value}")
    if not is_well:
        raise typer.Exit(1)


def _print(finding: Finding) -> None:
    typer.echo(f"{_MARKS[finding.state]} {finding.what}")
    if finding.remedy:
        typer.echo(f"      -> {finding.remedy}")


def masked(settings: Settings) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(settings, name) for name in settings.__struct_fields__}
    for name in ("database_url", "worker_database_url"):
        if values[name] is not None:
            values[name] = _without_password(str(values[name]))
    for name in ("secret_key", "metrics_token"):
        if values[name] is not None:
            values[name] = _HIDDEN
    return values


def _without_password(url: str) -> str:
    try:
        return str(read_address(url))
    except StoreError:
        return _HIDDEN


def _examine_all(settings: Settings) -> Iterator[Finding]:
    yield Finding("well", f"Python {sys.version.partition(' ')[0]} of {sys.prefix}")
    try:
        with open_database(settings) as database:
            condition = examine(database)
            yield from _examine_database(condition)
            if condition.revision == newest_revision():
                yield from asyncio.run(_examine_work(database.url))
            if settings.database_pooler == "transaction":
                yield asyncio.run(_examine_pooler(database.serving_url))
    except StoreError as error:
        yield Finding("wrong", str(error), _remedy_of_silence(settings))
    yield from _examine_data_dir(settings.data_dir)
    if settings.database_url is not None:
        yield from _examine_sharing(settings)
    if settings.bucket is not None:
        yield asyncio.run(examine_bucket(settings.bucket, open_storage(settings)))
    yield from examine_server(settings)
    yield from _examine_exposure(settings)


def _examine_exposure(settings: Settings) -> Iterator[Finding]:
    if os.geteuid() == 0:
        remedy = "Run Touchbook as a user of its own, to whom the data directory belongs."
        yield Finding("doubtful", "this runs as root; a server has no need to", remedy)
    if settings.public_url is None and not _is_loopback(settings.host):
        remedy = "Set TOUCHBOOK_PUBLIC_URL to the address under which clients reach the server."
        said = f"{settings.host} can be reached from others, and links in answers begin with the host they ask for"
        yield Finding("doubtful", said, remedy)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _remedy_of_silence(settings: Settings) -> str:
    if settings.database_url is None:
        if not settings.data_dir.is_dir():
            return "Set the data directory with --data-dir."
        return "See the log below postgres/log in the data directory, or set TOUCHBOOK_DATABASE_URL."
    return "Check that PostgreSQL is running, and the role, password and database in TOUCHBOOK_DATABASE_URL."


def _examine_database(condition: Condition) -> Iterator[Finding]:
    recent = condition.version_number >= OLDEST_VERSION
    yield Finding(
        "well" if recent else "wrong",
        f"PostgreSQL {condition.version}",
        "" if recent else "Touchbook needs 15 or newer: upgrade the server.",
    )
    yield _examine_revision(condition.revision, newest_revision())
    for name in EXTENSIONS:
        if name not in condition.extensions:
            remedy = f"As a superuser in this database: create extension {name};"
            yield Finding("wrong", f"the extension {name} is missing", remedy)
    if condition.is_superuser:
        remedy = "Create a role for Touchbook that owns the database, and set it in TOUCHBOOK_DATABASE_URL."
        yield Finding("doubtful", f"the role {condition.role} is a superuser", remedy)
    else:
        yield Finding("well", f"the role {condition.role} is no superuser")
    yield _examine_clock(condition.skew)


def _examine_revision(revision: str | None, newest: str | None) -> Finding:
    if revision == newest:
        return Finding("well", f"revision {revision}, the newest")
    return Finding("wrong", f"revision {revision or 'none'}; the newest is {newest}", "Run `touchbook migrate`.")


def _examine_clock(skew: timedelta) -> Finding:
    said = f"the database's clock differs by {skew.total_seconds():+.1f} s"
    if abs(skew) <= _MOST_SKEW:
        return Finding("well", said)
    remedy = (
        "Synchronize the clocks of both machines by NTP. What is due goes by the database's clock; logs, TLS and "
        "S3 go by this machine's."
    )
    return Finding("doubtful", said, remedy)


async def _examine_pooler(url: str) -> Finding:
    """A pooler takes no settings from us: the role has to have them."""
    needed = {name: value for name, value in SERVER_SETTINGS.items() if name != "application_name"}
    try:
        connection = await connect(read_address(url), statement_cache_size=0, command_timeout=PATIENCE)
        try:
            async with connection.transaction():
                role = await connection.fetchval("select current_user")
                found = {name: await connection.fetchval("select current_setting($1)", name) for name in needed}
        finally:
            connection.terminate()
    except CANNOT_CONNECT as error:
        why = " ".join(str(error).split()) or "no answer"
        return Finding("wrong", f"the pooler cannot be reached: {why}", "Check TOUCHBOOK_DATABASE_URL.")
    lacking = [name for name, value in needed.items() if found[name].lower() != value.lower()]
    if not lacking:
        return Finding("well", f"the role {role} has the settings that the pooler does not pass on")
    lines = " ".join(f"alter role {role} set {name} = '{needed[name]}';" for name in lacking)
    return Finding("wrong", f"behind the pooler the role {role} lacks {', '.join(lacking)}", lines)


def _examine_sharing(settings: Settings) -> Iterator[Finding]:
    """Servers on several machines have the database in common, and nothing else unless it is set."""
    if settings.files_url is None:
        yield Finding(
            "doubtful",
            f"files are stored in {settings.data_dir}",
            "If servers on several machines use this database, set files_url, the same for each.",
        )
    if settings.secret_key is None:
        yield Finding(
            "doubtful",
            f"the secret key is stored in {settings.data_dir}",
            "If servers on several machines use this database, set secret_key, the same for each.",
        )


async def _examine_work(url: str) -> list[Finding]:
    from touchbook.core.rederiving import parts_left
    from touchbook.jobs.failures import list_held

    store = await Store.open(url, size=1)
    try:
        held = [job.id for job in await list_held(store)]
        backlog = await read_backlog(store)
        async with store.reading() as reader:
            workers = await find_workers(reader)
            return [
                _examine_held(held),
                *examine_workers(workers),
                examine_backlog(backlog, works=bool(workers)),
                *_examine_derivations(await parts_left(reader)),
            ]
    finally:
        await store.close()


def _examine_held(held: Sequence[int]) -> Finding:
    if not held:
        return Finding("well", "no job is held")
    return Finding(
        "wrong",
        f"{len(held)} jobs kept failing and are held: {', '.join(map(str, held[:10]))}",
        "See `touchbook jobs`; after removing the cause run `touchbook jobs --release ID`.",
    )


def _examine_derivations(left: Mapping[str, int]) -> Iterator[Finding]:
    if left:
        parts = ", ".join(f"{part} ({teams} teams)" for part, teams in left.items())
        remedy = "Keep a worker running until this line is gone; requests are served meanwhile."
        yield Finding("doubtful", f"left to be derived anew: {parts}", remedy)


def _examine_data_dir(data_dir: Path) -> Iterator[Finding]:
    if not data_dir.is_dir():
        yield Finding(
            "doubtful",
            f"there is no data directory {data_dir}",
            "Files and the secret key would be created there. Check --data-dir.",
        )
        return
    yield _examine_mode(data_dir, 0o027, "0700", "doubtful")
    for file in (FILE, SECRET_FILE):
        with suppress(FileNotFoundError):
            yield _examine_mode(data_dir / file, 0o077, "0600", "wrong")
    free = shutil.disk_usage(data_dir).free
    said = f"{free // 1024 // 1024:,} MiB free in {data_dir}"
    if free < _LEAST_FREE:
        yield Finding("wrong", said, "Free some space: PostgreSQL stops when the disk is full.")
    else:
        yield Finding("well", said)


def _examine_mode(path: Path, closed: int, requested: str, state: Literal["doubtful", "wrong"]) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & closed:
        return Finding(state, f"{path} has mode {mode:04o}", f"chmod {requested} {path}")
    return Finding("well", f"{path} has mode {mode:04o}")
