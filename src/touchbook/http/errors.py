"""Errors of a request that the core never sees."""

from collections.abc import Sequence

from touchbook.core.errors import Invalid, TouchbookError
from touchbook.http.limiting import Allowance


class InvalidAsSent(Invalid):
    """The names are those of the client's request, not the core's: name -> sentences."""


class KeyReused(InvalidAsSent):
    """An Idempotency-Key was sent again with a different request."""

    def __init__(self) -> None:
        super().__init__({"Idempotency-Key": ["This Idempotency-Key was used with another body."]})


class BadParameters(InvalidAsSent):
    """Query parameters that are unknown or have values that are not allowed."""


class MethodNotAllowed(TouchbookError):
    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        self.allowed = allowed
        super().__init__(f"{method} is not allowed here. Allowed: {', '.join(allowed)}.")


class NoSuchPath(TouchbookError):
    def __init__(self, path: str) -> None:
        super().__init__(f"The path {path} does not exist.")


class NotServed(TouchbookError):
    """The API of the dialect has this path, and Touchbook does not serve it yet."""

    def __init__(self, path: str) -> None:
        super().__init__(f"The path {path} is not supported by Touchbook.")


class TooLarge(TouchbookError):
    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes.")


class UnsupportedMedia(TouchbookError):
    """The dialect does not read bodies of this content type."""


class RateLimited(TouchbookError):
    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        super().__init__("Too many requests.")


class NotAcceptable(TouchbookError):
    """The client takes no content type that the dialect answers in."""


class Broken(TouchbookError):
    """A fault of ours, not of the client; the log has the details."""
