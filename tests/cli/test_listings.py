import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Script
from tests.people import bearer_headers

TEAM = "Listings & Co"


@pytest.fixture(scope="module")
def key(touchbook: Script) -> str:
    touchbook.say("team", "add", TEAM)
    touchbook.say("user", "add", "--team", TEAM, "--email", "lena@example.com")
    words = touchbook.say("key", "create", "--team", TEAM, "--user", "lena@example.com", "--scope", "read").split()
    return next(word for word in words if word.startswith("tb_"))


def kept(site: str, key: str, uid: str) -> Any:
    return httpx.get(f"{site}/listings/{uid}", headers=bearer_headers(key)).json()


def test_a_file_of_listings_is_kept(touchbook: Script, site: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / "listings.json"
    first: dict[str, Any] = {
        "id": "edb5195a-f7ec-11e4-bc76-0a95648eeb58",
        "price": 498000.5,
        "property": {"address": {"city": "É"}},
    }
    second: dict[str, Any] = {"id": "edb5195a-f7ec-11e4-bc76-0a95648eeb59", "rooms": [1, None]}
    for sent, count in (([first, second], 2), ({"code": "OK", "data": [first, second]}, 2), (second, 1), ([], 0)):
        file.write_text(json.dumps(sent))
        assert touchbook.say("import-listings", str(file), "--team", TEAM) == f"{count} listings."
    for document in (first, second):
        assert kept(site, key, document["id"])["data"] == document


def test_all_of_a_file_or_nothing(touchbook: Script, site: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / "listings.json"
    uid = "edb5195a-f7ec-11e4-bc76-0a95648eeb60"
    for text in ("", "{", "5", f'[{{"id": "{uid}"}}, 5]', f'[{{"id": "{uid}", "a": "\\u0000"}}]'):
        file.write_text(text)
        touchbook.fail("import-listings", str(file), "--team", TEAM)
        assert kept(site, key, uid)["http"] == 404
    touchbook.fail("import-listings", str(tmp_path / "nothing.json"), "--team", TEAM)
    file.write_text("{}")
    touchbook.fail("import-listings", str(file), "--team", "Nobody")
