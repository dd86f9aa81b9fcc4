"""Maps Close's two priorities to the core's levels, 0 (none) to 4 (urgent)."""

from touchbook.dialects.close.wire.tasks import Priority

PRIORITIES: dict[Priority, int] = {"medium": 2, "high": 3}


def shown_priority(level: int) -> Priority:
    """Show a higher level than medium as high, a lower one as medium."""
    return "high" if level >= PRIORITIES["high"] else "medium"
