"""Names, addresses and sort keys of a contact, derived from its attributes and stored in its row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from msgspec import Struct

from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.contact import full_name
from touchbook.core.contacts.definition import Definitions
from touchbook.core.folding import digits_of, fold, same

_SINGLE = (
    "title", "first_name", "middle_name", "last_name", "marketing_name", "nickname", "company", "job_title",
    "source_type", "source", "website", "profile_image_url", "cover_image_url",
)  # fmt: skip


class Named(Protocol):
    @property
    def first_name(self) -> str | None: ...
    @property
    def last_name(self) -> str | None: ...
    @property
    def display_name(self) -> str | None: ...


class Derived(Struct, frozen=True, kw_only=True):
    """Derived columns of a contact; lists sort by the keys. `addresses` is None when empty."""

    title: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    marketing_name: str | None
    nickname: str | None
    partner_first_name: str | None
    partner_last_name: str | None
    partner_email: str | None
    display_name: str | None
    sort_field: str | None
    display_key: str | None
    sort_key: str | None
    partner_name: str | None
    company: str | None
    job_title: str | None
    source_type: str | None
    source: str | None
    website: str | None
    profile_image_url: str | None
    cover_image_url: str | None
    birthday: date | None
    emails: list[str]
    phone_numbers: list[str]
    tags: list[str]
    tags_as_added: list[str]
    tag_keys: list[str]
    addresses: list[dict[str, str]] | None


def derive(attributes: Iterable[Attribute]) -> Derived:
    """The result does not depend on the order of the attributes."""
    own: dict[str, list[Attribute]] = {}
    partner: dict[str, list[Attribute]] = {}
    for attribute in in_precedence(attributes):
        (partner if attribute.is_partner else own).setdefault(attribute.type, []).append(attribute)
    single = {name: _first(own, name) for name in _SINGLE}
    partners = {name: _first(partner, name) for name in ("first_name", "last_name", "email")}
    emails, phones, tags = (_texts(own.get(kind, ())) for kind in ("email", "phone_number", "tag"))
    birthdays = own.get("birthday")
    return Derived(
        **single,
        partner_first_name=partners["first_name"],
        partner_last_name=partners["last_name"],
        partner_email=partners["email"],
        partner_name=full_name(partners["first_name"], partners["last_name"]),
        **_names(single, emails, phones),
        birthday=birthdays[0].date if birthdays else None,
        emails=emails,
        phone_numbers=phones,
        tags=tags,
        tags_as_added=_texts(sorted(own.get("tag", ()), key=_age)),
        tag_keys=list(dict.fromkeys(map(same, tags))),
        addresses=[attribute.address or {} for attribute in own.get("address", ())] or None,
    )


def searchable_text(attributes: Iterable[Attribute], definitions: Definitions, names: Named) -> str:
    """Return the folded text that search looks through: names as they are spoken, and phone numbers also as
    digits.
    """
    first, last = names.first_name, names.last_name
    words = [
        name
        for name in dict.fromkeys((names.display_name, full_name(first, last), full_name(last, first)))
        if name
    ]
    for attribute in attributes:
        definition = definitions.named(attribute.type)
        if definition is not None and definition.searchable and attribute.text:
            words.append(attribute.text)
            if attribute.type == "phone_number":
                words.append(digits_of(attribute.matched or attribute.text))
    return "\n".join(searched_line(word) for word in words)


def searched_line(text: str) -> str:
    """Texts that are the same give the same, so that a tag's can be found again."""
    return fold(text).strip()


def in_precedence(attributes: Iterable[Attribute]) -> list[Attribute]:
    """Sort the primary attribute first, then the one changed last (RC-038, RC-039)."""
    return sorted(attributes, key=_precedence, reverse=True)


def _precedence(attribute: Attribute) -> tuple[bool, datetime, datetime, Any]:
    return attribute.is_primary, attribute.updated_at, attribute.created_at, attribute.uid


def _age(attribute: Attribute) -> tuple[datetime, Any]:
    return attribute.created_at, attribute.uid


def _names(single: dict[str, str | None], emails: Sequence[str], phones: Sequence[str]) -> dict[str, str | None]:
    """Apply RC-028 to RC-031. A contact without a name is shown by an address or a number (A-10)."""
    first, last = single["first_name"], single["last_name"]
    rest = single["company"] or next(iter((*emails, *phones)), None)
    display = single["nickname"] or full_name(first, last) or rest
    sort = single["nickname"] or full_name(last, first) or rest
    return {"display_name": display, "sort_field": sort, "display_key": _key(display), "sort_key": _key(sort)}


def _key(name: str | None) -> str | None:
    """Cut the key to the length that an index holds."""
    return fold(name)[:150] if name else None


def _first(attributes: Mapping[str, Sequence[Attribute]], kind: str) -> str | None:
    found = attributes.get(kind)
    return found[0].text if found else None


def _texts(attributes: Iterable[Attribute]) -> list[str]:
    return [attribute.text or "" for attribute in attributes]
