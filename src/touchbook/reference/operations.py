"""Names of operations for client generators: `listTasks`, `updateContactAttribute`; tags by resource."""

import re
from collections.abc import Sequence
from string import ascii_lowercase

from touchbook.http.route import Dialect, Route

_ON_ONE = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
_ON_MANY = {"GET": "list", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


def operation_id(dialect: Dialect, route: Route) -> str:
    """Follow method and path, unless the dialect names the operation: a path does not always tell the verb."""
    named = dialect.operations.get(f"{route.method} {route.path}")
    if named is not None:
        return named
    *others, last = _parts(dialect, route)
    words = [_singular(part) for part in others if not _is_name(part)]
    if words[-1:] == ["action"]:
        verb = last[: len(last) - len(last.lstrip(ascii_lowercase))]
        return _camel([verb, *words[:-1], *filter(None, [last.removeprefix(verb)])])
    if _is_name(last):
        return _camel([_ON_ONE[route.method], *words])
    return _camel([_ON_MANY[route.method], *words, _singular(last) if route.method == "POST" else _plural(last)])


def tag_of(dialect: Dialect, route: Route) -> str:
    """Return the first resource of the path, in the words of the API: `tasks`, `sequenceSteps`."""
    return _camel([_parts(dialect, route)[0]])


def _parts(dialect: Dialect, route: Route) -> Sequence[str]:
    below = route.path.removeprefix(dialect.base)
    return [part for part in below.split("/") if part]


def _is_name(part: str) -> bool:
    return part.startswith("{")


def _camel(words: Sequence[str]) -> str:
    first, *rest = re.split(r"\W|_", "_".join(words))
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("s") if not word.endswith("ss") else word


def _plural(word: str) -> str:
    """Close names its collections in the singular."""
    if word.endswith("s"):
        return word
    return word[:-1] + "ies" if word.endswith("y") else word + "s"
