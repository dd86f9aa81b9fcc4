"""All that changes of a contact changes in one way, and is told in one order."""

from typing import Any

import pytest

from tests.core.contacts.attributes import new
from tests.core.contacts.rows import all_events, check_kept, events_of
from tests.core.sequences.records import do
from tests.factories import contact_of, deal_of
from tests.people import Person
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.contacts.changes import ContactChanges, OptOuts
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.editing import change_contact, change_contacts
from touchbook.core.deals.queries import find_deal
from touchbook.core.errors import NotFound, UnknownRecord
from touchbook.core.teams.leaving import leave_team
from touchbook.store.postgres import Store


async def test_everything_at_once_is_told_in_one_order(store: Store, alice: Person, bob: Person) -> None:
    deal = await deal_of(store, alice)
    assert deal.contact_id is not None
    account = await do(store, alice, open_account, kind="company", name="Cyberdyne")
    before = len(await all_events(store, alice))
    changes = ContactChanges(
        attributes=[new("last_name", "Reese"), new("company", "Skynet"), new("tag", "Vip")],
        owner_id=bob.user_id,
        account_id=account.id,
        opt_outs=OptOuts(email_opt_status="opted_out", call_opt_status=None),
    )
    edited = await do(store, alice, change_contacts, changes={deal.contact_id: changes}, definitions=GLOBAL)
    contact = edited[deal.contact_id].contact
    assert (contact.last_name, contact.company, contact.tags) == ("Reese", "Skynet", ["Vip"])
    assert (contact.owner_id, contact.account_id) == (bob.user_id, account.id)
    assert (contact.email_opt_status, contact.call_opt_status, contact.opted_out) == ("opted_out", None, False)
    assert (await do(store, alice, find_deal, deal_id=deal.id)).account_id == account.id
    assert (await all_events(store, alice))[before:] == [
        "tag.created",
        "contact.updated",
        "contact.moved",
        "contact.opt_outs_changed",
        "deal.updated",
        "account.closed",
    ]
    told = dict(await events_of(store, alice, "contact", contact.id))
    assert told["contact.updated"].keys() == {"attributes", "owner"}
    assert told["contact.moved"].keys() == {"account", "left"}
    assert told["contact.opt_outs_changed"] == {"email_opt_status": "opted_out"}
    await check_kept(store, alice)


async def test_what_is_so_already_is_not_told(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    events = await all_events(store, alice)
    same = ContactChanges(
        owner_id=contact.owner_id,
        stage_id=None,
        account_id=contact.account_id,
        opt_outs=OptOuts(opted_out=False, email_opt_status=None),
    )
    assert await do(store, alice, change_contact, contact_id=contact.id, changes=same) == contact
    assert await all_events(store, alice) == events


async def test_contacts_that_change_differently_change_together(store: Store, alice: Person, bob: Person) -> None:
    first, second, third = [
        await contact_of(store, alice, name, company="Cyberdyne") for name in ("Ann", "Bo", "Cy")
    ]
    changes = {
        third.id: ContactChanges(opt_outs=OptOuts(opted_out=True)),
        first.id: ContactChanges(attributes=[new("company", "Skynet")]),
        second.id: ContactChanges(owner_id=bob.user_id),
    }
    edited = await do(store, alice, change_contacts, changes=changes, definitions=GLOBAL)
    assert list(edited) == list(changes)
    ann, bo, cy = [edited[each.id].contact for each in (first, second, third)]
    assert [each.company for each in (ann, bo, cy)] == ["Skynet", "Cyberdyne", "Cyberdyne"]
    assert [each.owner_id for each in (ann, bo, cy)] == [alice.user_id, bob.user_id, alice.user_id]
    assert [each.opted_out for each in (ann, bo, cy)] == [False, False, True]
    assert ann.account_id != bo.account_id == cy.account_id
    kinds = [[kind for kind, _ in await events_of(store, alice, "contact", each.id)][1:] for each in (ann, bo, cy)]
    assert kinds == [["contact.updated", "contact.moved"], ["contact.updated"], ["contact.opt_outs_changed"]]
    await check_kept(store, alice)


async def test_a_contact_comes_to_nobody_and_nothing_that_is_not_there(
    store: Store, alice: Person, bob: Person, charlie: Person
) -> None:
    contact, foreign = await contact_of(store, alice), await contact_of(store, charlie)
    closed = await do(store, alice, open_account, kind="company", name="Cyberdyne")
    await do(store, alice, delete_account, account=closed)
    await do(store, alice, leave_team, user_id=bob.user_id)
    lost: list[dict[str, Any]] = [
        {"owner_id": bob.user_id},
        {"owner_id": charlie.user_id},
        {"account_id": closed.id},
        {"account_id": foreign.account_id},
    ]
    events = await all_events(store, alice)
    for members in lost:
        with pytest.raises(UnknownRecord):
            await do(store, alice, change_contact, contact_id=contact.id, changes=ContactChanges(**members))
    await do(store, charlie, delete_contacts, contact_ids=[foreign.id])
    for gone in (foreign.id, 2**62):
        with pytest.raises(NotFound):
            await do(store, alice, change_contact, contact_id=gone, changes=ContactChanges())
    assert await all_events(store, alice) == events
