"""A file: a row in the database, and bytes in the storage."""

import re
import unicodedata
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from msgspec import Struct

from touchbook.core.errors import Invalid

LONGEST_NAME = 255
_PART = re.compile(r"[/\\]")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_ENDING = re.compile(r"\.[a-z0-9]{1,10}")


class File(Struct, frozen=True):
    """`place` is its key in the storage; `mime` was detected from the bytes. In the order of FILE_COLUMNS."""

    id: int
    uid: UUID
    name: str
    place: str
    mime: str
    size: int
    created_by: int
    created_at: datetime
    updated_at: datetime


def clean_name(sent: str) -> str:
    """Strip folders, invisible characters and bidirectional controls. Invalid if nothing is left."""
    last = _PART.split(sent)[-1]
    seen = "".join(each for each in last if _is_seen(each)).strip()
    if not seen.strip("."):
        raise Invalid({"file": ["The file name may not be blank."]})
    ending = ending_of(seen)
    return seen if len(seen) <= LONGEST_NAME else seen[: LONGEST_NAME - len(ending)] + ending


def ending_of(name: str) -> str:
    """Return `.csv` for Contacts.CSV, or an empty text unless the extension has letters and digits only."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if _ENDING.fullmatch(suffix) else ""


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN and unicodedata.bidirectional(character) not in _TURNING
