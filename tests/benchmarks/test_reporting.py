"""A difference between two checkouts is told only if most rounds show it."""

import pytest
from benchmarks.reporting import Spread, told_difference

EVEN = Spread([0.9, 1.0, 1.1])


@pytest.mark.parametrize(
    ("ratios", "told"),
    [
        ([0.9, 0.9, 0.91, 0.92, 1.2], "slower"),
        ([0.9, 0.9, 0.99, 1.0, 1.0], ""),
        ([1.0, 1.1, 1.1, 1.2, 1.2], "faster"),
        ([1.0, 1.0, 1.02, 1.2, 1.2], ""),
        ([0.5], "slower"),
    ],
)
def test_three_quarters_of_the_rounds_must_show_it(ratios: list[float], told: str) -> None:
    assert told_difference(EVEN, Spread(ratios), EVEN) == told


def test_what_is_slower_in_one_way_is_slower() -> None:
    assert told_difference(Spread([1.5] * 3), Spread([0.8] * 3)) == "slower"


def test_the_spread_is_that_of_the_middle_half() -> None:
    assert str(Spread([1.0, 2.0, 3.0, 4.0, 5.0])) == "3.00 (2.00 to 4.00)"
