"""Every record has two identities: `uid`, a uuid v7, and `id`, a number from the database."""

from functools import lru_cache
from uuid import UUID

import uuid_utils.compat

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_WIDTH = 43


def new_uid() -> UUID:
    return uuid_utils.compat.uuid7()


def read_uid(text: str) -> UUID | None:
    """Accept the usual form only: 36 characters with four hyphens, in upper or lower case."""
    try:
        uid = UUID(text)
    except ValueError:
        return None
    return uid if str(uid) == text.lower() else None


# A page names the same few people, leads and organizations again and again.
@lru_cache(maxsize=20_000)
def prefixed_id(prefix: str, uid: UUID) -> str:
    """Return `task_` and the uid in base 62 (0-9A-Za-z), padded on the left with 0 to 43 digits."""
    digits, number = "", uid.int
    while number:
        number, pair = divmod(number, len(_PAIRS))
        digits = _PAIRS[pair] + digits
    return f"{prefix}_{digits.rjust(_WIDTH, '0')}"


def uid_from_prefixed(prefix: str, text: str) -> UUID | None:
    """Return the uid for which `prefixed_id` gives exactly `text`, or None."""
    head, _, digits = text.rpartition("_")
    if head != prefix or len(digits) != _WIDTH or not _VALUES.keys() >= set(digits):
        return None
    number = 0
    for digit in digits:
        number = number * 62 + _VALUES[digit]
    return UUID(int=number) if number < 1 << 128 else None
