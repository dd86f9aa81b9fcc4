"""The reasons in docs/decisions/0006-dependencies.md are those of pyproject.toml, no more and no fewer."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DIRECT = {
    re.match(r"[\w-]+", line)[0]  # type: ignore[index]
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
}


def test_each_has_its_reason() -> None:
    text = (ROOT / "docs/decisions/0006-dependencies.md").read_text()
    reasons = dict(re.findall(r"^\| ([\w-]+) \| (.+) \|$", text, re.MULTILINE))
    reasons.pop("package")
    assert set(reasons) == DIRECT
    assert all(reasons.values())


def test_at_most_forty() -> None:
    assert len(DIRECT) <= 40


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "index-url" not in text
    pins = [block for block in re.split(r"\n(?=\S)", text) if "==" in block]
    assert len(pins) > 30
    assert all("--hash=sha256:" in pin for pin in pins)


def test_both_locks_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.\[\]-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    run, develop = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: develop.get(name) for name in run} == run
