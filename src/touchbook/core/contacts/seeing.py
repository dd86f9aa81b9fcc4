"""Which contacts a caller sees: the team's, or, where the team wishes it so, one's own (A-41)."""

from touchbook.core.caller import Caller
from touchbook.core.where import Where


def standing(caller: Caller) -> Where:
    """Contacts `c` that are not deleted and that the caller sees (RC-179)."""
    return add_standing(Where(caller.team_id), caller)


def add_standing(where: Where, caller: Caller) -> Where:
    return add_seen(where, caller).add("c.deleted_at is null")


def add_seen(where: Where, caller: Caller) -> Where:
    """Deleted ones too, for what still says whom it was about."""
    where.add("c.team_id = $1")
    if caller.own_contacts_only:
        where.add("c.owner_id = {}", caller.user_id)
    return where
