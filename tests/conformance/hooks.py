"""What cannot be sent is not tried, and in the short run a sample of what is much the same. A slash in each name
of a path is tried besides, as Schemathesis sends none.

An address ends before 64 kB, where the server knows no dialect yet; a path without its name is another path.
"""

import os
import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode, urlsplit
from zlib import crc32

import requests
import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response

LONGEST_ADDRESS = 60_000
SAMPLE = int(os.environ.get("TOUCHBOOK_TEST_SAMPLE", "1"))
# Where a text has a pattern and a greatest length, Schemathesis compiles the pattern with that length in it, which
# takes seconds at 65,536 characters. It leaves alternatives alone: these say the same.
SAME_PATTERNS = {r"^[^\u0000]*$": r"^(?:[^\u0000]*|[^\u0000])$", r"\S": r"(?:\S|\S)"}

_seen: Counter[str] = Counter()
_slashed: set[tuple[str, str]] = set()


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
    """Take the first request that is allowed and the first that is not of each operation, and each SAMPLE-th.

    Which ones differs by the place: an operation with many members is sent every wrong type at some of them.
    """
    if case.meta is None:
        return True
    kind = f"{case.operation.label} {case.meta.generation.mode.value}"
    way = f"{kind} {re.sub(r'[0-9]+', '', case.meta.phase.data.description or '')}"
    first, number = not _seen[kind], _seen[way]
    _seen.update((kind, way))
    return first or (number + crc32(way.encode())) % SAMPLE == 0


@schemathesis.check
def encoded_slash_belongs_to_its_name(_context: CheckContext, response: Response, case: Case[Any]) -> None:
    """Send each request once more with `%2F` in a name, and with the slash that separates names in its place.

    The first names a record that is not there, the second a path: who takes both as one answers alike.
    """
    if response.status_code == 401 or case.method.upper() != case.operation.method.upper():
        return
    for name in dict(case.path_parameters or {}):
        if (case.operation.label, name) not in _slashed:
            _slashed.add((case.operation.label, name))
            within, between = (_ask_again(response, case, name, slash) for slash in ("%2F", "/"))
            assert 400 <= within.status_code < 500, f"{within.url} is answered {within.status_code}"
            assert within.text != between.text, f"{within.url} is taken as {between.url}"


def _ask_again(response: Response, case: Case[Any], name: str, slash: str) -> requests.Response:
    names = {**case.path_parameters, name: f"{case.path_parameters[name]}{slash}no-name"}
    asked = response.request.copy()
    asked.url = (
        urlsplit(f"{case.operation.base_url}{case.path.format(**names)}")
        ._replace(query=urlsplit(asked.url or "").query)
        .geturl()
    )
    with requests.Session() as session:
        return session.send(asked, allow_redirects=False, timeout=10)
