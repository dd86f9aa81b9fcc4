"""A deal changes in one way, and leads to what stands alone."""

import asyncio
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tests.core.contacts.rows import events_of
from tests.core.sequences.records import do
from tests.factories import contact_of, deal_of
from tests.people import Person
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.deals.changing import DealChanges, change_deal
from touchbook.core.deals.deleting import delete_deals
from touchbook.core.deals.opening import open_deal
from touchbook.core.deals.participants import add_participant
from touchbook.core.deals.queries import find_deal
from touchbook.core.errors import NotFound, TouchbookError, UnknownRecord
from touchbook.core.teams.leaving import leave_team
from touchbook.store.postgres import Store

ROUNDS = 10


async def test_the_event_tells_what_differs_alone(store: Store, alice: Person, bob: Person) -> None:
    deal = await deal_of(store, alice)
    changes = DealChanges(title=deal.title, amount=Decimal("12.50"), owner_id=bob.user_id)
    changed = await do(store, bob, change_deal, deal_id=deal.id, changes=changes)
    assert (changed.title, changed.amount, changed.owner_id) == (deal.title, Decimal("12.50"), bob.user_id)
    assert changed.updated_at > deal.updated_at
    assert await do(store, bob, change_deal, deal_id=deal.id, changes=changes) is None
    kinds = await events_of(store, alice, "deal", deal.id)
    owner = {"amount": "12.50", "owner": str(bob.caller.user_uid)}
    assert kinds[1:] == [("deal.updated", owner)]


async def test_a_deal_comes_to_nothing_that_is_not_there(
    store: Store, alice: Person, bob: Person, charlie: Person
) -> None:
    deal, foreign = await deal_of(store, alice), await deal_of(store, charlie)
    gone = await contact_of(store, alice, "Kyle Reese")
    await do(store, alice, delete_contacts, contact_ids=[gone.id])
    await do(store, alice, leave_team, user_id=bob.user_id)
    lost: list[dict[str, Any]] = [
        {"contact_id": gone.id},
        {"account_id": gone.account_id},
        {"owner_id": bob.user_id},
        {"contact_id": foreign.contact_id},
        {"account_id": foreign.account_id},
        {"owner_id": charlie.user_id},
    ]
    for members in lost:
        with pytest.raises(UnknownRecord):
            await do(store, alice, change_deal, deal_id=deal.id, changes=DealChanges(title="Roof", **members))
        with pytest.raises(UnknownRecord):
            await do(store, alice, open_deal, title="Roof", **{"account_id": deal.account_id, **members})
    assert await do(store, alice, change_deal, deal_id=deal.id, changes=DealChanges(title=deal.title)) is None


async def test_what_a_deal_leads_to_is_gone_with_it_and_the_deal_can_be_sent_back(
    store: Store, alice: Person
) -> None:
    deal = await deal_of(store, alice)
    await do(store, alice, delete_contacts, contact_ids=[deal.contact_id])
    shown = await do(store, alice, find_deal, deal_id=deal.id)
    assert shown.contact_id is None
    changes = DealChanges(contact_id=shown.contact_id, title="Roof")
    assert (await do(store, alice, change_deal, deal_id=deal.id, changes=changes)).title == "Roof"
    with pytest.raises(UnknownRecord):
        await do(store, alice, change_deal, deal_id=deal.id, changes=DealChanges(contact_id=deal.contact_id))


async def test_the_contact_that_is_not_seen_stays(store: Store, alice: Person, bob: Person) -> None:
    deal = await deal_of(store, alice)
    hiding = msgspec.structs.replace(bob.caller, own_contacts_only=True)
    async with store.transaction() as tx:
        changed = await change_deal(tx, hiding, deal.id, DealChanges(contact_id=None, title="Roof"))
    assert changed is not None
    assert changed.contact_id is None
    assert (await do(store, alice, find_deal, deal_id=deal.id)).contact_id == deal.contact_id


async def test_a_deleted_deal_is_not_found(store: Store, alice: Person) -> None:
    deal = await deal_of(store, alice)
    assert await do(store, alice, delete_deals, deal_ids=[deal.id]) == 1
    assert await do(store, alice, delete_deals, deal_ids=[deal.id]) == 0
    with pytest.raises(NotFound):
        await do(store, alice, change_deal, deal_id=deal.id, changes=DealChanges(title="Roof"))
    with pytest.raises(NotFound):
        await do(store, alice, add_participant, deal=deal, role="Buyer")
    told = [kind for kind, _ in await events_of(store, alice, "deal", deal.id)]
    assert told == ["deal.created", "deal.deleted"]


async def test_no_deal_outlives_an_account_that_is_being_deleted(store: Store, alice: Person) -> None:
    """Opened in it, or moved to it."""
    moving = await deal_of(store, alice)
    for _ in range(ROUNDS):
        account = await do(store, alice, open_account, kind="company", name="Cyberdyne")
        outcomes = await asyncio.gather(
            do(store, alice, delete_account, account=account),
            do(store, alice, open_deal, title="Roof", account_id=account.id),
            do(store, alice, change_deal, deal_id=moving.id, changes=DealChanges(account_id=account.id)),
            return_exceptions=True,
        )
        assert [each for each in outcomes if isinstance(each, BaseException) and not _is_refusal(each)] == []
        async with store.reading() as reader:
            left = await reader.fetch_value(
                """select count(*) from deals d
                where d.team_id = $1 and d.account_id = $2 and d.deleted_at is null""",
                alice.team.id,
                account.id,
            )
        assert left == 0
        moving = await deal_of(store, alice)


def _is_refusal(outcome: BaseException) -> bool:
    return isinstance(outcome, TouchbookError)


async def test_a_deal_of_an_unknown_contact_is_refused_as_a_reference(
    store: Store, alice: Person, charlie: Person
) -> None:
    """It may go while the deal is being made: the write is refused, not the place that was asked."""
    gone, stranger = await contact_of(store, alice), await contact_of(store, charlie)
    async with store.transaction() as tx:
        await delete_contacts(tx, alice.caller, [gone.id])
    for contact in (gone, stranger):
        async with store.transaction() as tx:
            with pytest.raises(UnknownRecord):
                await open_deal(tx, alice.caller, title="Roof", contact_id=contact.id)
