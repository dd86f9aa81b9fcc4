"""Changes to contacts. One contact or a thousand take the same few statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Attribute, Change
from touchbook.core.contacts.changes import ContactChanges
from touchbook.core.contacts.changing import Editor, Outcome
from touchbook.core.contacts.companies import accounts_for, leave_accounts, lock_accounts, rename_own_accounts
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import GLOBAL, Definitions
from touchbook.core.contacts.planning import LockedContact, Plan, plan_change
from touchbook.core.contacts.queries import attributes_of, contacts_by_id
from touchbook.core.contacts.writing import lock_contact_rows, write_contacts, write_outcomes
from touchbook.core.errors import NotFound, UnknownRecord
from touchbook.core.events import record_events
from touchbook.core.tags.adding import collect_tags
from touchbook.core.teams.queries import known_members
from touchbook.core.transaction import Transaction

_AT_ONCE = 1000


class Edited(Struct, frozen=True):
    """The changed contact, and the outcome for its attributes: an empty one if none was to change."""

    contact: Contact
    outcome: Outcome


def editor_of(tx: Transaction, caller: Caller) -> Editor:
    assert caller.user_id is not None
    return Editor(caller.user_id, tx.tick, caller.region)


def tags_among(attributes: Iterable[Attribute]) -> list[str]:
    """Return the texts of tags, the partner's included."""
    return [attribute.text or "" for attribute in attributes if attribute.type == "tag"]


async def change_contacts(
    tx: Transaction,
    caller: Caller,
    changes: Mapping[int, ContactChanges],
    definitions: Definitions,
    *,
    reason: str = "direct_request",
    pass_over_gone: bool = False,
) -> dict[int, Edited]:
    """Return the changed contacts by id.

    Differences are written with derived columns, history and events (RC-062). `reason` is shown as `updated_for`;
    with `pass_over_gone` deleted contacts are skipped instead of refused. Errors: NotFound, Invalid, UnknownRecord
    for an account or an owner; nothing is written then.
    """
    held = await lock_contacts(tx, caller, changes, whole=any(each.attributes for each in changes.values()))
    gone = next((each for each in changes if each not in held), None)
    if gone is not None and not pass_over_gone:
        raise NotFound("contact", gone)
    return await change_locked_contacts(tx, caller, held, changes, definitions, reason=reason)


async def change_contact(tx: Transaction, caller: Caller, contact_id: int, changes: ContactChanges) -> Contact:
    """Return the changed contact. `changes` must not contain attributes, which need the team's definitions."""
    return (await change_contacts(tx, caller, {contact_id: changes}, GLOBAL))[contact_id].contact


async def edit_contacts(
    tx: Transaction,
    caller: Caller,
    changes: Mapping[int, Sequence[Change]],
    definitions: Definitions,
    *,
    pass_over_gone: bool = False,
) -> dict[int, Edited]:
    """Change attributes only."""
    requested = {contact_id: ContactChanges(attributes=some) for contact_id, some in changes.items()}
    return await change_contacts(tx, caller, requested, definitions, pass_over_gone=pass_over_gone)


async def edit_many_contacts(
    tx: Transaction, caller: Caller, changes: Mapping[int, Sequence[Change]], definitions: Definitions
) -> list[Contact]:
    """Change any number of contacts, a thousand at a time. Contacts deleted meanwhile are skipped."""
    edited: list[Contact] = []
    ids = list(changes)
    for start in range(0, len(ids), _AT_ONCE):
        some = {contact_id: changes[contact_id] for contact_id in ids[start : start + _AT_ONCE]}
        done = await edit_contacts(tx, caller, some, definitions, pass_over_gone=True)
        edited += [each.contact for each in done.values()]
    return edited


async def lock_contacts(
    tx: Transaction, caller: Caller, ids: Collection[int], *, whole: bool
) -> dict[int, LockedContact]:
    """Lock the contacts that are not deleted for this transaction; `whole` also reads their attributes."""
    rows = await lock_contact_rows(tx, caller, ids)
    attributes = await attributes_of(tx, caller, ids) if whole else {}
    return {contact.id: LockedContact(contact, attributes.get(contact.id, []), more) for contact, more in rows}


async def change_locked_contacts(
    tx: Transaction,
    caller: Caller,
    held: Mapping[int, LockedContact],
    changes: Mapping[int, ContactChanges],
    definitions: Definitions,
    *,
    reason: str = "direct_request",
) -> dict[int, Edited]:
    """`held` comes from `lock_contacts` in this transaction."""
    chosen = {each.account_id for each in changes.values() if isinstance(each.account_id, int)}
    await lock_accounts(tx, caller, chosen)
    editor = editor_of(tx, caller) if any(each.attributes for each in changes.values()) else None
    plans = {
        each: plan_change(held[each], change, definitions, editor, tx.now)
        for each, change in changes.items()
        if each in held
    }
    await _check_owners(tx, caller, plans.values())
    await _assign_accounts(tx, caller, plans.values())
    differing = [plan for plan in plans.values() if plan.differs]
    after = await _write(tx, caller, differing, definitions, reason) if differing else {}
    return {each: Edited(after.get(each, plan.before), plan.outcome) for each, plan in plans.items()}


async def _check_owners(tx: Transaction, caller: Caller, plans: Iterable[Plan]) -> None:
    owners = {plan.columns["owner_id"] for plan in plans if "owner_id" in plan.columns}
    for missing in owners - await known_members(tx, caller.team_id, owners) if owners else ():
        raise UnknownRecord("user", missing)


async def _assign_accounts(tx: Transaction, caller: Caller, plans: Iterable[Plan]) -> None:
    """Set the account of each plan: the chosen one, or the company's."""
    keyed = [(plan, plan.account_key) for plan in plans if plan.account_key is not None]
    accounts = await accounts_for(tx, caller, [key for _, key in keyed if key is not None])
    for (plan, _), account in zip(keyed, accounts, strict=True):
        plan.move(account)


async def _write(
    tx: Transaction, caller: Caller, plans: Sequence[Plan], definitions: Definitions, reason: str
) -> dict[int, Contact]:
    outcomes = [plan.outcome for plan in plans if plan.outcome]
    await write_outcomes(tx, caller, outcomes)
    written = await write_contacts(tx, caller, plans, definitions, reason=reason)
    await collect_tags(tx, caller, tags_among(each for outcome in outcomes for each in outcome.written))
    await record_events(tx, caller, [event for plan in plans for event in plan.events(written[plan.before.id])])
    before = {plan.before.id: plan.before for plan in plans}
    await leave_accounts(tx, caller, before, written)
    await rename_own_accounts(tx, caller, before, written)
    # What follows from tags, and from more than attributes, stands in the contact's own row.
    if any(plan.columns for plan in plans) or tags_among(each for outcome in outcomes for each in outcome.touched):
        return await contacts_by_id(tx, caller, written)
    return written
