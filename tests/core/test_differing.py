from typing import Any

import pytest

from touchbook.core.differing import differing

SHOWN = {"text": "Call", "date": None, "done": True, "people": [1, 2]}


@pytest.mark.parametrize(
    ("sent", "changes"),
    [
        ({}, {}),
        (SHOWN, {}),
        ({**SHOWN, "date": "2015-01-12"}, {"date": "2015-01-12"}),
        ({"text": None}, {"text": None}),
        ({"text": ""}, {"text": ""}),
        ({"done": False, "date": None}, {"done": False}),
        ({"people": [2, 1]}, {"people": [2, 1]}),
        ({"people": [1, 2]}, {}),
        ({"secret": 1, "done": False}, {"done": False}),
    ],
)
def test_only_what_differs_from_what_is_shown_is_a_change(sent: dict[str, Any], changes: dict[str, Any]) -> None:
    assert differing(sent, SHOWN) == changes


def test_what_was_given_stays_as_it_was() -> None:
    sent, shown = {"text": "New", "done": True}, dict(SHOWN)
    differing(sent, shown)
    assert (sent, shown) == ({"text": "New", "done": True}, SHOWN)
