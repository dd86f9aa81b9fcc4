from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Script
from tests.long.site import Site
from touchbook.store.embedded import open_embedded


@pytest.fixture
def site(ground: Path) -> Iterator[Site]:
    script = Script(ground / "hostile", {"TOUCHBOOK_RATE_LIMIT": "off"})
    with open_embedded(script.data_dir) as embedded:
        demo = script.demo()
        script.say("team", "add", "Others")
        script.say("user", "add", "--team", "Others", "--email", "charlie@example.com")
        key = script.say("key", "create", "--team", "Others", "--user", "charlie@example.com", "--scope", "write")
        with (ground / "hostile.log").open("w") as log, script.running("serve", "--port", "0", log=log) as running:
            yield Site(running, demo, key, embedded.url)
