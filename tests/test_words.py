"""The words of the sources: docstrings are sentences, and names use standard terms (STYLE.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src" / "touchbook"
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

# A docstring that begins with one of these continues the name above it, and says nothing by itself.
FRAGMENT = re.compile(r"(Of|Who|Whose|Whom|These|Those|As|That|Which|What|By|The same)\b|[a-z]")

# They are rewritten as core/query; what is new there is no exception.
LEFT = {
    "core/contacts/misspelling.py", "core/keyset.py", "core/searching.py", "core/sheet.py",
    "core/tasks/filtering.py", "core/tasks/matching.py", "core/tasks/sheet.py", "core/teams/sheet.py",
}  # fmt: skip
SENTENCES = [path for path in sorted(SOURCES.rglob("*.py")) if str(path.relative_to(SOURCES)) not in LEFT]


def _named(path: Path) -> Iterator[Documented]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Documented):
            yield node


def _is_fragment(docstring: str) -> bool:
    return FRAGMENT.match(docstring) is not None


@pytest.mark.parametrize("path", SENTENCES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_docstrings_are_sentences(path: Path) -> None:
    found = [docstring for node in _named(path) if (docstring := ast.get_docstring(node)) is not None]
    assert [docstring for docstring in found if _is_fragment(docstring)] == []


@pytest.mark.parametrize(
    ("docstring", "fragment"),
    [
        ("Of each task that has any, as they were attached.", True),
        ("Who asks: one user in one team.", True),
        ("By index, each as it is to be.", True),
        ("lower case.", True),
        ("Offers are locked.", False),
        ("Return the files by task id.", False),
        ("`limit` counts bytes.", False),
    ],
)
def test_what_a_fragment_is(docstring: str, fragment: bool) -> None:
    assert _is_fragment(docstring) == fragment
