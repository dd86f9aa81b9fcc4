"""What counts as a decoder's words; `watching.py` looks for them in the refusals of all tests."""

import pytest

from tests.conformance.decoder_words import decoder_words


@pytest.mark.parametrize(
    "refusal",
    [
        "Expected `str` matching regex '^a$'",
        "Object missing required field `id`",
        "Invalid RFC3339 encoded date",
        "name must be a string, got `int`",
        "The owner None is not a member.",
        "There is no user UUID('0190').",
        "ids must be one of ['a', 'b']",
        "ValueError: month must be in 1..12",
    ],
)
def test_decoder_words_are_found(refusal: str) -> None:
    assert decoder_words(refusal, "") != []


@pytest.mark.parametrize(
    ("refusal", "sent"),
    [
        ("name must be a string, not null.", ""),
        ("There is no filter None.", "filter=None"),
        ('"2026-13-01" is not a date.', ""),
        ("Must be one of date_created, -date_created.", ""),
    ],
)
def test_plain_english_and_quotes_are_none(refusal: str, sent: str) -> None:
    assert decoder_words(refusal, sent) == []
