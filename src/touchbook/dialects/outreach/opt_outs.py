"""Opt-outs of a prospect are written by a flag, by a status, or by both if they agree."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from touchbook.core.contacts.changes import OptOuts
from touchbook.core.contacts.contact import OptStatus
from touchbook.dialects.outreach.errors import Refused

_OUT: OptStatus = "opted_out"
_FLAGS = ("opted_out", "email_opted_out", "call_opted_out")
OPT_OUTS = frozenset({*_FLAGS, "emails_opt_status", "calls_opt_status"})


def with_plain_flags(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """A flag of null counts as not set."""
    return {name: bool(value) if name in _FLAGS else value for name, value in attributes.items()}


def read_opt_outs(attributes: Mapping[str, Any]) -> OptOuts:
    """`attributes` are those that change. Refused if a flag and its status contradict each other."""
    return OptOuts(
        opted_out=attributes.get("opted_out", UNSET),
        email_opt_status=_status(attributes, "email_opted_out", "emails_opt_status", "emailsOptStatus"),
        call_opt_status=_status(attributes, "call_opted_out", "calls_opt_status", "callsOptStatus"),
    )


def _status(attributes: Mapping[str, Any], flag: str, status: str, shown: str) -> OptStatus | UnsetType | None:
    """A flag alone means opted out, or that nobody has said."""
    out, told = attributes.get(flag, UNSET), attributes.get(status, UNSET)
    if out is UNSET:
        return told  # type: ignore[no-any-return]
    if told is UNSET:
        return _OUT if out else None
    if out != (told == _OUT):
        raise Refused({f"/data/attributes/{shown}": "This contradicts whether the prospect has opted out."})
    return told  # type: ignore[no-any-return]
