"""Patterns of the sources match in one way only: none has two repetitions without end that can share a text.

Where two can (`(a+)+`, `x*.*x*`), a text that does not match in the end is tried in all ways to divide it. A few
thousand letters hold everybody for seconds then.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from re import _parser
from typing import Any, NamedTuple

import pytest

import touchbook

SOURCES = Path(touchbook.__file__).parent
# One of each kind is enough beyond ASCII: a letter, a digit, a blank, a sign.
ALPHABET = frozenset([*map(chr, range(128)), "é", "١", "\u2003", "…"])
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
ENDLESS = 100
_CATEGORIES = {"DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": lambda sign: sign.isalnum() or sign == "_"}


class Piece(NamedTuple):
    """Some letters, one of `signs` each. `endless`: as many as there are; `optional`: maybe none."""

    signs: frozenset[str]
    endless: bool
    optional: bool


def find_ambiguity(pattern: str | bytes) -> bool:
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    return any(_is_ambiguous(pieces) for pieces in _spellings(_parser.parse(text)))


def _is_ambiguous(pieces: list[Piece]) -> bool:
    return any(piece.endless and _meets_another(piece, pieces[place + 1 :]) for place, piece in enumerate(pieces))


def _meets_another(piece: Piece, rest: list[Piece]) -> bool:
    """Over what it can take as well; what it cannot take, and must be there, parts it from the rest."""
    for other in rest:
        if other.endless and piece.signs & other.signs:
            return True
        if not other.optional and not piece.signs & other.signs:
            return False
    return False


def _spellings(tree: Any, *, repeated: bool = False) -> list[list[Piece]]:
    """What the pattern can be in a row, for each of its alternatives. `repeated`: it stands in an endless one."""
    parts = [_spellings_of(str(code), value, repeated=repeated) for code, value in tree]
    return [[piece for part in row for piece in part] for row in product(*parts)]


def _spellings_of(code: str, value: Any, *, repeated: bool) -> list[list[Piece]]:
    if code in REPEATS:
        least, most, body = value
        endless = most > ENDLESS or (repeated and least != most)
        if len(body) == 1 and (signs := _signs(str(body[0][0]), body[0][1])) is not None:
            return [[Piece(signs, endless, least == 0)]]
        rows = _spellings(body, repeated=repeated or endless)
        twice = [[*first, *then] for first, then in product(rows, rows)] if endless else rows
        return [*twice, []] if least == 0 else twice
    if code in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _spellings(value[-1] if code == "SUBPATTERN" else value, repeated=repeated)
    if code == "BRANCH":
        rows = [row for branch in value[1] for row in _spellings(branch, repeated=repeated)]
        maybe = repeated and [] in rows
        return [[Piece(piece.signs, True, True) if maybe else piece for piece in row] for row in rows]
    signs = _signs(code, value)
    return [[]] if signs is None else [[Piece(signs, endless=False, optional=False)]]


def _signs(code: str, value: Any) -> frozenset[str] | None:
    """None for what takes no letter, and for what is more than one."""
    if code == "LITERAL":
        return frozenset({chr(value)})
    if code == "NOT_LITERAL":
        return ALPHABET - {chr(value)}
    if code == "ANY":
        return ALPHABET - {"\n"}
    if code == "RANGE":
        return frozenset(sign for sign in ALPHABET if value[0] <= ord(sign) <= value[1])
    if code == "CATEGORY":
        name = str(value).removeprefix("CATEGORY_")
        held = frozenset(filter(_CATEGORIES[name.removeprefix("NOT_")], ALPHABET))
        return ALPHABET - held if name.startswith("NOT_") else held
    if code == "IN":
        members = [_signs(str(kind), each) for kind, each in value if str(kind) != "NEGATE"]
        held = frozenset().union(*(member or frozenset() for member in members))
        return ALPHABET - held if str(value[0][0]) == "NEGATE" else held
    return None


def compiled(value: Any) -> Iterator[str | bytes]:
    """The patterns that a value of a module is or holds, however they were put together."""
    if isinstance(value, re.Pattern):
        yield value.pattern
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from compiled(each)
    elif isinstance(value, dict):
        yield from compiled([*value.values()])


def compiled_in_modules() -> Iterator[tuple[str, str | bytes]]:
    for found in pkgutil.walk_packages(touchbook.__path__, "touchbook."):
        if not found.name.startswith("touchbook.store.migrations") and not found.name.endswith("__main__"):
            for value in vars(importlib.import_module(found.name)).values():
                yield from ((found.name, pattern) for pattern in compiled(value))


def composed_in_functions(source: str) -> Iterator[str]:
    """What is put together where it is used stands in no module to be looked at."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
            of_re = (call for call in calls if re.fullmatch(r"re\.\w+", ast.unparse(call.func)))
            yield from (ast.unparse(call) for call in of_re if not isinstance(call.args[0], ast.Constant))


def patterns_of(source: str) -> Iterator[str | bytes]:
    """The patterns given to `re` and those of schemas (`pattern=`); what is made at run time is left out."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        named = node.func.value if isinstance(node.func, ast.Attribute) else None
        given = [word.value for word in node.keywords if word.arg == "pattern"]
        if isinstance(named, ast.Name) and named.id == "re":
            given += node.args[:1]
        for each in given:
            if isinstance(each, ast.Constant) and isinstance(each.value, str | bytes):
                yield each.value


def test_no_pattern_of_the_sources_can_match_a_text_in_many_ways() -> None:
    found = {
        (file.relative_to(SOURCES).as_posix(), pattern)
        for file in SOURCES.rglob("*.py")
        for pattern in patterns_of(file.read_text(encoding="utf-8"))
    }
    found |= {*compiled_in_modules()}
    assert len(found) > 50
    assert [each for each in sorted(found, key=repr) if find_ambiguity(each[1])] == []


def test_none_is_put_together_where_it_is_used() -> None:
    sources = {file: file.read_text(encoding="utf-8") for file in SOURCES.rglob("*.py")}
    found = {str(file.relative_to(SOURCES)): [*composed_in_functions(text)] for file, text in sources.items()}
    assert {file: calls for file, calls in found.items() if calls} == {}


def test_one_that_is_put_together_is_found() -> None:
    assert [*compiled({"a": [(re.compile("b" + "c"), None)]})] == ["bc"]
    assert [*composed_in_functions("def f(x):\n    return re.sub(A + x, '', re.escape('y'))")] == [
        "re.sub(A + x, '', re.escape('y'))"
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        r'^\s*(?:(?:name|company):\s*)?"?(.*?)"?\s*$',
        r"(a+)+",
        r"(?:a*b?)*",
        r"(a|aa)+",
        r"(?:\w+\s?)*",
        r"\s+,?\s+",
        r".*x.*",
        rb"\d+\w+",
        r"(?:[^,]|x+)*y",
        r"\w{1,1000}\d{1,1000}",
    ],
)
def test_an_ambiguous_one_is_found(pattern: str | bytes) -> None:
    assert find_ambiguity(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\s*\S+",
        r"[a-z]+(?:\.[a-z]+)+",
        r"(?:\[[^\[\]]*\])+",
        r"\d{1,18}(?:\.\d{1,6})?",
        r"(?:a|b)+c*",
        r"[^:]*:.*",
        r"(?=x)\w+",
    ],
)
def test_one_that_matches_in_one_way_passes(pattern: str) -> None:
    assert not find_ambiguity(pattern)


def test_a_pattern_is_seen_wherever_it_is_given() -> None:
    source = (
        'A = re.compile(r"a+")\nB = Meta(pattern=r"b")\nC = re.sub(rb"c", b"", x)\nD = compile("d")\nre.compile(E)'
    )
    assert sorted(map(str, patterns_of(source))) == ["a+", "b", "b'c'"]
