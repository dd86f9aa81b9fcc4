"""The registry of kinds is what the code records, and what the document says."""

import pytest

from tests.core.event_kinds import DOCUMENT, recorded_kinds, render_document
from touchbook.core.event_kinds import KINDS, EventKind
from touchbook.core.reactions import REACTIONS


def test_the_document_says_what_the_registry_says() -> None:
    assert DOCUMENT.read_text() == render_document()


def test_every_kind_is_recorded_and_every_recorded_one_is_a_kind() -> None:
    recorded = recorded_kinds()
    assert recorded - KINDS.keys() == set()
    assert KINDS.keys() - recorded == set()


def test_reactions_are_to_kinds() -> None:
    assert REACTIONS.before.keys() | REACTIONS.after.keys() <= KINDS.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_says_a_sentence(kind: EventKind) -> None:
    assert kind.says[:1].isupper()
    assert kind.says.endswith(".")
