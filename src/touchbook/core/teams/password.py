"""Passwords are hashed with argon2id, which is slow by design and runs in its own threads."""

import asyncio
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(2, thread_name_prefix="password")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


async def is_password(password: str, password_hash: str | None) -> bool:
    """Without a hash the answer is no, after the same time as with one."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _verify, password, password_hash or _NOBODYS)


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _unfit_hash() -> str:
    """Return a hash of the usual form and cost that fits no password."""
    salt, value = (b64encode(bytes(size)).decode().rstrip("=") for size in (_hasher.salt_len, _hasher.hash_len))
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${value}"


_NOBODYS = _unfit_hash()
