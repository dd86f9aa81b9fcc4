"""The search language of `query=`: words and `field:value`, each maybe in quotes, parted by blanks; all must hold.

It is read once from left to right. A word that the language has and that is not served yet (`or`, `sort:`, ...) is
refused by its name: a search that leaves out a part of what was asked finds the wrong records.
"""

from collections.abc import Mapping
from typing import NoReturn

from msgspec import Struct

from touchbook.core.accounts.account import AccountStatus
from touchbook.core.contacts.account_search import Field, Term
from touchbook.core.errors import Invalid
from touchbook.core.query.searching import is_number
from touchbook.dialects.close.statuses import LEAD
from touchbook.dialects.close.wire import LONGEST_QUERY

MOST_TERMS = 10
_SHOWN = 40
_FIELDS: Mapping[str, Field] = {
    "name": "name",
    "company": "name",
    "email_address": "email",
    "email": "email",
    "phone": "phone_number",
    "status": "status",
}
_STATUSES: Mapping[str, AccountStatus] = {label.casefold(): status for status, label in LEAD.items()}
_OPERATORS = ("or", "not")
_SIGNS = "()<>=*"
_QUOTED = "in quotes it stands for itself"


class Word(Struct, frozen=True):
    """`field` is None without one. A `quoted` word may have blanks, and stands for nothing but itself."""

    field: str | None
    value: str
    quoted: bool


def read_terms(text: str) -> list[Term]:
    """The conditions of a search for leads; none for a search without a word. Invalid says which word is wrong."""
    return [_term(word) for word in read_query(text)]


def read_words(text: str) -> str:
    """A search that knows no fields: its words, parted by single blanks."""
    words = read_query(text)
    for word in words:
        if word.field is not None:
            _refuse(f'The field "{_cut(word.field)}" is not searched here; {_QUOTED}.')
        _check_signs(word)
        if word.quoted and " " in word.value and not is_number(word.value):
            _refuse(f'"{_cut(word.value)}" is searched here word by word; leave out the quotes.')
    return " ".join(word.value for word in words)


def read_query(text: str) -> list[Word]:
    if len(text) > LONGEST_QUERY:
        _refuse(f"A query has at most {LONGEST_QUERY} characters.")
    if is_number(text.strip()):
        return [Word(None, text.strip(), quoted=True)]
    words, place = [], _next_place(text, 0)
    while place < len(text):
        word, place = _read_word(text, place)
        words.append(word)
        place = _next_place(text, place)
    words = _without_and(words)
    if len(words) > MOST_TERMS:
        _refuse(f"A query has at most {MOST_TERMS} words.")
    return words


def _term(word: Word) -> Term:
    field: Field | None = "text" if word.field is None else _FIELDS.get(word.field.casefold())
    if field is None:
        _refuse(f'The field "{_cut(word.field or "")}" is not searched here; {", ".join(_FIELDS)} are.')
    _check_signs(word)
    if field != "status":
        return Term(field, word.value)
    if word.value.casefold() not in _STATUSES:
        _refuse(f'There is no status "{_cut(word.value)}"; there are {", ".join(LEAD.values())}.')
    return Term(field, _STATUSES[word.value.casefold()])


def _read_word(text: str, start: int) -> tuple[Word, int]:
    quoted = text[start] == '"'
    value, end = _read_part(text, start)
    if text[end : end + 1] == ":":
        field, start = value, _next_place(text, end + 1)
        quoted = text[start : start + 1] == '"'
        value, end = _read_part(text, start)
        if not value:
            _refuse(f'The field "{_cut(field)}" has no value.')
    else:
        field = None
        if not value:
            _refuse('"" is no word.')
        if not quoted:
            _check_operator(value)
    if end < len(text) and not text[end].isspace():
        _refuse(f'"{_cut(text[start:])}" is no word; a quoted word begins after a blank and ends before one.')
    return Word(field, value, quoted), end


def _check_signs(word: Word) -> None:
    if not word.quoted and (sign := next((sign for sign in word.value if sign in _SIGNS), None)):
        _refuse(f'"{sign}" is not understood in "{_cut(word.value)}"; {_QUOTED}.')


def _check_operator(word: str) -> None:
    if word.casefold() in _OPERATORS or (word[0] == "-" and word[1:2].isalpha()):
        _refuse(f'"{_cut(word)}" is not understood; {_QUOTED}.')


def _without_and(words: list[Word]) -> list[Word]:
    """The word `and` joins two others, as a blank does."""
    others: list[Word] = []
    joining = True
    for word in words:
        is_and = word.field is None and not word.quoted and word.value.casefold() == "and"
        if joining and is_and:
            break
        joining = is_and
        if not is_and:
            others.append(word)
    if joining and words:
        _refuse(f'"and" stands between two words; {_QUOTED}.')
    return others


def _read_part(text: str, start: int) -> tuple[str, int]:
    """A quoted text without its quotes, or what goes up to a blank, colon or quote; and the place behind it."""
    if text[start : start + 1] == '"':
        return _read_quoted(text, start)
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in ':"':
        end += 1
    return text[start:end], end


def _read_quoted(text: str, start: int) -> tuple[str, int]:
    r"""`\"` and `\\` are a quote and a backslash; another backslash is itself. Blanks count once."""
    letters, place = [], start + 1
    while place < len(text) and text[place] != '"':
        if text[place] == "\\" and text[place + 1 : place + 2] in ('"', "\\"):
            place += 1
        letters.append(text[place])
        place += 1
    if place >= len(text):
        _refuse(f"The quote is not closed: {_cut(text[start:])}")
    return " ".join("".join(letters).split()), place + 1


def _next_place(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _refuse(sentence: str) -> NoReturn:
    raise Invalid({"query": [sentence]})
