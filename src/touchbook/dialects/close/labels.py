"""Maps Close's types of addresses and numbers to labels."""

from collections.abc import Iterable, Sequence

from msgspec import UNSET

from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.deriving import in_precedence
from touchbook.core.contacts.plain import Labelled

OFFICE = "office"
_TYPES = {
    "home": "home", "personal": "home", "mobile": "mobile", "direct": "direct", "fax": "fax", "url": "url",
    "other": "other",
}  # fmt: skip
_LABELS = {"home": "Home", "mobile": "Mobile", "direct": "Direct", "fax": "Fax", "url": "Url", "other": "Other"}


def shown(attributes: Iterable[Attribute], kind: str) -> list[tuple[str, str]]:
    """Return (address or number, Close's type) of the contact's own, in their order."""
    own = (each for each in attributes if each.type == kind and not each.is_partner)
    return [(each.text or "", _type(each.label)) for each in in_precedence(own)]


def requested(sent: Sequence[tuple[str, str]], now: Sequence[tuple[str, str]] = ()) -> list[Labelled]:
    """A type that equals the shown one leaves the label as it is (rule 5)."""
    left = list(now)
    labelled = []
    for text, kind in sent:
        if (text, kind) in left:
            left.remove((text, kind))
            labelled.append(Labelled(text, UNSET))
        else:
            labelled.append(Labelled(text, _LABELS.get(kind)))
    return labelled


def _type(label: str | None) -> str:
    return _TYPES.get((label or "").casefold(), OFFICE)
