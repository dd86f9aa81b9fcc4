import pytest

from touchbook.http.limiting import WINDOW, RateLimit


@pytest.mark.parametrize("passed", [0.0, 0.1, 0.4, 0.9, 30.0, 59.4, 59.9])
def test_who_waits_for_the_reset_is_let_in_again(passed: float) -> None:
    """The seconds told are rounded up: one request too early costs a whole wait more."""
    now = [1000.0]
    limit = RateLimit(1, lambda: now[0])
    limit.take(1)
    now[0] += passed
    allowance = limit.take(1)
    assert allowance is not None
    assert allowance.exceeded
    assert allowance.reset - (WINDOW - passed) < 1
    now[0] += allowance.reset
    later = limit.take(1)
    assert later is not None
    assert not later.exceeded
