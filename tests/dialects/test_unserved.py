"""Paths that a vendor has and Touchbook does not serve say so, whatever the method, and are no record's id."""

import httpx
import pytest

from tests.people import Person
from touchbook.app import DIALECTS
from touchbook.http.route import Dialect

LACKING = [(dialect, path) for dialect in DIALECTS for path in dialect.unserved]


@pytest.mark.parametrize(("dialect", "path"), LACKING, ids=lambda each: getattr(each, "name", each))
async def test_it_is_not_supported(alice: Person, dialect: Dialect, path: str) -> None:
    assert path not in {route.path for route in dialect.routes}
    client: httpx.AsyncClient = getattr(alice, dialect.name)
    asked = dialect.prefix + path.replace("{id}", "7").replace("{kind}", "call")
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for written in (asked, f"{asked}/"):
            answer = await client.request(method, f"{alice.url}{written}", json={})
            assert (answer.status_code, answer.headers["content-type"]) == (404, dialect.media_type)
            assert f"The path {asked} is not supported by Touchbook." in answer.text
