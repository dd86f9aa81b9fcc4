"""Changing what is known of contacts: the one way in which their attributes change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Attribute, Change
from touchbook.core.contacts.changing import Hand, Outcome, apply_changes, check_required
from touchbook.core.contacts.companies import settle_accounts
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.queries import attributes_of, contacts_by_id
from touchbook.core.contacts.writing import describe, lock_contacts, write_derived, write_outcomes
from touchbook.core.errors import NotFound
from touchbook.core.events import record_each
from touchbook.core.tags.adding import collect_tags
from touchbook.core.transaction import Transaction

_AT_ONCE = 1000


class Edited(Struct, frozen=True):
    """The contact as it is now, and what became of its attributes; an empty outcome if nothing differed."""

    contact: Contact
    outcome: Outcome


def hand_of(tx: Transaction, caller: Caller) -> Hand:
    assert caller.user_id is not None
    return Hand(caller.user_id, tx.tick, caller.region)


def tags_among(attributes: Iterable[Attribute]) -> list[str]:
    """The partner's too."""
    return [attribute.text or "" for attribute in attributes if attribute.type == "tag"]


async def edit_contacts(
    tx: Transaction,
    caller: Caller,
    changes: Mapping[int, Sequence[Change]],
    definitions: Definitions,
    *,
    reason: str = "direct_request",
    pass_over_gone: bool = False,
) -> dict[int, Edited]:
    """By contact id. What differs is written, with what is derived of it, the history and an event (RC-062).

    `reason` is what a contact shows as `updated_for`; `pass_over_gone`: who has been deleted meanwhile is no
    error. Errors: NotFound, Invalid; nothing is written then.
    """
    standing = {contact.id: contact for contact in await lock_contacts(tx, caller, changes)}
    before = await attributes_of(tx, caller, changes)
    outcomes: dict[int, Outcome] = {}
    for contact_id, change in changes.items():
        if contact_id not in standing and pass_over_gone:
            continue
        if contact_id not in standing:
            raise NotFound("contact", contact_id)
        outcome = apply_changes(contact_id, before.get(contact_id, []), change, definitions, hand_of(tx, caller))
        check_required(outcome, definitions, new=False)
        outcomes[contact_id] = outcome
    written = {contact_id: outcome for contact_id, outcome in outcomes.items() if outcome}
    if written:
        await write_outcomes(tx, caller, written.values())
        left = {contact_id: outcome.left for contact_id, outcome in written.items()}
        after = await write_derived(tx, caller, left, definitions, reason=reason)
        await settle_accounts(tx, caller, standing, after)
        await collect_tags(tx, caller, tags_among(each for outcome in written.values() for each in outcome.left))
        told = {contact_id: _told(outcome) for contact_id, outcome in written.items()}
        await record_each(tx, caller, "contact.updated", told)
        standing |= await contacts_by_id(tx, caller, written)
    return {contact_id: Edited(standing[contact_id], outcome) for contact_id, outcome in outcomes.items()}


async def edit_many_contacts(
    tx: Transaction, caller: Caller, changes: Mapping[int, Sequence[Change]], definitions: Definitions
) -> list[Contact]:
    """However many: a thousand at a time. Who has been deleted meanwhile is passed over."""
    edited: list[Contact] = []
    ids = list(changes)
    for start in range(0, len(ids), _AT_ONCE):
        some = {contact_id: changes[contact_id] for contact_id in ids[start : start + _AT_ONCE]}
        done = await edit_contacts(tx, caller, some, definitions, pass_over_gone=True)
        edited += [each.contact for each in done.values()]
    return edited


def _told(outcome: Outcome) -> dict[str, Any]:
    told = {
        "added": [describe(attribute) for attribute in outcome.added],
        "changed": [{"from": describe(was), "to": describe(now)} for was, now in outcome.changed],
        "removed": [describe(attribute) for attribute in outcome.removed],
    }
    return {"attributes": {name: rows for name, rows in told.items() if rows}}
