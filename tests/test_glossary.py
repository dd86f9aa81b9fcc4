"""docs/glossary.md: every room of the core has its line, and an API's words are those of its document."""

import re
from pathlib import Path

import msgspec
import pytest

from tests.conformance.document import document_of

ROOT = Path(__file__).parents[1]
COLUMNS = ("close", "outreach", "rechat", "ysuite")
HEAD = "| Our word | Room | Meaning | Close | Outreach | Rechat | YSuite |"


def _rows() -> list[list[str]]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    table = text[text.index(HEAD) : text.index("## Terms")].strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_every_room_of_the_core_has_its_line() -> None:
    rooms = {f"`core/{path.parent.name}`" for path in (ROOT / "src/touchbook/core").glob("*/*.py")}
    named = {row[1] for row in _rows()}
    # The room of queries holds no records; its words are terms of the code.
    assert rooms - {"`core/query`"} == named


@pytest.mark.parametrize("dialect", COLUMNS)
def test_the_words_of_an_api_stand_in_its_document(dialect: str) -> None:
    document = msgspec.json.encode(document_of(dialect).content).decode()
    cells = [row[3 + COLUMNS.index(dialect)] for row in _rows()]
    words = [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]
    assert words
    assert [
        word for word in words if not re.search(rf"(?<![a-zA-Z_]){re.escape(word)}(s|es)?(?![a-z])", document)
    ] == []


def _has(document: str, word: str) -> bool:
    return re.search(rf"(?<![a-zA-Z_]){re.escape(word)}(s|es)?(?![a-z])", document) is not None


def test_every_line_is_whole() -> None:
    assert all(len(row) == 7 and all(row) for row in _rows())
