"""Tells which errors of the driver mean that the database is away, and what they are for callers."""

import asyncpg

from touchbook.core.errors import Deadlocked, RolledBack, Unavailable

# Classes of SQLSTATE: connection, resources, operator intervention, system, transaction rollback.
_AWAY = ("08", "53", "57", "58", "40")
# A standby; a transaction that took too long; a prepared statement that is gone.
_AWAY_ALONE = ("25006", "25P03", "25P04", "26000")
# `statement_timeout` and `lock_timeout`.
_OUT_OF_TIME = ("57014", "55P03")
_SERIALIZATION_FAILURE = "40001"
_READ_ONLY = "25006"


def outage_of(error: BaseException) -> Unavailable | None:
    """Return what an error of the driver is for callers, or None if it is not about the database being away."""
    if isinstance(error, asyncpg.DeadlockDetectedError):
        return Deadlocked("The database was busy.")
    if isinstance(error, asyncpg.InvalidCachedStatementError):  # A migration has changed what it returns.
        return RolledBack("The database was changed meanwhile.")
    if isinstance(error, asyncpg.PostgresError):
        return _outage_of_state(error.sqlstate or "")
    # A DataError is an InterfaceError, but of what we sent: the same again would fail again.
    away = isinstance(error, OSError | asyncpg.InterfaceError | asyncpg.InternalClientError)
    return _away() if away and not isinstance(error, asyncpg.DataError) else None


def _outage_of_state(state: str) -> Unavailable | None:
    if state == _SERIALIZATION_FAILURE:
        return RolledBack("The database was busy.")
    if state in _OUT_OF_TIME:
        return Unavailable("The request took too long and was ended. Nothing was changed.")
    return _away() if state.startswith(_AWAY) or state in _AWAY_ALONE else None


def has_moved(error: BaseException) -> bool:
    """Return whether the server is a standby now, or is going: its other connections are of no use either."""
    state = getattr(error, "sqlstate", None) or ""
    return state == _READ_ONLY or state in ("57P01", "57P02", "57P03")


def _away() -> Unavailable:
    return Unavailable("The database cannot be reached now.")
