"""Days and date-times as several dialects write them."""

import re
from datetime import UTC, date, datetime

_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}(?P<clock>[T ]\d{2}:.+)?", re.ASCII)


def read_moment(text: str) -> date | datetime:
    """`2015-01-12` is a day; a date-time without offset is UTC. ValueError for anything else.

    A plus sign that is not encoded in an address has become a blank.
    """
    text = text.replace(" ", "+") if "T" in text else text
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise ValueError(text)
    if not shape["clock"]:
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
