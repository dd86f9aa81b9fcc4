"""Contacts are imported by a job in slices."""

from collections.abc import Collection, Sequence
from decimal import Decimal

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.adding import NewContact, add_contacts
from touchbook.core.contacts.attribute import Day, NewAttribute, Value
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.queries import known_definitions
from touchbook.core.jobs.job import Job
from touchbook.core.jobs.working import ask_for_job, put_slice, take_slice
from touchbook.core.slicing import in_slices
from touchbook.core.teams.queries import known_members
from touchbook.core.transaction import Transaction

IMPORTING = "import_contacts"
_AT_ONCE = 500
_STAGED = 10


class _StagedAttribute(Struct, frozen=True, omit_defaults=True):
    type: str
    text: str | None = None
    date: Day | None = None
    number: Decimal | None = None
    address: dict[str, str] | None = None
    label: str | None = None
    index: int | None = None
    is_primary: bool = False
    is_partner: bool = False


class _StagedContact(Struct, frozen=True, omit_defaults=True):
    attributes: list[_StagedAttribute]
    owner_id: int | None = None
    ios_address_book_id: str | None = None
    android_address_book_id: str | None = None


class _Staged(Struct, frozen=True):
    """`reason` is shown as `created_for` of the contacts."""

    reason: str
    contacts: list[_StagedContact]


_staged = msgspec.msgpack.Decoder(_Staged)


async def ask_for_import(
    tx: Transaction, caller: Caller, new: Sequence[NewContact], *, failed: int, reason: str
) -> Job:
    """`failed` counts rows that could not be read."""
    staged = [_stage(each) async for some in in_slices(new, _STAGED) for each in some]
    payload = msgspec.msgpack.encode(_Staged(reason, staged))
    return await ask_for_job(tx, caller, IMPORTING, payload, total=len(new) + failed, failed=failed)


async def import_contacts(tx: Transaction, caller: Caller, ref: int) -> bool:
    """Import the next slice of job `ref`, and return whether more is left.

    Contacts without a required attribute count as failed (RC-177).
    """
    part = await take_slice(tx, caller, IMPORTING, ref=ref)
    if part is None:
        return False
    staged = _staged.decode(part.payload)
    first = part.job.done - (part.job.total - len(staged.contacts))
    some = staged.contacts[first : first + _AT_ONCE]
    definitions = await known_definitions(tx, part.caller)
    owners = await known_members(tx, part.caller.team_id, {each.owner_id for each in some if each.owner_id})
    new = [_unstage(contact, definitions, owners) for contact in some]
    added = await add_contacts(tx, part.caller, new, definitions, reason=staged.reason, relax=True)
    return await put_slice(tx, part, done=len(some), failed=len(some) - len(added))


def _stage(new: NewContact) -> _StagedContact:
    return _StagedContact(
        [
            _StagedAttribute(
                type=each.definition.name,
                **msgspec.structs.asdict(each.value),
                label=each.label,
                index=each.index,
                is_primary=each.is_primary,
                is_partner=each.is_partner,
            )
            for each in new.attributes
        ],
        new.owner_id,
        new.ios_address_book_id,
        new.android_address_book_id,
    )


def _unstage(staged: _StagedContact, definitions: Definitions, owners: Collection[int]) -> NewContact:
    """Leave out attributes of definitions that were deleted since.

    Contacts of an owner who left get the importing user.
    """
    attributes = []
    for each in staged.attributes:
        definition = definitions.named(each.type)
        if definition is not None:
            value = Value(each.text, each.date, each.number, each.address)
            attributes.append(
                NewAttribute(definition, value, each.label, each.index, each.is_primary, each.is_partner)
            )
    return NewContact(
        attributes=attributes,
        owner_id=staged.owner_id if staged.owner_id in owners else None,
        ios_address_book_id=staged.ios_address_book_id,
        android_address_book_id=staged.android_address_book_id,
    )
