"""New contacts: each with its attributes, the columns derived from them, and an account."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Attribute, NewAttribute
from touchbook.core.contacts.changes import OptOuts
from touchbook.core.contacts.changing import apply_changes, check_required
from touchbook.core.contacts.companies import accounts_for, lock_accounts
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.deriving import Derived, derive, searchable_text
from touchbook.core.contacts.editing import editor_of, tags_among
from touchbook.core.contacts.opting_out import OPT_OUT_TYPES, opt_out_columns, said_opt_outs
from touchbook.core.contacts.rows import CONTACT_COLUMNS, DERIVED_TYPES, contact_from
from touchbook.core.contacts.starting import RHYTHM_TYPES, starting_rhythms
from touchbook.core.contacts.writing import insert_attributes, write_texts
from touchbook.core.errors import Invalid, UnknownRecord
from touchbook.core.events import record_events
from touchbook.core.foreign_members import NONE, ForeignMembers, as_json, differing_members, merged_members
from touchbook.core.identity import new_uid
from touchbook.core.recordset import records, recordset
from touchbook.core.tags.adding import collect_tags
from touchbook.core.teams.queries import known_members
from touchbook.core.totals import count_made
from touchbook.core.transaction import Event, Transaction

_BARE = 0
_TYPES = {
    "uid": "uuid", "account_id": "bigint", "owner_id": "bigint", "stage_id": "bigint", "persona_id": "bigint",
    "ios_address_book_id": "text", "android_address_book_id": "text", "created_at": "timestamptz",
    "foreign_members": "jsonb",
    **OPT_OUT_TYPES, **DERIVED_TYPES, **RHYTHM_TYPES,
}  # fmt: skip


class NewContact(Struct, frozen=True, kw_only=True):
    """Without `account_id` the contact joins its company's account or gets a personal one.

    `owner_id` defaults to the caller.
    """

    attributes: Sequence[NewAttribute] = ()
    owner_id: int | None = None
    account_id: int | None = None
    stage_id: int | None = None
    persona_id: int | None = None
    ios_address_book_id: str | None = None
    android_address_book_id: str | None = None
    opt_outs: OptOuts = OptOuts()
    foreign_members: ForeignMembers = NONE
    uid: UUID | None = None


class _Prepared(Struct, frozen=True):
    new: NewContact
    uid: UUID
    attributes: list[Attribute]
    derived: Derived


async def add_contacts(
    tx: Transaction,
    caller: Caller,
    new: Sequence[NewContact],
    definitions: Definitions,
    *,
    reason: str = "direct_request",
    activity: bool = False,
    relax: bool = False,
) -> list[Contact]:
    """Return the contacts in the order of `new`.

    `activity` records their creation in their timeline (RC-015). With `relax`, contacts that lack a required
    attribute or have too many are left out. Errors: UnknownRecord for an owner, Invalid for either of these.
    """
    owners = {each.owner_id or caller.user_id for each in new}
    for owner in owners - await known_members(tx, caller.team_id, [owner for owner in owners if owner]):
        raise UnknownRecord("owner", owner)
    prepared = _prepared(tx, caller, new, definitions, relax=relax)
    if not prepared:
        return []
    contacts = await _insert(tx, caller, prepared, reason)
    by_uid = {contact.uid: contact for contact in contacts}
    added = [by_uid[each.uid] for each in prepared]
    placed = [
        msgspec.structs.replace(attribute, contact_id=contact.id)
        for each, contact in zip(prepared, added, strict=True)
        for attribute in each.attributes
    ]
    await insert_attributes(tx, caller, placed)
    texts = {
        contact.id: searchable_text(each.attributes, definitions, each.derived)
        for each, contact in zip(prepared, added, strict=True)
    }
    await write_texts(tx, caller, texts)
    shown = {"activity": True} if activity else {}
    foreign = {each.uid: differing_members(None, each.new.foreign_members) for each in prepared}
    events = [
        Event("contact.created", contact.id, {**_told(contact, foreign[contact.uid]), **shown}, record=contact)
        for contact in contacts
    ]
    await record_events(tx, caller, events)
    return added


def _prepared(
    tx: Transaction, caller: Caller, new: Sequence[NewContact], definitions: Definitions, *, relax: bool
) -> list[_Prepared]:
    editor = editor_of(tx, caller)
    prepared = []
    for each in new:
        try:
            outcome = apply_changes(_BARE, [], each.attributes, definitions, editor)
            check_required(outcome, definitions, new=True)
        except Invalid:
            if not relax:
                raise
            continue
        prepared.append(_Prepared(each, each.uid or new_uid(), outcome.left, derive(outcome.left)))
    return prepared


async def _insert(tx: Transaction, caller: Caller, prepared: Sequence[_Prepared], reason: str) -> list[Contact]:
    await lock_accounts(tx, caller, {each.new.account_id for each in prepared if each.new.account_id})
    accounts = await accounts_for(
        tx, caller, [(each.new.account_id, each.derived.company, each.derived.display_name) for each in prepared]
    )
    await collect_tags(tx, caller, tags_among(each for one in prepared for each in one.attributes))
    rhythms = await starting_rhythms(tx, caller, [each.derived for each in prepared])
    rows = [
        {
            **msgspec.structs.asdict(each.derived),
            **rhythm,
            "uid": each.uid,
            "account_id": account_id,
            "owner_id": each.new.owner_id or caller.user_id,
            "stage_id": each.new.stage_id,
            "persona_id": each.new.persona_id,
            "ios_address_book_id": each.new.ios_address_book_id,
            "android_address_book_id": each.new.android_address_book_id,
            "created_at": (now := tx.tick()),
            "foreign_members": as_json(merged_members(None, each.new.foreign_members)),
            **opt_out_columns(said_opt_outs(each.new.opt_outs), now),
        }
        for each, account_id, rhythm in zip(prepared, accounts, rhythms, strict=True)
    ]
    columns = ", ".join(_TYPES)
    inserted = await tx.fetch(
        f"""with made as (
            insert into contacts as c (team_id, {columns}, updated_at, created_by, created_for, updated_for)
            select $1, {columns}, r.created_at, $3, $4, $4 from {recordset("$2", _TYPES)}
            returning {CONTACT_COLUMNS}
        ), {count_made("contact", "made")} select * from made""",
        caller.team_id,
        records(_TYPES, rows),
        caller.user_id,
        reason,
    )
    return list(map(contact_from, inserted))


def _told(contact: Contact, foreign: ForeignMembers) -> dict[str, Any]:
    members = (
        "display_name", "owner_id", "account_id", "stage_id", "persona_id", "emails", "phone_numbers", "tags",
        *OptOuts.__struct_fields__,
    )  # fmt: skip
    told = {name.removesuffix("_id"): getattr(contact, name) for name in members if getattr(contact, name)}
    return {**told, "foreign_members": foreign} if foreign else told
