from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Raw, Struct

from touchbook.core.identity import new_uid, read_uid


class Listing(Struct, frozen=True):
    """A property on the market; `document` is stored as it was imported."""

    id: int
    uid: UUID
    title: str
    document: Raw
    created_at: datetime
    updated_at: datetime


def uid_of(document: Mapping[str, Any], team: UUID) -> UUID:
    """Return the document's id if that is a uuid, else one derived from it, the same at every import."""
    given = document.get("id")
    own = read_uid(given) if isinstance(given, str) else None
    if own is not None:
        return own
    known_by = given or (document.get("mls_number") and [document.get("mls_name"), document["mls_number"]])
    return uuid5(NAMESPACE_URL, f"{team}/listings/{known_by}") if known_by else new_uid()


def title_of(document: Mapping[str, Any]) -> str:
    """Return the street address, as far as the document has one."""
    address = _address(document)
    parts = [_first(address, "street_number", "house_num"), _first(address, "street_name", "street", "name")]
    line = " ".join(part for part in (*parts, _first(address, "street_suffix", "suftype")) if part)
    return line or _first(address, "full_address", "full") or _first(document, "mls_number") or "Listing"


def _address(document: Mapping[str, Any]) -> Mapping[str, Any]:
    held = document.get("property")
    for owner in (document, held if isinstance(held, Mapping) else {}):
        address = owner.get("address")
        if isinstance(address, Mapping):
            return address
    return {}


def _first(members: Mapping[str, Any], *names: str) -> str:
    return next((str(members[name]).strip() for name in names if members.get(name)), "")
