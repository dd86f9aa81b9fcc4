"""The changes that a contact accepts, in terms of the core. A dialect maps its request body to this."""

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.contacts.attribute import Change
from touchbook.core.contacts.contact import OptStatus
from touchbook.core.foreign_members import ForeignMembers


class OptOuts(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is; a status of None means that nobody has said."""

    opted_out: bool | UnsetType = UNSET
    email_opt_status: OptStatus | UnsetType | None = UNSET
    call_opt_status: OptStatus | UnsetType | None = UNSET


class ContactChanges(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is, and a value that the contact has already is no change.

    `attributes` are applied in their order. `account_id` moves the contact with its tasks and deals into that
    account, or (None) into a personal one; if UNSET, the account follows the contact's company (7.5). `stage_id`
    and `persona_id` are cleared by None.
    """

    attributes: Sequence[Change] = ()
    owner_id: int | UnsetType = UNSET
    stage_id: int | UnsetType | None = UNSET
    persona_id: int | UnsetType | None = UNSET
    account_id: int | UnsetType | None = UNSET
    opt_outs: OptOuts = OptOuts()
    foreign_members: ForeignMembers | UnsetType = UNSET
