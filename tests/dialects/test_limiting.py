"""Rates: what is told of them, and when one begins anew."""

import httpx
import pytest

from tests.people import Person
from tests.serving import serving
from touchbook.app import DIALECTS, build_app
from touchbook.config import Settings
from touchbook.http.limiting import NO_LIMIT, WINDOW, RateLimit
from touchbook.http.route import Dialect
from touchbook.store.postgres import Store

RATED = [dialect for dialect in DIALECTS if dialect.limit_headers(RateLimit(None).look(0))]


def numbers(dialect: Dialect, answer: httpx.Response) -> list[int]:
    """A connector's way: it indexes each header and reads a number, whatever the answer is about."""
    if dialect.name == "close":
        parts = dict(part.split("=") for part in answer.headers["RateLimit"].split(", "))
        return [int(parts["limit"]), int(parts["remaining"]), int(answer.headers["RateLimit-Reset"])]
    return [int(answer.headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")]


@pytest.mark.parametrize("limit", [None, 100_000, 2])
@pytest.mark.parametrize("dialect", RATED, ids=lambda dialect: dialect.name)
async def test_every_answer_has_the_headers(
    store: Store, alice: Person, dialect: Dialect, limit: int | None
) -> None:
    """It may be a list, a wrong path or method, a missing key, a limit that is reached."""
    client: httpx.AsyncClient = getattr(alice, dialect.name)
    route = next(each for each in dialect.routes if each.method == "GET" and "{" not in each.path)
    path = dialect.prefix + route.path
    async with (
        serving(build_app(Settings(rate_limit=limit), store)) as url,
        httpx.AsyncClient(base_url=url, headers=client.headers) as own,
    ):
        answers = [await own.get(path) for _ in range(3)]
        answers += [await own.get(f"{dialect.roots[0]}/nothing/here"), await own.request("TRACE", path)]
        own.headers.clear()
        answers += [await own.get(path) for _ in range(3)]
    for answer in answers:
        told, remaining, reset = numbers(dialect, answer)
        assert told == (limit or NO_LIMIT)
        assert 0 <= remaining <= told
        assert reset > 0
    late, gone = 429 if limit == 2 else None, 400 if dialect.name == "ysuite" else 404
    expected = [200, 200, late or 200, gone, 405, 401, 401, late or 401]
    assert [answer.status_code for answer in answers] == expected


@pytest.mark.parametrize("passed", [0.0, 0.1, 0.4, 0.9, 30.0, 59.4, 59.9])
def test_who_waits_for_the_reset_is_let_in_again(passed: float) -> None:
    """The seconds told are rounded up: one request too early costs a whole wait more."""
    now = [1000.0]
    limit = RateLimit(1, lambda: now[0])
    limit.take(1)
    now[0] += passed
    allowance = limit.take(1)
    assert allowance.exceeded
    assert allowance.reset - (WINDOW - passed) < 1
    now[0] += allowance.reset
    later = limit.take(1)
    assert not later.exceeded
