"""The check itself: it finds what breaks JSON:API."""

from typing import Any

import msgspec
import pytest

from tests.conformance.outreach.json_api import find_breaches

STAGE = {"type": "stage", "id": 1, "attributes": {"name": "Cold"}, "links": {"self": "http://host/stages/1"}}
OWNED = {**STAGE, "relationships": {"creator": {"data": {"type": "user", "id": 5}}}}
USER = {"type": "user", "id": 5}
ERROR = {"id": "badRequest", "title": "Bad Request", "detail": "No.", "source": {"parameter": "sort"}}


@pytest.mark.parametrize(
    "content",
    [
        {"data": STAGE},
        {"data": [STAGE], "links": {"first": "http://host/stages"}, "meta": {"count": 1}},
        {"data": [OWNED], "included": [USER]},
        {"data": []},
        {"errors": [ERROR]},
    ],
)
def test_what_keeps_to_it_passes(content: Any) -> None:
    assert find_breaches(msgspec.json.encode(content)) == []


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"data": STAGE, "errors": [ERROR]},
        {"data": {"type": "stage"}},
        {"data": {**STAGE, "title": "Cold"}},
        {"data": {**STAGE, "attributes": {"id": 1}}},
        {"data": {**STAGE, "relationships": {"calls": [{"links": {"related": "http://host/calls"}}]}}},
        {"data": {**STAGE, "relationships": {"owner": {"data": {"id": 1}}}}},
        {"data": {**STAGE, "links": {"self": "/stages/1"}}},
        {"data": [STAGE], "links": {"then": "http://host/stages"}},
        {"data": [STAGE, {**STAGE, "meta": {}}]},
        {"data": [OWNED], "included": [{"type": "user", "id": 6}]},
        {"errors": []},
        {"errors": [{**ERROR, "source": {"pointer": "data/attributes"}}]},
        {"errors": [{**ERROR, "message": "No."}]},
    ],
)
def test_what_breaks_it_is_found(content: Any) -> None:
    assert find_breaches(msgspec.json.encode(content))
