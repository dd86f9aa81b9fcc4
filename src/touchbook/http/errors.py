"""What can be wrong with a request before the core sees it."""

from collections.abc import Sequence

from touchbook.core.errors import Invalid, TouchbookError
from touchbook.http.limiting import Allowance


class InvalidAsSent(Invalid):
    """The names are those that the client sent, and not the core's: name -> sentences."""


class BadParameters(InvalidAsSent):
    """Parameters of the query that are not known, or may not have the values they came with."""


class MethodNotAllowed(TouchbookError):
    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        self.allowed = allowed
        super().__init__(f"{method} is not allowed here; {', '.join(allowed)} is.")


class NoSuchPath(TouchbookError):
    def __init__(self, path: str) -> None:
        super().__init__(f"There is nothing at {path}.")


class NotServed(TouchbookError):
    """The API that a dialect speaks has that path, and Touchbook does not yet."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not served by Touchbook.")


class TooLarge(TouchbookError):
    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes.")


class UnsupportedMedia(TouchbookError):
    """The body is of a kind that this dialect does not read."""


class RateLimited(TouchbookError):
    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        super().__init__("Too many requests.")


class Broken(TouchbookError):
    """Ours, not the caller's; the log has the rest."""
