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

SENTENCES = sorted(SOURCES.rglob("*.py"))


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


# Words that a standard term replaced (docs/glossary.md), as parts of a name; each with what it is called now.
REPLACED = {
    "sheet": "schema", "place": "cursor, or position", "lead": "access_path", "stream": "index_range",
    "stand": "visible", "standing": "visible", "hide": "redact", "hold": "lock", "holding": "locking",
    "hand": "editor", "wished": "requested", "duty": "scheduled_action", "duties": "scheduled_actions",
    "pace": "retry_policy, or touch_frequency", "pacing": "touch_frequency", "casting": "participants",
    "sorting_out": "stage and persona", "move_on": "advance", "come_back": "revert", "take_up": "resume",
    "call_off": "cancel", "called_off": "cancelled", "go_on": "advance", "mend": "repair",
}  # fmt: skip
# Where one of them is the right word: a lead of Close, a stream of a compound file, the place of a file.
RIGHT = {
    "dialects/close": {"lead"}, "core/files": {"place", "stream"}, "store": {"place"}, "cli/backup.py": {"place"},
    "core/tasks/handing_over.py": {"hand"},
}  # fmt: skip


def _replaced_words(name: str, path: str) -> set[str]:
    parts = "_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_") + "_"
    right = set().union(*(words for place, words in RIGHT.items() if path.startswith(place)))
    return {word for word in REPLACED if f"_{word}_" in parts} - right


@pytest.mark.parametrize("path", SENTENCES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_no_name_is_a_replaced_word(path: Path) -> None:
    place = str(path.relative_to(SOURCES))
    names = [path.stem, *(node.name for node in _named(path) if not isinstance(node, ast.Module))]
    assert {name: words for name in names if (words := _replaced_words(name, place))} == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hold_tasks", {"hold"}),
        ("WishedReminder", {"wished"}),
        ("_come_back", {"come_back"}),
        ("Hand", {"hand"}),
        ("threshold", set()),
        ("handle", set()),
        ("lock_tasks", set()),
    ],
)
def test_what_a_replaced_word_is(name: str, words: set[str]) -> None:
    assert _replaced_words(name, "core/tasks/changing.py") == words
