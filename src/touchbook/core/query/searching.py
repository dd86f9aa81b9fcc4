"""What is searched for: words, each of which must stand somewhere; phone numbers in whatever notation."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from touchbook.core.errors import Invalid
from touchbook.core.folding import digits_of, fold
from touchbook.core.query.where import Where, escape_like

_PHONE = re.compile(r"[\d+()./\s-]+")
_TOKEN = re.compile(r"\w+")
LONGEST_SEARCH = 255
MOST_WORDS = 10
_FEWEST_DIGITS = 3
# A shorter word has too little in it to be taken for another.
_SHORTEST_TYPO = 4
_LONGEST = 50


def search_words(search: str, *, whole_numbers: bool = True) -> list[tuple[str, ...]]:
    """Each word, and the other forms in which it may stand: `"Sarah 555-0100"` -> sarah; 555-0100 or 5550100.

    `whole_numbers`: a search like `"(312) 555 0100"` is one number, of which the digits alone stand in the text.
    Invalid for a search that is too long.
    """
    if len(search) > LONGEST_SEARCH or len(search.split()) > MOST_WORDS:
        raise Invalid({"search": [f"A search has at most {MOST_WORDS} words and {LONGEST_SEARCH} characters."]})
    if whole_numbers and is_number(search):
        return [(digits_of(search),)]
    return [word_forms(word) for word in dict.fromkeys(fold(search).split())]


def word_forms(word: str) -> tuple[str, ...]:
    """A phone number may stand as it is written, or as its digits alone."""
    return (word, digits_of(word)) if is_number(word) else (word,)


def add_search(where: Where, search: str, column: str, *, whole_numbers: bool = True) -> Where:
    """`column` holds folded text. Of a search of which folding leaves nothing, nothing is found."""
    words = search_words(search, whole_numbers=whole_numbers)
    for forms in words:
        where.add_any([where.branch().add(f"{column} like {{}}", f"%{escape_like(form)}%") for form in forms])
    return where if words else where.add("false")


def meant_words(texts: Iterable[str]) -> list[str]:
    """Those of folded texts that a misspelled one may mean."""
    tokens = {token for text in texts for token in _TOKEN.findall(text)}
    return sorted(token for token in tokens if token.isalpha() and _SHORTEST_TYPO <= len(token) + 1 <= _LONGEST)


def likely_words(word: str, among: Iterable[str]) -> list[str]:
    """Those with at most one edit."""
    return [each for each in among if OSA.distance(word, each, score_cutoff=1) <= 1]


def misspelled_words(search: str) -> list[str]:
    """Those of the words that may be taken for others; [] if one of them may not."""
    words = fold(search).split()
    return words if all(len(word) >= _SHORTEST_TYPO and word.isalpha() for word in words) else []


def misspelling(words: list[str], text: str) -> int | None:
    """How many of the words stand in `text` with one edit (a letter more, less, other, or two changed over);
    None if one of them stands there neither so nor as it is.
    """
    tokens = set(_TOKEN.findall(text))
    distances = [min((OSA.distance(word, token, score_cutoff=1) for token in tokens), default=2) for word in words]
    return None if max(distances, default=2) > 1 else sum(distances)


def is_number(text: str) -> bool:
    return bool(_PHONE.fullmatch(text)) and len(digits_of(text)) >= _FEWEST_DIGITS
