"""What cannot be sent is not tried, and in the short run a sample of what is much the same.

An address ends before 64 kB, where the server knows no dialect yet; a path without its name is another path.
"""

import os
import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import schemathesis
from schemathesis import Case, HookContext

LONGEST_ADDRESS = 60_000
SAMPLE = int(os.environ.get("TOUCHBOOK_TEST_SAMPLE", "1"))
# Where a text has a pattern and a greatest length, Schemathesis compiles the pattern with that length in it, which
# takes seconds at 65,536 characters. It leaves alternatives alone: these say the same.
SAME_PATTERNS = {r"^[^\u0000]*$": r"^(?:[^\u0000]*|[^\u0000])$", r"\S": r"(?:\S|\S)"}

_seen: Counter[str] = Counter()


@schemathesis.hook
def before_load_schema(_context: HookContext, raw_schema: dict[str, Any]) -> None:
    _spell_patterns(raw_schema)


def _spell_patterns(part: Any) -> None:
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str):
            part["pattern"] = SAME_PATTERNS.get(part["pattern"], part["pattern"])
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            _spell_patterns(each)


@schemathesis.hook
def filter_case(_context: HookContext, case: Case[Any]) -> bool:
    return (
        len(urlencode(dict(case.query or {}), doseq=True)) < LONGEST_ADDRESS
        and _is_named(case)
        and _is_taken(case)
    )


def _is_named(case: Case[Any]) -> bool:
    return all(str(name) for name in dict(case.path_parameters or {}).values())


def _is_taken(case: Case[Any]) -> bool:
    """Take the first of what is tried in the same way at the same place of an operation, then each SAMPLE-th.

    Which ones differs by the place: an operation with many members is sent every wrong type at some of them.
    """
    if case.meta is None:
        return True
    way = f"{case.operation.label} {re.sub(r'[0-9]+', '', case.meta.phase.data.description or '')}"
    number, _seen[way] = _seen[way], _seen[way] + 1
    return number == 0 or (number + crc32(way.encode())) % SAMPLE == 0
