"""What may be changed of a contact, in the product's own words: a dialect maps its body to this."""

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.contacts.attribute import Change
from touchbook.core.contacts.contact import OptStatus


class OptOuts(Struct, frozen=True, kw_only=True):
    """UNSET stays as it is; a status of None: nobody has said."""

    opted_out: bool | UnsetType = UNSET
    email_opt_status: OptStatus | UnsetType | None = UNSET
    call_opt_status: OptStatus | UnsetType | None = UNSET


class ContactChanges(Struct, frozen=True, kw_only=True):
    """UNSET is not said. What is as it is said to be is no change.

    `attributes` change in their order. `account_id`: into that account, with its tasks and deals, or (None) into
    one of its own; not said, the contact goes with its company (7.5). `stage_id`, `persona_id`: None says nothing.
    """

    attributes: Sequence[Change] = ()
    owner_id: int | UnsetType = UNSET
    stage_id: int | UnsetType | None = UNSET
    persona_id: int | UnsetType | None = UNSET
    account_id: int | UnsetType | None = UNSET
    opt_outs: OptOuts = OptOuts()
