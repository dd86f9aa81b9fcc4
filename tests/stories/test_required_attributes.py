"""A required attribute of Rechat is Rechat's rule: dialects that cannot send it are not refused for it (M-10)."""

from typing import Any

import pytest

from tests.dialects.close.records import new_contact, new_lead
from tests.dialects.close.wire import data_of
from tests.dialects.outreach.asking import changed, created, sent
from tests.dialects.rechat import records as rechat
from tests.people import Person


async def through_close(person: Person) -> Any:
    made = await new_contact(person, await new_lead(person))
    return data_of(await person.close.put(f"/contact/{made['id']}/", json={"title": "Waitress"}))


async def with_a_lead(person: Person) -> Any:
    lead = await new_lead(person, contacts=[{"name": "Sarah Connor"}])
    return lead["contacts"][0]


async def through_outreach(person: Person) -> Any:
    made = await created(person, "/prospects", sent("prospect", firstName="Sarah", emails=["sarah@example.com"]))
    return await changed(person, f"/prospects/{made['id']}", sent("prospect", made["id"], emails=[]))


@pytest.mark.parametrize("write", [through_close, with_a_lead, through_outreach])
@pytest.mark.req("RC-177")
async def test_it_is_required_in_rechat_alone(alice: Person, write: Any) -> None:
    await rechat.new_definition(alice, "drink", required=True, label="Drink")
    assert await write(alice)
    lacking = {"user": rechat.me(alice), "attributes": [rechat.a("note", "x")]}
    assert (await rechat.create(alice, lacking)).status_code == 400
    contact = (await rechat.everything(alice))[0]
    answer = await alice.rechat.post(
        f"/contacts/{contact['id']}/attributes", json={"attributes": [rechat.a("drink", "Tea")]}
    )
    assert answer.status_code == 200
