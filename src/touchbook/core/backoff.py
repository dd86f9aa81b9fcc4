import random


def doubled(first: float, longest: float, failures: int) -> float:
    """Twice as long after each failure, and never quite the same, so that many do not come back at once."""
    return float(min(longest, first * 2 ** min(failures - 1, 30))) * random.uniform(0.75, 1.25)  # noqa: S311
