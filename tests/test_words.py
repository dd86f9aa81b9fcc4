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
    "card": "contact", "entry": "task, or timeline entry", "sale": "deal",
}  # fmt: skip
# Where one of them is the right word: a lead of Close, a stream of a compound file, the place of a file.
RIGHT = {
    "dialects/close": {"lead"}, "core/files": {"place", "stream"}, "store": {"place"}, "cli/backup.py": {"place"},
    "core/tasks/handing_over.py": {"hand"}, "core/contacts/timeline.py": {"entry"}, "demonstration": {"sale"},
    "dialects/touchbook": {"entry"}, "dialects/ysuite": {"sale"},
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


# One API's words for what the core has a word of its own for, and those of HTTP, as parts of names and texts.
DIALECTS_OWN = {
    "close": {
        "lead", "leads", "opportunity", "opportunities", "opportunity_due", "organization", "membership_id",
        "orga", "assigned_to", "is_complete", "date_created", "date_updated", "smart_view", "object_type",
        "emailthread",
    },
    "outreach": {
        "prospect", "prospects", "opportunity_association", "recent_created", "recent_updated", "noop", "mailbox",
        "task_type", "task_priority", "action_item", "incomplete", "json_api", "company_id",
    },
    "rechat": {
        "brand", "brands", "crm", "crm_task", "attribute_def", "attribute_defs", "due_date", "flow", "flows",
    },
    "ysuite": {"cstid", "activity_id", "activity_type", "assigned_user_id", "start_datetime", "end_datetime"},
    "http": {"http", "status_code", "header", "headers", "cookie", "cookies", "query_string", "idempotency"},
    "names": {"rechat", "outreach", "ysuite"},
}  # fmt: skip
_OWN_WORDS = frozenset(word for words in DIALECTS_OWN.values() for word in words)
# A template is stored as its author wrote it, and `{{ prospect.first_name }}` may stand in it.
OWN_IN_CORE = {"templates/rendering.py": {"prospect"}, "templates/personalizing.py": {"prospect"}}
# Methods of HTTP are words like any other unless they shout.
METHODS = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b")
CORE = SOURCES / "core"
_NAMED_BY = ("id", "attr", "arg", "name")


def _said_in(source: str) -> Iterator[str]:
    """Names, and texts but for docstrings."""
    tree = ast.parse(source)
    documented = (node for node in ast.walk(tree) if isinstance(node, Documented) and ast.get_docstring(node))
    docstrings = {id(node.body[0].value) for node in documented if isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
        yield from (said for each in _NAMED_BY if isinstance(said := getattr(node, each, None), str))


def _dialect_words(source: str) -> set[str]:
    found = set()
    for said in _said_in(source):
        parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", said).lower()
        tokens = [f"_{token.strip('_')}_" for token in re.findall(r"[a-z0-9_]+", parts)]
        found |= {word for word in _OWN_WORDS if any(f"_{word}_" in each for each in tokens)}
        found |= set(METHODS.findall(said))
    return found


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: str(path.relative_to(CORE)))
def test_the_core_uses_no_word_of_a_dialect(path: Path) -> None:
    assert _dialect_words(path.read_text()) == OWN_IN_CORE.get(path.relative_to(CORE).as_posix(), set())


def _records_made(source: str) -> Iterator[tuple[str, bool]]:
    """The record of each query schema of a module, and whether its Struct is a shape of that module alone."""
    tree = ast.parse(source)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for name in re.findall(r"^\w+: QuerySchema\[(\w+)\]", source, re.MULTILINE):
        yield name, name in own


def test_lists_of_the_core_are_of_nouns() -> None:
    """What a single API shows of a row stands in that API; a member is a user in a team."""
    made = dict(pair for path in CORE.rglob("*.py") for pair in _records_made(path.read_text()))
    assert made.keys() >= {"Account", "Contact", "Deal", "Mailing", "SequenceState", "Task", "Template"}
    assert {name for name, shape in made.items() if shape} == {"Member"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('rule = "noop"', {"noop"}),
        ("lead_id = 1", {"lead"}),
        ("class OpportunityRule: ...", {"opportunity"}),
        ('sql = "select t.due_date from tasks t"', {"due_date"}),
        ("def read(*, headers): ...", {"headers"}),
        ('method = "PATCH"', {"PATCH"}),
        ('"""A lead, as in a prospect."""', set()),
        ('def f():\n    """A lead."""', set()),
        ("leading = misleading", set()),
        ('sql = "delete from tasks t"', set()),
    ],
)
def test_what_a_word_of_a_dialect_is(source: str, words: set[str]) -> None:
    assert _dialect_words(source) == words
