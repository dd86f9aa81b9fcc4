"""Random requests, right and wrong, made from each dialect's document: none finds a flaw."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import jsonschema_rs
import pytest

from tests.conformance.document import document_of
from tests.conformance.hooks import SAME_PATTERNS
from tests.factories import contact_of, deal_of, tag_of, task_of
from tests.people import Person, bearer_headers, close_headers, ysuite_headers
from tests.serving import serving
from touchbook.app import DIALECTS, build_app
from touchbook.config import Settings
from touchbook.http import path
from touchbook.http.route import Dialect
from touchbook.store.postgres import Store

pytestmark = pytest.mark.fuzz

PROGRAM = Path(sys.executable).with_name("schemathesis")
CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("hooks.py")
# A fifth of what is derived from the document itself, of each operation (hooks.py); in the long run all of it,
# random requests and series of them.
SHORT, WHOLE = ("5", "--phases", "examples,coverage"), ("1", "--max-examples", "50")
SEED = 465
CREDENTIALS = {
    "close": lambda key: ["--header", f"Authorization: {close_headers(key)['authorization']}"],
    "outreach": lambda key: ["--header", f"Authorization: {bearer_headers(key)['authorization']}"],
    "rechat": lambda key: ["--header", f"Authorization: {bearer_headers(key)['authorization']}"],
    "touchbook": lambda key: ["--header", f"Authorization: {bearer_headers(key)['authorization']}"],
    "ysuite": lambda key: [
        part for header in ysuite_headers(key).items() for part in ("--header", ": ".join(header))
    ],
}


async def run_schemathesis(
    url: str, key: str, dialect: str, sample: str, *options: str, place: Path
) -> tuple[int | None, str]:
    """Return what the program ends with, and all that it says."""
    running = await asyncio.create_subprocess_exec(
        PROGRAM,
        *("--config-file", CONFIG, "run"),
        f"{url}/docs/{dialect}/openapi.json",
        *("--checks", "all"),
        *options,
        *("--seed", str(SEED)),
        *CREDENTIALS[dialect](key),
        *("--workers", "1", "--no-color", "--continue-on-failure", "--warnings", "off"),
        cwd=place,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS), "TOUCHBOOK_TEST_SAMPLE": sample},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate()
    return running.returncode, said.decode()


@pytest.mark.parametrize("extent", [SHORT, pytest.param(WHOLE, marks=pytest.mark.long)], ids=["short", "whole"])
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
async def test_finds_nothing(
    store: Store, alice: Person, dialect: Dialect, extent: Sequence[str], tmp_path: Path
) -> None:
    await task_of(store, alice, contact_id=(await contact_of(store, alice)).id)
    await deal_of(store, alice)
    await tag_of(store, alice)
    sample, *options = extent
    returned, said = await run_schemathesis(alice.url, alice.key, dialect.name, sample, *options, place=tmp_path)
    assert returned == 0, said[-20_000:]
    operations = sum(map(len, document_of(dialect.name).content["paths"].values()))
    assert f"Tested: {operations}\n" in said


@pytest.mark.long
async def test_a_server_that_parts_a_path_at_an_encoded_slash_is_told(
    store: Store, settings: Settings, alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other request tells it: Schemathesis itself sends no slash in a name."""
    monkeypatch.setattr(path, "_decoded", lambda scope: scope["path"])
    one = ("--phases", "coverage", "--include-name", "GET /lists/{id}")
    async with serving(build_app(settings, store)) as url:
        returned, said = await run_schemathesis(url, alice.key, "touchbook", "5", *one, place=tmp_path)
    assert returned == 1, said
    assert "%2Fno-name is taken as" in said, said


@pytest.mark.parametrize("pattern", SAME_PATTERNS)
@pytest.mark.parametrize("text", ["", " ", "\n", "a", " a\n", "\0", "a\0", "\na\n\0", "É" * 1000])
def test_another_spelling_of_a_pattern_says_the_same(pattern: str, text: str) -> None:
    fits = [jsonschema_rs.is_valid({"pattern": each}, text) for each in (pattern, SAME_PATTERNS[pattern])]
    assert fits[0] == fits[1]
