"""A-45: which deal a task is about when it is to be the contact's most recent one."""

from tests.core.sequences.records import Clock, do
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.deals.changing import DealChanges, change_deal
from touchbook.core.deals.deleting import delete_deals
from touchbook.core.deals.opening import open_deal
from touchbook.core.deals.queries import recent_deals
from touchbook.store.postgres import Store


async def test_the_newest_and_the_last_changed(store: Store, alice: Person, charlie: Person) -> None:
    clock, contact = Clock(store), await contact_of(store, alice)
    deals = []
    for title in ("first", "second", "third", "won"):
        clock.pass_by(60)
        deals.append(await do(clock.store, alice, open_deal, title=title, contact_id=contact.id))
    first, second, third, won = deals
    await do(clock.store, alice, open_deal, title="elsewhere", contact_id=(await contact_of(store, alice)).id)

    async def recent(by: str) -> int | None:
        return (await do(store, alice, recent_deals, contact_ids=[contact.id], by=by)).get(contact.id)  # type: ignore[no-any-return]

    clock.pass_by(60)
    await do(clock.store, alice, change_deal, deal_id=won.id, changes=DealChanges(status="won"))
    assert (await recent("created"), await recent("updated")) == (third.id, third.id)
    clock.pass_by(60)
    await do(clock.store, alice, change_deal, deal_id=first.id, changes=DealChanges(title="changed"))
    assert (await recent("created"), await recent("updated")) == (third.id, first.id)
    await do(clock.store, alice, delete_deals, deal_ids=[third.id])
    assert (await recent("created"), await recent("updated")) == (second.id, first.id)
    assert await do(store, charlie, recent_deals, contact_ids=[contact.id], by="created") == {}
