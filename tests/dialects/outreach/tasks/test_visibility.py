"""Where contacts are their owners', their tasks lead nobody else to them."""

from typing import Any

import pytest

from tests.core.sequences.records import enroll, open_task_of, sequence_of, template_of
from tests.dialects.outreach.asking import ids, listed
from tests.dialects.outreach.tasks.records import acted, end, patched, task_now
from tests.dialects.ysuite.test_visibility import hide
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.contacts.contact import Contact
from touchbook.core.deals.opening import open_deal
from touchbook.core.tasks.queries import find_task
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store

pytestmark = pytest.mark.req("RC-179")


async def test_tasks_of_others_contacts(store: Store, alice: Person, bob: Person, team: Team) -> None:
    contact = await contact_of(store, alice)
    await hide(store, team)
    task = await task_of(store, alice, contact_id=contact.id, kind="call")
    await acted(alice, task.id, "markComplete")
    sequence = await sequence_of(store, alice, "sms")
    await template_of(store, alice, sequence.steps[0], "Hello {{first_name}}")
    await enroll(store, alice, sequence, contact.id)
    for item in (await listed(bob, "/tasks", include="prospect,subject,call,sequenceState"))["data"]:
        assert item == await task_now(bob, item["id"])
        for name in ("prospect", "subject", "call", "sequenceState"):
            assert end(item, name) is None
        assert item["attributes"]["compiledSequenceTemplateHtml"] is None
    for item in (await listed(alice, "/tasks"))["data"]:
        assert end(item, "prospect") == end(item, "subject") == ("prospect", contact.id)


async def test_what_comes_back_keeps_the_contact(store: Store, alice: Person, bob: Person, team: Team) -> None:
    contact = await contact_of(store, alice)
    await hide(store, team)
    task = await task_of(store, alice, contact_id=contact.id)
    shown = await task_now(bob, task.id)
    answer = await bob.outreach.patch(f"/tasks/{task.id}", json={"data": shown})
    assert answer.status_code == 200
    await patched(bob, task.id, note="Otherwise")
    async with store.reading() as reader:
        assert (await find_task(reader, alice.caller, task.id)).first("contact") == contact.id


async def test_filters_lead_to_nobody_elses_contacts(store: Store, alice: Person, bob: Person, team: Team) -> None:
    hers, his = await contact_of(store, alice), await contact_of(store, bob)
    await hide(store, team)
    sequence = await sequence_of(store, alice, "email")
    await template_of(store, alice, sequence.steps[0], "Hello", subject="Hello")
    states = [await enroll(store, person, sequence, each.id) for person, each in ((alice, hers), (bob, his))]
    found = [await open_task_of(store, alice, state) for state in states]
    asked: dict[str, list[Any]] = {
        "prospect": [hers.id, his.id],
        "sequenceState": [state.id for state in states],
        "mailing": [task.mailing_id for task in found],
    }
    for name, values in asked.items():
        for value, task in zip(values, found, strict=True):
            query = {f"filter[{name}][id]": value}
            assert await ids(alice, "/tasks", **query) == [task.id]
            assert await ids(bob, "/tasks", **query) == ([task.id] if task is found[1] else [])
        assert await ids(bob, "/tasks", **{f"filter[{name}][id]": "__notnull__"}) == [found[1].id]
    deals = [await deal_for(store, person, each) for person, each in ((alice, hers), (bob, his))]
    for contact, deal in zip((hers, his), deals, strict=True):
        query = {"filter[prospects][id]": contact.id}
        assert await ids(bob, "/opportunities", **query) == ([deal] if contact is his else [])


async def deal_for(store: Store, person: Person, contact: Contact) -> int:
    async with store.transaction() as tx:
        return (await open_deal(tx, person.caller, title="House", contact_id=contact.id)).id
