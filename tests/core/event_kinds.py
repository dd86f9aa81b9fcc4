"""`docs/events.md` as the registry of kinds has it, and the kinds that the core's code records.

    python -m tests.core.event_kinds

writes the document anew.
"""

import ast
import importlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import touchbook.core
from touchbook.core.event_kinds import KINDS, EventKind, Member, Noun, Reference
from touchbook.core.events import MOST_EVENTS

DOCUMENT = Path(__file__).parents[2] / "docs/events.md"
_CORE = Path(touchbook.core.__file__).parent
_NOUNS = frozenset(get_args(Noun))
# The registry itself, and what reacts to kinds.
_NO_RECORDERS = {"event_kinds.py", "reactions.py"}
_RECORDERS = {"record_event", "record_each", "Event"}
# Verbs that the writers of sequences and what belongs to them give their events by themselves.
_OWN_VERBS = {"insert": "created", "remove": "deleted"}

_HEAD = f"""# Events

Every change leaves an event for each record that it changed, in the same transaction (`core/events.py`). Its kind
says what was done; its changes tell the members that are different now, and no others. A member that leads to a
record tells the record's uid. A change of more than {MOST_EVENTS:,} records of a kind leaves one event without a
record: how many there were (`count`), and the members that are the same in all of them.

This document is made from `core/event_kinds.py` by `python -m tests.core.event_kinds`; a test holds that it says
what the registry says.
"""


def render_document() -> str:
    sections = [_HEAD]
    for noun, kinds in groupby(KINDS.values(), key=lambda kind: kind.noun):
        rows = "".join(map(_row, kinds))
        sections.append(f"## {_words(noun).capitalize()}\n\n| Kind | Meaning | Members |\n|---|---|---|\n{rows}")
    return "\n".join(sections)


def _row(kind: EventKind) -> str:
    members = ", ".join(f"`{name}` ({_said(member)})" for name, member in kind.members.items())
    return f"| `{kind.name}` | {kind.says} | {members or 'none'} |\n"


def _said(member: Member) -> str:
    if not isinstance(member, Reference):
        return member
    return f"{'uids' if member.many else 'uid'}, {_words(member.noun)}"


def _words(noun: str) -> str:
    return noun.replace("_", " ")


def recorded_kinds() -> set[str]:
    """What stands in the core's code as the kind of an event that is written: whole, or as a noun and its verb."""
    return {
        kind
        for function, arguments, module in _calls()
        for kind in _kinds(function, arguments, module)
        if kind in KINDS or function in _RECORDERS
    }


def _calls() -> Iterator[tuple[str, list[ast.AST], dict[str, Any]]]:
    """Each call in the core: what is called, all that stands among its arguments, the module's own names. What a
    loop goes through counts as a call of nothing.
    """
    for path in sorted(_CORE.rglob("*.py")):
        if path.name in _NO_RECORDERS:
            continue
        name = ".".join(["touchbook.core", *path.relative_to(_CORE).with_suffix("").parts])
        module = vars(importlib.import_module(name.removesuffix(".__init__")))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                arguments = [each for argument in node.args for each in ast.walk(argument)]
                yield _name(node.func), arguments, module
            elif isinstance(node, ast.For):
                yield "", list(ast.walk(node.iter)), module


def _kinds(function: str, arguments: list[ast.AST], module: dict[str, Any]) -> Iterator[str]:
    yield from _whole(arguments, module)
    if function not in _RECORDERS:
        yield from _of_nouns(function, arguments, module)


def _whole(arguments: list[ast.AST], module: dict[str, Any]) -> Iterator[str]:
    """`"task.deleted"`, `f"{MAILINGS.name}.mended"`."""
    for each in arguments:
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            noun, _, verb = each.value.partition(".")
            if noun in _NOUNS and verb.isidentifier():
                yield each.value
        elif isinstance(each, ast.JoinedStr):
            yield from _joined(each, module)


def _joined(text: ast.JoinedStr, module: dict[str, Any]) -> Iterator[str]:
    match text.values:
        case [ast.FormattedValue(ast.Attribute(ast.Name(name), "name")), ast.Constant(str(rest))]:
            if name in module and rest.startswith("."):
                yield f"{module[name].name}{rest}"
        case [ast.Constant(str("task.")), ast.FormattedValue(ast.Name("status"))]:
            yield from (f"task.{status}" for status in module.get("CLOSED", ()))


def _of_nouns(function: str, arguments: list[ast.AST], module: dict[str, Any]) -> Iterator[str]:
    """`amend(tx, caller, STATES, state, "paused", ...)`."""
    nouns = [module[each.id].name for each in arguments if isinstance(each, ast.Name) and _is_noun(each, module)]
    verbs = [each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    own = _OWN_VERBS.get(function)
    yield from (f"{noun}.{verb}" for noun in nouns for verb in [*verbs, *([own] if own else [])])


def _is_noun(name: ast.Name, module: dict[str, Any]) -> bool:
    return getattr(module.get(name.id), "name", None) in _NOUNS


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


if __name__ == "__main__":
    DOCUMENT.write_text(render_document())
