"""Builds the rows of Rechat's route tables."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from touchbook.dialects.rechat.wire import Uid
from touchbook.http.route import Method, Route

_WRONG = (400, 404)


# A change may meet another, or what stands against it: a task of a sequence that has gone on stays ended.
_CONFLICTS: Mapping[str, tuple[int, ...]] = {"POST": (409, 422), "PUT": (409,), "PATCH": (409,)}


def read(path: str, handler: Callable[..., Any], summary: str, answer: Any, query: type[Struct] | None) -> Route:
    errors = _WRONG if "{" in path else (400,)
    return Route(
        method="GET",
        path=path,
        path_type=Uid,
        handler=handler,
        summary=summary,
        query=query,
        answer=answer,
        errors=errors,
    )


def write(
    method: Method,
    path: str,
    handler: Callable[..., Any],
    summary: str,
    answer: Any = None,
    named: Any = Uid,
    **more: Any,
) -> Route:
    """Without `answer` the status is 204."""
    conflicts = _CONFLICTS.get(method, ())
    return Route(
        method=method,
        path=path,
        path_type=named,
        handler=handler,
        summary=summary,
        scope="write",
        answer=answer,
        status=204 if answer is None else 200,
        errors=(*_WRONG, *conflicts),
        **more,
    )
