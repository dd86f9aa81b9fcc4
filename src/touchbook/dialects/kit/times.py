"""Days and date-times as several dialects write them."""

import re
from datetime import UTC, date, datetime

_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}(?P<clock>[T ]\d{2}:.+)?", re.ASCII)


def plus_of_address(text: str) -> str:
    """Return what a client meant that did not encode the plus sign of an offset: it came as a blank."""
    return text.replace(" ", "+") if "T" in text else text


def read_moment(text: str) -> date | datetime:
    """`2015-01-12` is a day; a date-time without offset is UTC. ValueError for anything else."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise ValueError(text)
    if not shape["clock"]:
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
