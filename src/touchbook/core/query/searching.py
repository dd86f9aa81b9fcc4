"""Splits a search into words, each of which must occur; phone numbers match in any notation."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from touchbook.core.errors import Invalid
from touchbook.core.folding import fold
from touchbook.core.numbers import is_number, number_forms
from touchbook.core.query.where import Where, escape_like

_TOKEN = re.compile(r"\w+")
LONGEST_SEARCH = 255
MOST_WORDS = 10
# A shorter word has too little in it to be taken for another.
_SHORTEST_TYPO = 4
_LONGEST = 50


def search_words(search: str, *, region: str | None) -> list[tuple[str, ...]]:
    """Each word, and the other forms in which it may stand: `"Sarah 555-0100"` -> sarah; 555-0100 or 5550100.

    `region`: a search like `"(312) 555 0100"` is one number as it is written there, whose digits alone stand in
    the text; None where the text has no numbers of its own. Invalid for a search that is too long.
    """
    if len(search) > LONGEST_SEARCH or len(search.split()) > MOST_WORDS:
        raise Invalid({"search": [f"A search has at most {MOST_WORDS} words and {LONGEST_SEARCH} characters."]})
    if region is not None and is_number(search):
        return [number_forms(search, region)]
    return [word_forms(word, region) for word in dict.fromkeys(fold(search).split())]


def word_forms(word: str, region: str | None) -> tuple[str, ...]:
    """A phone number may stand as it is written, or as its digits alone."""
    return (word, *number_forms(word, region or "ZZ")) if is_number(word) else (word,)


def add_search(where: Where, search: str, column: str, *, region: str | None = None) -> Where:
    """`column` holds folded text. Of a search of which folding leaves nothing, nothing is found."""
    words = search_words(search, region=region)
    for forms in words:
        where.add_any([where.branch().add(f"{column} like {{}}", f"%{escape_like(form)}%") for form in forms])
    return where if words else where.add("false")


def add_part(where: Where, text: str, column: str) -> Where:
    """`column` holds folded text of which `text` is a part; nothing is a part of everything, and of no use."""
    folded = fold(text)
    return where.add(f"{column} like {{}}", f"%{escape_like(folded)}%") if folded else where.add("false")


def meant_words(texts: Iterable[str]) -> list[str]:
    """Return the folded words that a misspelled one may stand for."""
    tokens = {token for text in texts for token in _TOKEN.findall(text)}
    return sorted(token for token in tokens if token.isalpha() and _SHORTEST_TYPO <= len(token) + 1 <= _LONGEST)


def likely_words(word: str, among: Iterable[str]) -> list[str]:
    """Return those with at most one edit."""
    return [each for each in among if OSA.distance(word, each, score_cutoff=1) <= 1]


def misspelled_words(search: str) -> list[str]:
    """Return the words that may be misspelled, or [] if one of them may not."""
    words = fold(search).split()
    return words if all(len(word) >= _SHORTEST_TYPO and word.isalpha() for word in words) else []


def misspelling(words: list[str], text: str) -> int | None:
    """How many of the words stand in `text` with one edit (a letter more, less, other, or two changed over);
    None if one of them stands there neither so nor as it is.
    """
    tokens = set(_TOKEN.findall(text))
    distances = [min((OSA.distance(word, token, score_cutoff=1) for token in tokens), default=2) for word in words]
    return None if max(distances, default=2) > 1 else sum(distances)
