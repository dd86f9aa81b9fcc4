"""Text as search compares it: without case and accents."""

import unicodedata


def fold(text: str) -> str:
    """`"Éva  STRASSE"` -> `"eva  strasse"`; both what is stored and what is sought go through here."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def digits_of(text: str) -> str:
    """`"(312) 555-0100"` -> `"3125550100"`."""
    return "".join(character for character in text if character.isdigit())
