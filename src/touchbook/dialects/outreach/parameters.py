"""Parameters of an action: `actionParams[note]=...` in the query."""

import re
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import fields

from touchbook.dialects.outreach.errors import BadParameter, RefusedParameters
from touchbook.dialects.outreach.jsonapi.query import read_parameters, read_shape
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.writing import sentence
from touchbook.dialects.outreach.times import NO_DATE, read_instant
from touchbook.http.call import Call
from touchbook.http.fields import Wrong, read_fields

Parameters = TypeVar("Parameters", bound=Struct)
_NAME = re.compile(r"actionParams\[([^\[\]]*)\]")


def parameter_of(name: str) -> str:
    return f"actionParams[{name}]"


def read_action(call: Call[Any], kind: type[Parameters]) -> Parameters:
    """BadParameter for an unknown one, RefusedParameters for missing and wrong ones."""
    given = read_parameters(call.query)
    read_shape(RESOURCES["task"], given)
    known = {field.encode_name for field in fields(kind)}
    told: dict[str, str] = {}
    for name, values in given.items():
        if not name.startswith("actionParams"):
            continue
        named = _NAME.fullmatch(name)
        if named is None or named[1] not in known:
            raise BadParameter(name, "The action does not have this parameter.")
        told[named[1]] = values[0]
    try:
        return read_fields(kind, told, strict=False)
    except Wrong as wrong:
        problems = {parameter_of(name): sentence(problem) for name, problem in wrong.problems.items()}
        raise RefusedParameters(problems) from None


def read_time(name: str, text: str) -> datetime:
    try:
        return read_instant(text)
    except (ValueError, OverflowError):
        raise RefusedParameters({parameter_of(name): NO_DATE}) from None
