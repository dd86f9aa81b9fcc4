from datetime import UTC, datetime


def utc_now() -> datetime:
    """The clock of this machine, which is that of its databases too. The product never asks it."""
    return datetime.now(UTC)
