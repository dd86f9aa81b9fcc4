"""One round of every request of the bench on a small team: that it ends, and that whoever is asked answers."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from benchmarks.__main__ import main
from benchmarks.basics import LIMITED
from benchmarks.comparing import ROOT, Ended, Name, Side, Turn, compare
from benchmarks.data import Filled, Size, fill
from benchmarks.reporting import report
from benchmarks.sampling import KINDS
from benchmarks.updating import TURNS
from msgspec import structs

from touchbook.store.embedded import open_embedded


@pytest.fixture(scope="module")
def filled(shared_dir: Path) -> Iterator[Filled]:
    with open_embedded(shared_dir / "postgres", fsync=False) as embedded:
        name = f"bench_{uuid4().hex[:12]}"
        data = asyncio.run(fill(embedded.create_database(name), Size(1_000)))
        yield structs.replace(data, samples=TURNS)
        embedded.drop_database(name)


def asked(turns: list[Turn], name: str) -> list[str]:
    return sorted(turn.kind for turn in turns if turn.name == name)


@pytest.mark.parametrize(("other", "kinds"), [("replay", KINDS), ("limit", tuple(LIMITED))])
def test_every_request_is_answered_by_both(
    filled: Filled, capsys: pytest.CaptureFixture[str], other: Name, kinds: Sequence[str]
) -> None:
    """To warm up, and in a round: what a write has left is met by the same write. Who refuses ends the round."""
    sides = Side("touchbook", [filled]), Side(other, [filled])
    turns = compare(sides, kinds, rounds=1, seconds=0, warm=0)
    assert asked(turns, "touchbook") == asked(turns, other) == sorted(kinds)
    report(turns)
    assert f"Touchbook over the {other}" in capsys.readouterr().out


def test_another_checkout_is_asked_the_same(filled: Filled, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = ["get", "close-update-1", "create"]
    turns = compare(
        (Side("touchbook", [filled]), Side("against", [filled], ROOT)), kinds, rounds=2, seconds=0, warm=0
    )
    assert asked(turns, "touchbook") == asked(turns, "against") == sorted(kinds * 2)
    report(turns)
    assert "Touchbook over the other checkout" in capsys.readouterr().out


def test_another_checkout_is_served_by_its_own_sources(filled: Filled, tmp_path: Path) -> None:
    (tmp_path / "benchmarks").symlink_to(ROOT / "benchmarks")
    package = tmp_path / "src/touchbook"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit(1)")
    with pytest.raises(Ended):
        compare((Side("against", [filled], tmp_path),), ["get"], rounds=1, seconds=0, warm=0)


def test_what_is_no_checkout_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--against", str(tmp_path)])
    assert "is not a checkout of Touchbook" in capsys.readouterr().err
