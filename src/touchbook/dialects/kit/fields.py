"""Turns members of a body or query into a Struct, and finds every one that is wrong, not the first alone."""

from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from touchbook.dialects.kit.wording import plain_words

Fields = TypeVar("Fields", bound=Struct)


class Wrong(Exception):
    """Field -> what is wrong: `required`, or what follows the field's name in a sentence (` must be a list`)."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(problems)


REQUIRED = "required"


def sentence_of(name: str, problem: str) -> str:
    return f"{name} is required." if problem == REQUIRED else f"{name}{problem}."


def bare_sentence(problem: str) -> str:
    """For where the name stands beside it: `Must be a list.`"""
    said = problem.lstrip(" .")
    return f"{said[0].upper()}{said[1:]}."


def read_fields(kind: type[Fields], members: Mapping[str, Any], *, strict: bool = True) -> Fields:
    """Unknown members are passed over. `strict` False: numbers and booleans may come as text (a query)."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in _fields_of(kind):
        if field.encode_name not in members:
            if field.default is NODEFAULT and field.default_factory is NODEFAULT:
                problems[field.encode_name] = REQUIRED
            continue
        try:
            kind_of = field.type if strict else _without_none(field.type)
            values[field.name] = msgspec.convert(members[field.encode_name], kind_of, strict=strict)
        except msgspec.ValidationError as wrong:
            problems[field.encode_name] = plain_words(str(wrong))
    if problems:
        raise Wrong(problems)
    return kind(**values)


@cache
def _fields_of(kind: type[Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


@cache
def _without_none(kind: Any) -> Any:
    """A query leaves out what is null; the text `null` is no number and no day."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    return reduce(or_, (option for option in get_args(kind) if option is not NoneType))
