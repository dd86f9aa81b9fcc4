"""Errors in terms of the core; a dialect's errors.py maps each to a status and a shape."""

from collections.abc import Mapping, Sequence
from typing import Literal

RefusalCode = Literal["invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type"]


class TouchbookError(Exception):
    """The base of all errors that a caller is told about."""


class Malformed(TouchbookError):
    """The request cannot be read at all."""


class Invalid(TouchbookError):
    """Members with values that are not allowed: name -> sentences."""

    def __init__(self, problems: Mapping[str, Sequence[str]]) -> None:
        self.problems = problems
        super().__init__(next(iter(problems.values()))[0])


class UnknownRecord(TouchbookError):
    """A write refers to a record that the team does not have; `noun` is its kind."""

    def __init__(self, noun: str, identifier: object) -> None:
        self.noun = noun
        self.identifier = identifier
        super().__init__(f"There is no {noun} {identifier}.")


class NotFound(TouchbookError):
    def __init__(self, noun: str, identifier: object) -> None:
        self.noun = noun
        self.identifier = identifier
        super().__init__(f"{noun.capitalize()} {identifier} not found")


class Unauthenticated(TouchbookError):
    """The credential is missing, unknown, revoked or wrong. The answer does not say which."""


class Forbidden(TouchbookError):
    """The caller is known and lacks the permission."""


class MissingScope(Forbidden):
    """The key may not do this, whoever holds it."""


class Conflict(TouchbookError):
    """The present state of the records does not allow it."""


class Unavailable(TouchbookError):
    """The database cannot be reached, or is busy for too long. Nothing is known to have been changed."""


class RolledBack(Unavailable):
    """The transaction was rolled back whole, and nothing stands in the way of trying it anew."""


class Deadlocked(RolledBack):
    """Two transactions waited for each other, and this one was given up."""


class GrantRefused(TouchbookError):
    """A sign-in was refused; `code` is an error code of OAuth (RFC 6749, 5.2)."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        self.code = code
        super().__init__(message)

    @property
    def unproven(self) -> bool:
        """Return whether the client or user failed to prove its identity."""
        return self.code in ("invalid_client", "invalid_grant")


class TooManyAttempts(TouchbookError):
    """Too many sign-ins were attempted; the next is possible after that many seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("Too many attempts to sign in.")
