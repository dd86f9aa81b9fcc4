"""Values as comparisons take them: texts folded, phone numbers as E.164."""

from collections.abc import Callable, Mapping

from touchbook.core.contacts.attribute import Value
from touchbook.core.contacts.definition import Definition
from touchbook.core.folding import fold, same
from touchbook.core.numbers import e164

# No longer than an index holds.
LONGEST = 200


def matched_value(definition: Definition, value: Value, region: str) -> str | None:
    """`region` is the team's, for phone numbers written without a country."""
    if value.text is None:
        return None
    if definition.name == "phone_number":
        return e164(value.text, region) or matched_text(value.text)
    return _MATCHED.get(definition.name, matched_text)(value.text)


def matched_text(text: str) -> str:
    return fold(text).strip()[:LONGEST]


def matched_email(text: str) -> str:
    return same(text)[:LONGEST]


# A tag fits an index whole. Whoever asks for another text may leave its accents out.
_MATCHED: Mapping[str, Callable[[str], str]] = {"tag": same, "email": matched_email}
