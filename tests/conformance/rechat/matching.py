"""Whether an answer fits what was recorded, masks and free orders considered; replay/README.md says how."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TOLERANCE = 120.0  # seconds

_MASK = re.compile(r"<[^<>]+>")
_TIME = re.compile(r"<time(?:\+(\d+)d)?>")
_SAME = re.compile(r"<same ([a-z0-9_.]+)>")
_URL = re.compile(r"https?://[^/\s]+(/\S*)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_CLOCK = re.compile(
    r"(1[0-2]|[1-9]):[0-5]\d [AP]M - (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d, \d{4}"
)
_UNORDERED, _MORE = "<unordered>", "<more>"


class Missing:
    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


class Difference(NamedTuple):
    """`path` leads into the answer, dotted."""

    path: str
    expected: Any
    actual: Any

    def __str__(self) -> str:
        return f"{self.path}: expected {_short(self.expected)}, got {_short(self.actual)}"


def find_differences(expected: Any, answer: Any, *, now: float) -> list[Difference]:
    """`now`: when the answer came, in seconds."""
    return list(_Matching(answer, now).between(expected, answer, ""))


def find_disorder(rules: Mapping[str, str], answer: Any) -> list[Difference]:
    """`rules`: path of a list -> the key it is sorted by, "-" in front for descending."""
    found = []
    for path, key in rules.items():
        values = [item[key.removeprefix("-")] for item in at(answer, path)]
        if values != sorted(values, reverse=key.startswith("-")):
            found.append(Difference(path, f"sorted by {key}", values))
    return found


def at(value: Any, path: str) -> Any:
    """The part of a value at a dotted path; LookupError if there is none."""
    for step in path.split("."):
        value = _below(value, step)
    return value


def _below(value: Any, step: str) -> Any:
    if isinstance(value, list) and step.startswith("["):
        key, _, text = step[1:-1].partition("=")
        for item in value:
            if isinstance(item, dict) and item.get(key) == text:
                return item
        raise LookupError(step)
    if isinstance(value, list) and step.isdigit():
        return value[int(step)]
    if isinstance(value, dict):
        return value[step]
    raise LookupError(step)


class _Matching(NamedTuple):
    answer: Any
    now: float

    def between(self, expected: Any, actual: Any, path: str) -> Iterator[Difference]:
        if isinstance(expected, dict) and isinstance(actual, dict):
            yield from self._between_objects(expected, actual, path)
        elif isinstance(expected, list) and isinstance(actual, list):
            yield from self._between_lists(expected, actual, path)
        elif not self._fits(expected, actual):
            yield Difference(path or "body", expected, actual)

    def _between_objects(
        self, expected: Mapping[str, Any], actual: Mapping[str, Any], path: str
    ) -> Iterator[Difference]:
        for key in [key for key in expected if key != _MORE]:
            if key in actual:
                yield from self.between(expected[key], actual[key], _join(path, key))
            else:
                yield Difference(_join(path, key), expected[key], MISSING)
        if _MORE not in expected:
            for key in [key for key in actual if key not in expected]:
                yield Difference(_join(path, key), MISSING, actual[key])

    def _between_lists(self, expected: Sequence[Any], actual: Sequence[Any], path: str) -> Iterator[Difference]:
        unordered = expected[:1] == [_UNORDERED]
        more = expected[-1:] == [_MORE]
        items = expected[unordered : len(expected) - more]
        if len(actual) < len(items) or (len(actual) > len(items) and not more):
            yield Difference(path or "body", f"{len(items)} elements{' or more' * more}", actual)
        elif unordered:
            yield from self._in_any_order(items, actual, path)
        else:
            for index, item in enumerate(items):
                yield from self.between(item, actual[index], _join(path, index))

    def _in_any_order(self, items: Sequence[Any], actual: Sequence[Any], path: str) -> Iterator[Difference]:
        """Each item takes an element that fits; one that is taken is given up if its holder finds another."""
        fits = [[self._alike(item, element) for element in actual] for item in items]
        holder: dict[int, int] = {}

        def place(item: int, tried: set[int]) -> bool:
            for element, fitting in enumerate(fits[item]):
                if fitting and element not in tried:
                    tried.add(element)
                    if element not in holder or place(holder[element], tried):
                        holder[element] = item
                        return True
            return False

        homeless = [item for item in range(len(items)) if not place(item, set())]
        left = [element for element in range(len(actual)) if element not in holder]
        for item in homeless:
            yield from self._nearest(items[item], actual, left, path)

    def _nearest(self, item: Any, actual: Sequence[Any], left: Sequence[int], path: str) -> Iterator[Difference]:
        yield from min(
            (list(self.between(item, actual[element], _join(path, element))) for element in left), key=len
        )

    def _alike(self, expected: Any, actual: Any) -> bool:
        return next(self.between(expected, actual, ""), None) is None

    def _fits(self, expected: Any, actual: Any) -> bool:
        if isinstance(expected, str) and _MASK.fullmatch(expected):
            return self._fits_mask(expected, actual)
        if _is_number(expected) and _is_number(actual):
            return bool(expected == actual)
        return type(expected) is type(actual) and bool(expected == actual)

    def _fits_mask(self, mask: str, actual: Any) -> bool:
        if time := _TIME.fullmatch(mask):
            return _is_number(actual) and abs(actual - self.now - 86400 * int(time[1] or 0)) <= TOLERANCE
        if same := _SAME.fullmatch(mask):
            return self._is_at(same[1], actual)
        if mask not in _MASKS:
            raise ValueError(f"{mask} is no mask")
        return _MASKS[mask](actual)

    def _is_at(self, path: str, actual: Any) -> bool:
        try:
            return bool(actual == at(self.answer, path))
        except LookupError:
            return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text_like(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value))


_MASKS: dict[str, Callable[[Any], bool]] = {
    "<any>": lambda value: True,
    "<uuid>": _text_like(UUID),
    "<url>": _text_like(_URL),
    "<int>": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "<number>": _is_number,
    "<iso>": _text_like(_ISO),
    "<clock>": _text_like(_CLOCK),
}


def _join(path: str, step: str | int) -> str:
    return f"{path}.{step}" if path else str(step)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}..."
