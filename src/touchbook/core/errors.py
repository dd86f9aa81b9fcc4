"""What can go wrong in the product's own words; a dialect's errors.py gives each its status and shape."""

from collections.abc import Mapping, Sequence
from typing import Literal

RefusalCode = Literal["invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type"]


class TouchbookError(Exception):
    """The ground of all errors that a caller is told about."""


class Malformed(TouchbookError):
    """What arrived cannot be read at all."""


class Invalid(TouchbookError):
    """Members that may not have the values they came with: name -> sentences."""

    def __init__(self, problems: Mapping[str, Sequence[str]]) -> None:
        self.problems = problems
        super().__init__(next(iter(problems.values()))[0])


class KeyReused(Invalid):
    """An Idempotency-Key came again with another request."""

    def __init__(self) -> None:
        super().__init__({"Idempotency-Key": ["This Idempotency-Key was used with another body."]})


class UnknownRecord(TouchbookError):
    """A write names a record that this team does not have; `noun` says of which kind."""

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
    """No credential, or one that is unknown, revoked or wrong; nobody is told which."""


class Forbidden(TouchbookError):
    """The caller is known and may not do this."""


class Conflict(TouchbookError):
    """It cannot be done as things stand."""


class Unavailable(TouchbookError):
    """The database cannot be reached now; nothing is known to have been changed."""


class Deadlocked(Unavailable):
    """Two waited for each other and this one was given up; nothing of it is done, and it can be tried again."""


class GrantRefused(TouchbookError):
    """A sign-in that is not given; `code` says why in OAuth's words (RFC 6749, 5.2)."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        self.code = code
        super().__init__(message)

    @property
    def unproven(self) -> bool:
        """Who asks did not prove who they are."""
        return self.code in ("invalid_client", "invalid_grant")


class TooManyAttempts(TouchbookError):
    """To sign in; the next is heard after so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("Too many attempts to sign in.")
