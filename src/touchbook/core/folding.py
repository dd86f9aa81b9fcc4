"""Folds text for comparison, in two strengths and in Python alone.

SQL compares folded columns and folds nothing. `same` decides whether two texts are equal: a tag, an e-mail
address, a unique name. `fold` is for search: it also equates different ways of writing, `O’Brien` and `O'Brien`,
`Łukasz` and `Lukasz`.
"""

import unicodedata
from importlib.resources import files

import msgspec

# Stored with each team: where it is another, its rows are folded anew (core/rederiving). A change of what either
# function gives counts it up.
FOLD_VERSION = 1

# Signs that have no shape (Unicode's default ignorables), beside those that are controls or formats.
_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_SHAPELESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0") | {
    chr(code) for first, last in _SELECTORS for code in range(first, last + 1)
}
_UNSEEN = ("Cc", "Cf")
_ASCII_UNSEEN = "".join(map(chr, [*range(0x21), 0x7F]))
# Full case folding writes an iota below, and the half ring of ẚ, as letters of their own. Search drops them as
# marks, so what is the same would not be found if `same` wrote them out.
_CASELESS = frozenset("\u0345\u1e9a")
_ENCLOSING = "Me"


def same(text: str) -> str:
    """`" Éva@X.com "` -> `"éva@x.com"`: one normal form and one case, without what is not seen at its ends."""
    if text.isascii():
        return text.lower().strip(_ASCII_UNSEEN)
    parted = unicodedata.normalize("NFD", text)
    folded = "".join(sign if sign in _CASELESS else sign.casefold() for sign in parted)
    return _trimmed(unicodedata.normalize("NFC", folded))


def fold(text: str) -> str:
    """`"Éva  O’STRASSE"` -> `"eva  o'strasse"`; both what is stored and what is sought go through here."""
    return text.translate(_FORMS)


def digits_of(text: str) -> str:
    """`"(312) 555-0100"` -> `"3125550100"`, in whichever script the digits are written."""
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())


def _trimmed(text: str) -> str:
    first, last = 0, len(text)
    while first < last and _has_no_shape(text[first]):
        first += 1
    while first < last and _has_no_shape(text[last - 1]):
        last -= 1
    return text[first:last]


def _has_no_shape(sign: str) -> bool:
    return sign.isspace() or _is_unseen(sign)


def _is_unseen(sign: str) -> bool:
    return sign in _SHAPELESS or unicodedata.category(sign) in _UNSEEN


class _Forms(dict[int, str]):
    """Maps each character to its form in search.

    No character depends on its neighbours, so that parts of words are found too.
    """

    def __missing__(self, code: int) -> str:
        form, last = chr(code), None
        while form != last:
            form, last = _plainer(form), form
        self[code] = form
        return form


def _plainer(text: str) -> str:
    written = "".join(_ALIKE.get(sign, sign) for sign in unicodedata.normalize("NFD", text))
    parts = unicodedata.normalize("NFKD", written)
    return "".join(map(_bare, parts)).casefold()


def _bare(sign: str) -> str:
    """A line break stays, since it parts one text from another; a digit of any script is that of ASCII."""
    if sign.isspace():
        return sign if sign == "\n" else " "
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if unicodedata.combining(sign) or unicodedata.category(sign) == _ENCLOSING or _is_unseen(sign):
        return ""
    return sign


def _read_alike() -> dict[str, str]:
    """Signs that no normal form takes apart (alike.json: what they are taken as -> the signs)."""
    text = files("touchbook.core").joinpath("alike.json").read_bytes()
    read = msgspec.json.decode(text, type=dict[str, str])
    return {sign: form for form, signs in read.items() for sign in signs}


_ALIKE = _read_alike()
_FORMS = _Forms()
