"""The search language of `query=`: words and `field:value`, quoted or not, separated by blanks; all must match.

It is read once from left to right. A word of the language that is not supported yet (`or`, `sort:`, ...) is
refused by name: a search that ignores a condition finds the wrong records.
"""

from collections.abc import Mapping
from typing import NoReturn

from msgspec import Struct

from touchbook.core.accounts.account import AccountStatus
from touchbook.core.contacts.account_search import Field, Term
from touchbook.core.errors import Invalid
from touchbook.core.numbers import is_number
from touchbook.dialects.close.statuses import LEAD
from touchbook.dialects.close.wire.shared import LONGEST_QUERY

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
_QUOTED = "put it in quotes to search for it literally"


class Word(Struct, frozen=True):
    """`field` is None without one. A `quoted` word may contain blanks and has no special meaning."""

    field: str | None
    value: str
    quoted: bool


def read_terms(text: str) -> list[Term]:
    """Return the conditions of a search for leads, none for an empty one. Invalid names the wrong word."""
    return [_term(word) for word in read_query(text)]


def read_words(text: str) -> str:
    """Read a search without fields: its words, separated by single blanks."""
    words = read_query(text)
    for word in words:
        if word.field is not None:
            _refuse(f'The field "{_cut(word.field)}" is not supported here; {_QUOTED}.')
        _check_signs(word)
        if word.quoted and " " in word.value and not is_number(word.value):
            _refuse(f'"{_cut(word.value)}" is searched here word by word; leave out the quotes.')
    return " ".join(word.value for word in words)


def read_query(text: str) -> list[Word]:
    if len(text) > LONGEST_QUERY:
        _refuse(f"A query has at most {LONGEST_QUERY} characters.")
    if is_number(text.strip()):
        return [Word(None, text.strip(), quoted=True)]
    words, place = [], _next_position(text, 0)
    while place < len(text):
        word, place = _read_word(text, place)
        words.append(word)
        place = _next_position(text, place)
    words = _without_and(words)
    if len(words) > MOST_TERMS:
        _refuse(f"A query has at most {MOST_TERMS} words.")
    return words


def _term(word: Word) -> Term:
    field: Field | None = "text" if word.field is None else _FIELDS.get(word.field.casefold())
    if field is None:
        _refuse(f'The field "{_cut(word.field or "")}" is not supported. Supported fields: {", ".join(_FIELDS)}.')
    _check_signs(word)
    if field != "status":
        return Term(field, word.value)
    if word.value.casefold() not in _STATUSES:
        _refuse(f'There is no status "{_cut(word.value)}". Statuses: {", ".join(LEAD.values())}.')
    return Term(field, _STATUSES[word.value.casefold()])


def _read_word(text: str, start: int) -> tuple[Word, int]:
    quoted = text[start] == '"'
    value, end = _read_part(text, start)
    if text[end : end + 1] == ":":
        field, start = value, _next_position(text, end + 1)
        quoted = text[start : start + 1] == '"'
        value, end = _read_part(text, start)
        if not value:
            _refuse(f'The field "{_cut(field)}" has no value.')
    else:
        field = None
        if not value:
            _refuse('"" is not a word.')
        if not quoted:
            _check_operator(value)
    if end < len(text) and not text[end].isspace():
        _refuse(f'"{_cut(text[start:])}" is not a word. Separate a quoted word by blanks.')
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
        _refuse(f'"and" must stand between two words; {_QUOTED}.')
    return others


def _read_part(text: str, start: int) -> tuple[str, int]:
    """Return a quoted text without its quotes, or the text up to a blank, colon or quote; and the position after
    it.
    """
    if text[start : start + 1] == '"':
        return _read_quoted(text, start)
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in ':"':
        end += 1
    return text[start:end], end


def _read_quoted(text: str, start: int) -> tuple[str, int]:
    r"""`\"` and `\\` are a quote and a backslash; another backslash stands for itself.

    Repeated blanks count once.
    """
    letters, place = [], start + 1
    while place < len(text) and text[place] != '"':
        if text[place] == "\\" and text[place + 1 : place + 2] in ('"', "\\"):
            place += 1
        letters.append(text[place])
        place += 1
    if place >= len(text):
        _refuse(f"The quote is not closed: {_cut(text[start:])}")
    return " ".join("".join(letters).split()), place + 1


def _next_position(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _refuse(sentence: str) -> NoReturn:
    raise Invalid({"query": [sentence]})
