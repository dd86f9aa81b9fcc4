"""A dialect's README lists what its routes serve, no more and no less."""

import re
from pathlib import Path

import pytest

import touchbook.dialects
from touchbook.app import DIALECTS
from touchbook.http.route import Dialect

ROOM = Path(touchbook.dialects.__file__).parent
ROW = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| .+ \|$", re.MULTILINE)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_says_what_is_left_out(dialect: Dialect) -> None:
    text = (ROOM / dialect.name / "README.md").read_text(encoding="utf-8")
    assert [path for path in dialect.unserved if f"`{dialect.prefix}{path}`" not in text] == []


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_lists_the_routes(dialect: Dialect) -> None:
    text = (ROOM / dialect.name / "README.md").read_text(encoding="utf-8")
    listed = [(method, path.rstrip("/")) for method, path in ROW.findall(text)]
    assert sorted(listed) == sorted((route.method, dialect.prefix + route.path) for route in dialect.routes)
