"""Where contacts are their owners', their tasks lead nobody else to them."""

import pytest

from tests.core.sequences.records import enroll, sequence_of, template_of
from tests.dialects.outreach.asking import listed
from tests.dialects.outreach.tasks.records import acted, end, patched, task_now
from tests.dialects.ysuite.test_visibility import hide
from tests.factories import contact_of, task_of
from tests.people import Person
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
