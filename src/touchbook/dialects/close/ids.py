"""Ids on the wire: a prefix that names the kind, and the record's uid in base 62."""

from uuid import UUID

from touchbook.core.identity import prefixed_id, uid_from_prefixed

NOWHERE = UUID(int=0)


def task_id(uid: UUID) -> str:
    return prefixed_id("task", uid)


def lead_id(uid: UUID) -> str:
    return prefixed_id("lead", uid)


def contact_id(uid: UUID) -> str:
    return prefixed_id("cont", uid)


def opportunity_id(uid: UUID) -> str:
    return prefixed_id("oppo", uid)


def user_id(uid: UUID) -> str:
    return prefixed_id("user", uid)


def membership_id(uid: UUID) -> str:
    return prefixed_id("memb", uid)


def organization_id(uid: UUID) -> str:
    return prefixed_id("orga", uid)


def uid_of(prefix: str, text: str) -> UUID:
    """Return the uid of an id; for any other text the nil uuid, which belongs to no record."""
    return uid_from_prefixed(prefix, text) or NOWHERE
