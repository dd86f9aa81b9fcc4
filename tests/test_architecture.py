"""ARCHITECTURE.md names modules and functions that are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "touchbook"
_NAMED = re.compile(r"`((?:\w+/)+\w+\.py)(?::(\w+))?`")
PLACES = sorted(set(_NAMED.findall((ROOT / "ARCHITECTURE.md").read_text())))


@pytest.mark.parametrize(("path", "function"), PLACES)
def test_what_is_named_is_there(path: str, function: str) -> None:
    found = next((root / path for root in (SOURCES, SOURCES / "core", SOURCES / "dialects", ROOT)
                  if (root / path).is_file()), None)  # fmt: skip
    assert found is not None
    if function:
        names = {getattr(node, "name", "") for node in ast.parse(found.read_text()).body}
        assert function in names


def test_the_walks_are_found() -> None:
    assert sum(bool(function) for _, function in PLACES) >= 16


def test_documents_that_it_leads_to_are_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    missing = [path for path in re.findall(r"`?(docs/[\w/.-]+\.md)", text) if not (ROOT / path).is_file()]
    assert missing == []
