"""Converts members of a body or query to a Struct, and reports every wrong one, not only the first."""

from collections.abc import Iterator, Mapping
from functools import cache, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from touchbook.http.wording import plain_words

Fields = TypeVar("Fields", bound=Struct)


class Wrong(Exception):
    """Field -> problem:

    `required`, `unknown`, or what follows the field's name in a sentence (` must be a list`).
    """

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(problems)


REQUIRED = "required"
UNKNOWN = "unknown"
SCHEMAS = "#/components/schemas/"


def sentence_of(name: str, problem: str) -> str:
    if problem == UNKNOWN:
        return f"There is no member {name}."
    return f"{name} is required." if problem == REQUIRED else f"{name}{problem}."


def bare_sentence(problem: str) -> str:
    """Return a sentence for errors that show the name beside it: `Must be a list.`"""
    said = problem.lstrip(" .")
    return f"{said[0].upper()}{said[1:]}."


def read_fields(kind: type[Fields], members: Mapping[str, Any], *, strict: bool = True) -> Fields:
    """Unknown members are ignored, unless the Struct forbids them.

    With `strict` False numbers and booleans may come as text (a query).
    """
    values: dict[str, Any] = {}
    forbids = kind.__struct_config__.forbid_unknown_fields
    problems = dict.fromkeys(sorted(members.keys() - names_of(kind)), UNKNOWN) if forbids else {}
    for field in _members_of(kind):
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
def names_of(*kinds: type[Struct]) -> frozenset[str]:
    """Return the names of members on the wire."""
    return frozenset(field.encode_name for kind in kinds for field in _members_of(kind))


def fields_of(kind: type[Struct]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Return the name on the wire, the JSON schema without null, and whether the member is required."""
    for field in msgspec.structs.fields(kind):
        schema = _without_null(msgspec.json.schema(field.type, ref_template=SCHEMAS + "{name}"))
        schema.pop("$defs", None)
        if field.default not in (NODEFAULT, None, msgspec.UNSET):
            schema["default"] = field.default
        required = field.default is NODEFAULT and field.default_factory is NODEFAULT
        yield field.encode_name, schema, required


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    kept = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if len(kept) != 1:
        return dict(schema)
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**kept[0], **rest}


@cache
def _members_of(kind: type[Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


@cache
def _without_none(kind: Any) -> Any:
    """A query leaves out null: the text `null` is neither a number nor a day."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    return reduce(or_, (option for option in get_args(kind) if option is not NoneType))
