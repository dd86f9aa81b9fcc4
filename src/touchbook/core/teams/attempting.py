"""Limits sign-in attempts. They are counted in the database, for all servers, before the password is checked."""

import hashlib
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil

from touchbook.core.errors import TooManyAttempts
from touchbook.core.folding import same
from touchbook.core.transaction import Transaction

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50


async def take_attempt(tx: Transaction, *, account: str, address: str) -> None:
    """Count one attempt for account and address; TooManyAttempts if either has none left.

    The address comes first, here and below, so that two transactions never wait for each other.
    """
    await _take(tx, _address(address), PER_ADDRESS)
    await _take(tx, _account(account), PER_ACCOUNT)


async def return_attempt(tx: Transaction, *, account: str, address: str) -> None:
    """After a successful sign-in the account starts again, and the address gets its attempt back."""
    await tx.execute(
        "update sign_in_attempts set count = greatest(count - 1, 0) where subject = $1", _address(address)
    )
    await tx.execute("delete from sign_in_attempts where subject = $1", _account(account))


async def forget_attempts(tx: Transaction) -> None:
    await tx.execute("delete from sign_in_attempts where began_at <= $1", tx.now - WINDOW)


async def _take(tx: Transaction, subject: bytes, limit: int) -> None:
    row = await tx.fetch_row(_TAKE, subject, tx.now, tx.now - WINDOW)
    assert row is not None
    if row["count"] > limit:
        raise TooManyAttempts(_seconds_left(row["began_at"], tx.now))


def _seconds_left(began_at: datetime, now: datetime) -> int:
    return max(1, ceil((began_at + WINDOW - now).total_seconds()))


def _account(text: str) -> bytes:
    """Return a hash of the key of the account: users sometimes type their password in place of the name."""
    return hashlib.sha256(b"account " + same(text).encode()).digest()


def _address(text: str) -> bytes:
    return hashlib.sha256(b"address " + network_of(text).encode()).digest()


def network_of(text: str) -> str:
    """Return the network of an IPv6 address, since a household has all of its addresses; other texts as sent."""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    return str(address if address.version == 4 else ip_network((int(address), 64), strict=False))


_TAKE = """
insert into sign_in_attempts as a (subject, began_at, count) values ($1, $2, 1)
on conflict (subject) do update set
    began_at = case when a.began_at <= $3 then excluded.began_at else a.began_at end,
    count = case when a.began_at <= $3 then 1 else a.count + 1 end
returning began_at, count
"""
