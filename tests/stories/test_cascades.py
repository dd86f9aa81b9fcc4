"""Whatever changes along with a record tells it too: every record that changed has its event."""

from typing import Any

import pytest
from msgspec import Struct

from tests.dialects.close.records import new_contact, new_lead, new_opportunity, new_task
from tests.dialects.rechat.records import a
from tests.dialects.rechat.wire import done, rows_of
from tests.factories import contact_of, deal_of, tag_of, task_of
from tests.people import Person, new_key
from tests.stories.events import Told, count_told, told_in
from tests.stories.telling import told
from touchbook.core.contacts.queries import find_contact
from touchbook.core.teams.issuing import revoke_key
from touchbook.core.teams.leaving import leave_team
from touchbook.store.postgres import Store


class Lead(Struct, frozen=True):
    """The ids of a team's only lead, contact, task and deal, and what Close calls the lead."""

    id: str
    account: int
    contact: int
    task: int
    deal: int


async def whole_lead(store: Store, person: Person) -> Lead:
    lead = await new_lead(person)
    contact = (await new_contact(person, lead))["id"]
    await new_task(person, lead, contact_id=contact)
    await new_opportunity(person, lead, contact_id=contact)
    async with store.reading() as reader:
        row = await reader.fetch_row(
            """select a.id as account, c.id as contact, t.id as task, d.id as deal from accounts a
            join contacts c on c.team_id = $1 and c.account_id = a.id
            join tasks t on t.team_id = $1 and t.account_id = a.id
            join deals d on d.team_id = $1 and d.account_id = a.id where a.team_id = $1""",
            person.team.id,
        )
    assert row is not None
    return Lead(lead["id"], **row)


def brief(events: list[Told]) -> list[tuple[str, int | None]]:
    return [(each.kind, each.subject_id) for each in events]


async def delete_in_close(person: Person, lead: Lead) -> None:
    told(await person.close.delete(f"/lead/{lead.id}/"))


async def delete_in_outreach(person: Person, lead: Lead) -> None:
    assert (await person.outreach.delete(f"/accounts/{lead.account}")).status_code == 204


@pytest.mark.parametrize("delete", [delete_in_close, delete_in_outreach])
async def test_a_deleted_lead_tells_all_that_goes_along(store: Store, alice: Person, delete: Any) -> None:
    lead = await whole_lead(store, alice)
    before = await count_told(store, alice)
    await delete(alice, lead)
    assert brief(await told_in(store, alice, before)) == [
        ("account.deleted", lead.account),
        ("contact.deleted", lead.contact),
        ("deal.deleted", lead.deal),
        ("task.deleted", lead.task),
    ]


async def test_another_company_tells_all_that_moves(store: Store, alice: Person) -> None:
    """The account that the contact had to itself is closed; its task and its deal go with it."""
    deal = await deal_of(store, alice)
    async with store.reading() as reader:
        contact = await find_contact(reader, alice.caller, deal.contact_id or 0)
    task = await task_of(store, alice, contact_id=contact.id)
    before = await count_told(store, alice)
    sent = {"attributes": [a("company", "Skynet")]}
    rows_of(await alice.rechat.post(f"/contacts/{contact.uid}/attributes", json=sent))
    events = await told_in(store, alice, before)
    async with store.reading() as reader:
        moved = await find_contact(reader, alice.caller, contact.id)
    assert brief(events) == [
        ("account.created", moved.account_id),
        ("contact.updated", contact.id),
        ("contact.moved", contact.id),
        ("task.updated", task.id),
        ("deal.updated", deal.id),
        ("account.closed", contact.account_id),
    ]
    to = {each.changes["account"] for each in events[2:5]}
    assert len(to) == 1


async def test_merged_tags_tell_all_that_had_them(store: Store, alice: Person) -> None:
    cold = await tag_of(store, alice, "Cold")
    contact = await contact_of(store, alice, tags=["Cold"])
    task = await task_of(store, alice, tags=[cold.id])
    before = await count_told(store, alice)
    done(await alice.rechat.patch("/contacts/tags/Cold", json={"tag": "Hot"}))
    events = await told_in(store, alice, before)
    assert brief(events) == [
        ("tag.merged", cold.id),
        ("contact.updated", contact.id),
        ("contact.updated", contact.id),
        ("task.updated", task.id),
    ]
    assert [set(each.changes) for each in events] == [{"into", "text"}, {"attributes"}, {"touch_freq"}, {"tags"}]


def key_id(text: str) -> int:
    return int(text.removeprefix("tb_").split("_", 1)[0])


async def test_a_revoked_key_tells_it_once(store: Store, alice: Person, bob: Person) -> None:
    before = await count_told(store, alice)
    for _ in range(2):
        async with store.transaction() as tx:
            await revoke_key(tx, key_id=key_id(bob.key))
    events = await told_in(store, alice, before)
    assert events == [("key.revoked", key_id(bob.key), {"user": str(bob.caller.user_uid)})]


async def test_who_leaves_tells_of_every_key_that_ends(store: Store, alice: Person, bob: Person) -> None:
    keys = [bob.key, await new_key(store, bob, "read")]
    before = await count_told(store, alice)
    for _ in range(2):
        async with store.transaction() as tx:
            await leave_team(tx, alice.caller, user_id=bob.user_id)
    assert brief(await told_in(store, alice, before)) == [
        ("member.left", bob.user_id),
        *(("key.revoked", key_id(key)) for key in keys),
    ]
