import random


def doubled(first: float, longest: float, failures: int) -> float:
    """Return the seconds to wait: twice as long after each failure, with jitter, so that clients do not return at
    once.
    """
    return float(min(longest, first * 2 ** min(failures - 1, 30))) * random.uniform(0.75, 1.25)  # noqa: S311
