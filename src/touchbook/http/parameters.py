"""The query of a request: bounded as documented, with every spelling of a list."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct

from touchbook.http.bodies import check_text
from touchbook.http.errors import BadParameters
from touchbook.http.fields import fields_of

LONGEST_TEXT = 2_000
MOST_VALUES = 1_000


class Parameter(Struct, frozen=True):
    """A parameter in the document: at most `most` values, each of at most `longest` characters.

    `schema` is JSON schema and says so; with `split` the values of a list are separated by commas too.
    """

    schema: Mapping[str, Any]
    required: bool = False
    listed: bool = False
    split: bool = False
    most: int = MOST_VALUES
    longest: int = LONGEST_TEXT


_UNKNOWN = Parameter({})


class Parameters(Mapping[str, str]):
    """The documented parameters, each with its one value, and the unknown ones.

    BadParameters for a value that is too long, for too many, and, if `strict`, for an unknown name. `most` bounds
    a list where the documented bound follows from the length of an address.
    """

    def __init__(
        self,
        sent: Iterable[tuple[str, str]],
        kind: type[Struct] | None = None,
        *,
        strict: bool = False,
        most: int | None = None,
    ) -> None:
        self.sent = tuple(sent)
        self._kind = kind
        self._known = parameters_of(kind)
        self._values: dict[str, list[str]] = {}
        for name, value in self.sent:
            self._values.setdefault(self._named(name), []).append(value)
        self.unknown = [name for name in self._values if name not in self._known]
        if strict and self.unknown:
            raise BadParameters({name: [f"There is no parameter {name}."] for name in sorted(self.unknown)})
        self._check_bounds(most)

    def listed(self, name: str) -> list[str] | None:
        """Read `x=1,2`, `x=1&x=2` and `x[]=1&x[]=2` alike. [] if it was sent empty, None if it was not sent."""
        assert name in self._known, f"{name} stands in no document"
        if name not in self._values:
            return None
        return [part for part in _parts(self._known[name], self._values[name]) if part]

    def instead(self, sent: Iterable[tuple[str, str]], *, most: int) -> "Parameters":
        """Return the same parameters, sent elsewhere than in the address."""
        return Parameters(sent, self._kind, most=most)

    def __getitem__(self, name: str) -> str:
        """An empty text was sent empty. BadParameters if it was sent with different values."""
        assert name in self._known, f"{name} stands in no document"
        if self._known[name].listed:
            return ",".join(self.listed(name) or ())
        texts = {value for value in self._values[name] if value}
        if len(texts) > 1:
            raise BadParameters({name: [f"{name} may be given only once."]})
        return texts.pop() if texts else ""

    def __contains__(self, name: object) -> bool:
        return name in self._values and name in self._known

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._values if name in self._known)

    def __len__(self) -> int:
        return len(self._values) - len(self.unknown)

    def _named(self, name: str) -> str:
        plain = name.removesuffix("[]")
        return plain if plain in self._known and self._known[plain].listed else name

    def _check_bounds(self, most: int | None) -> None:
        problems = {}
        for name, values in self._values.items():
            known = self._known.get(name, _UNKNOWN)
            parts = _parts(known, values)
            if len(parts) > (most or known.most):
                problems[name] = [f"{name} has at most {most or known.most} values."]
            elif any(len(part) > known.longest for part in parts):
                problems[name] = [f"{name} has at most {known.longest} characters."]
        if problems:
            raise BadParameters(problems)


def read_query(text: bytes, kind: type[Struct] | None, *, strict: bool) -> Parameters:
    """Malformed for text that no column can hold."""
    sent = parse_qsl(text.decode("latin-1"), keep_blank_values=True)
    for name, value in sent:
        check_text(name)
        check_text(value)
    return Parameters(sent, kind, strict=strict)


@cache
def parameters_of(kind: type[Struct] | None) -> Mapping[str, Parameter]:
    """Return parameters by name, in the order of the document."""
    if kind is None:
        return {}
    return {name: _parameter(schema, required) for name, schema, required in fields_of(kind)}


def _parameter(schema: Mapping[str, Any], required: bool) -> Parameter:
    bounded = _bounded(schema)
    listed = bounded.get("type") == "array"
    value = bounded["items"] if listed else bounded
    return Parameter(
        schema=bounded,
        required=required,
        listed=listed,
        split=listed and not bounded.get("explode"),
        most=bounded.get("maxItems", MOST_VALUES),
        longest=value.get("maxLength", LONGEST_TEXT),
    )


def _bounded(schema: Mapping[str, Any]) -> dict[str, Any]:
    if schema.get("type") == "array":
        return {"maxItems": MOST_VALUES, **schema, "items": _bounded(schema["items"])}
    if schema.get("type") == "string":
        return {"maxLength": LONGEST_TEXT, **schema}
    return dict(schema)


def _parts(known: Parameter, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (value.split(",") if known.split else (value,))]
