"""Holds what Outreach's paths answer against JSON:API 1.1; its numbers for ids are read as text."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

_URI = re.compile(r"https?://[^/?#]+(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*")
_SCHEMA = Path(__file__).with_name("json_api.json")


@cache
def _validator() -> Any:
    return jsonschema_rs.Draft202012Validator(msgspec.json.decode(_SCHEMA.read_bytes()))


def find_breaches(body: bytes, *, sparse: bool = False) -> list[str]:
    """`sparse`: fields were chosen, and may leave out what leads to an included resource."""
    content = msgspec.json.decode(body)
    found = [f"{error.message} at {error.instance_path}" for error in _validator().iter_errors(_spelled(content))]
    return found or _duplicates(content) + _bad_links(content) + ([] if sparse else _unlinked(content))


def _bad_links(part: Any) -> list[str]:
    """Links are URIs, in which a bracket is encoded."""
    if isinstance(part, list):
        return [finding for each in part for finding in _bad_links(each)]
    if not isinstance(part, dict):
        return []
    links: Any = part.get("links")
    links = links if isinstance(links, dict) else {}
    bad = [f"{link} is no URI" for link in links.values() if isinstance(link, str) and not _URI.fullmatch(link)]
    return bad + [finding for each in part.values() for finding in _bad_links(each)]


def _spelled(part: Any) -> Any:
    """Identities with their ids as text; other members called `id` stand among attributes, which have none."""
    if isinstance(part, list):
        return [_spelled(each) for each in part]
    if not isinstance(part, dict):
        return part
    spelled = {name: _spelled(value) for name, value in part.items()}
    if "type" in part and isinstance(part.get("id"), int):
        spelled["id"] = str(part["id"])
    return spelled


def _resources(content: Any) -> list[Any]:
    data = content.get("data") or []
    return [*(data if isinstance(data, list) else [data]), *content.get("included", ())]


def _identity(part: Any) -> tuple[str, int]:
    return part["type"], part["id"]


def _duplicates(content: Any) -> list[str]:
    identities = [_identity(each) for each in _resources(content)]
    return [f"{each} stands there twice" for each in set(identities) if identities.count(each) > 1]


def _unlinked(content: Any) -> list[str]:
    """Full linkage: what is included is named by another in the document, unless fields are left out."""
    named = set()
    for resource in _resources(content):
        for relationship in resource.get("relationships", {}).values():
            data = relationship.get("data") or []
            named |= {_identity(each) for each in (data if isinstance(data, list) else [data])}
    whole = all("relationships" in each for each in _resources(content) if each not in content.get("included", ()))
    included = {_identity(each) for each in content.get("included", ())}
    return [f"{each} is included and nothing leads to it" for each in included - named] if whole else []
