"""Passwords, keys and client of the demonstration: created once, and kept in a file that only its
owner can read.
"""

import contextlib
import os
import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

from touchbook.core.caller import Scope
from touchbook.core.errors import TouchbookError
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.teams.client import ClientText
from touchbook.core.teams.issuing import issue_key
from touchbook.core.teams.password import hash_password
from touchbook.core.teams.queries import list_users
from touchbook.core.teams.registering import authenticate_client, register_client
from touchbook.core.teams.securing import set_password
from touchbook.core.teams.team import Team
from touchbook.core.teams.user import User
from touchbook.core.transaction import Transaction

FILE = "demo.json"


class Credential(Struct, frozen=True, kw_only=True):
    email: str
    password: str
    key: str


class ClientCredential(Struct, frozen=True, kw_only=True):
    """The credentials of the program that the people of the demonstration sign in through."""

    client_id: str
    client_secret: str


class Kept(Struct, frozen=True, kw_only=True):
    """`users` go by e-mail address."""

    client: ClientCredential | None = None
    users: dict[str, Credential] = {}


async def provide_credentials(tx: Transaction, team: Team, data_dir: Path) -> Kept:
    """Keep credentials of the file that the database still knows; create the others."""
    kept = _read(data_dir / FILE)
    provided = Kept(
        client=await _provide_client(tx, kept.client),
        users={user.email: await _provide(tx, team, user, kept) for user in await list_users(tx, team.id)},
    )
    if provided != kept:
        _write(data_dir / FILE, provided)
    return provided


async def _provide_client(tx: Transaction, old: ClientCredential | None) -> ClientCredential:
    if old is not None:
        with contextlib.suppress(TouchbookError):
            await authenticate_client(tx, ClientText(old.client_id, old.client_secret))
            return old
    new = await register_client(tx, name="demo")
    return ClientCredential(client_id=new.uid, client_secret=new.secret)


async def _is_known(tx: Transaction, team: Team, user: User, key: str) -> bool:
    try:
        caller = await authenticate_key(tx, key, surface="demo")
    except TouchbookError:
        return False
    return (caller.team_id, caller.user_id) == (team.id, user.id)


async def _provide(tx: Transaction, team: Team, user: User, kept: Kept) -> Credential:
    old = kept.users.get(user.email)
    if old is not None and await _is_known(tx, team, user, old.key):
        return old
    password = secrets.token_urlsafe(12)
    await set_password(tx, user_id=user.id, password_hash=hash_password(password))
    scope: Scope = "admin" if user.role == "admin" else "write"
    key = await issue_key(tx, team_id=team.id, user_id=user.id, scope=scope, name="demo")
    return Credential(email=user.email, password=password, key=key)


def _read(file: Path) -> Kept:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        return Kept()


def _write(file: Path, credentials: Kept) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(credentials)) + b"\n")
    part.replace(file)
