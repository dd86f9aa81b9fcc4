"""What else is known of a contact: its URLs, the first of which is its website elsewhere, and its time zone."""

from typing import Any

import pytest

from tests.dialects.close.records import new_contact, new_lead
from tests.dialects.close.wire import data_of, refusal_of
from tests.people import Person

FACTS: dict[str, Any] = {
    "title": "Waitress",
    "timezone": "America/Los_Angeles",
    "urls": [
        {"url": "https://sarah.example", "type": "url"},
        {"url": "https://sarah.example/work", "type": "office"},
    ],
}


async def test_they_come_back_as_they_were_sent(alice: Person, bob: Person) -> None:
    lead = await new_lead(alice)
    made = await new_contact(alice, lead, **FACTS)
    assert {name: made[name] for name in FACTS} == FACTS
    assert data_of(await bob.close.get("/contact/")) == [made]
    assert data_of(await bob.close.get(f"/lead/{lead['id']}/"))["contacts"] == [made]
    plain = await new_contact(alice, lead, "Kate Brewster")
    assert [plain[name] for name in FACTS] == [None, None, []]
    path = f"/contact/{plain['id']}/"
    changed = data_of(await alice.close.put(path, json=FACTS))
    assert {name: changed[name] for name in FACTS} == FACTS
    assert data_of(await bob.close.put(path, json=changed)) == changed
    cleared = data_of(await alice.close.put(path, json={"title": None, "timezone": None, "urls": []}))
    assert cleared == {**plain, "date_updated": cleared["date_updated"]}


@pytest.mark.parametrize(
    "urls",
    [
        [{"url": "https://sarah.example", "type": "office"}],
        [{"url": "https://sarah.example/work", "type": "office"}, {"url": "https://sarah.example", "type": "url"}],
        [{"url": "https://x.example", "type": "url"}] * 2,
        [{"url": "https://x.example", "type": "url"}],
    ],
)
async def test_urls_are_replaced_as_a_whole(alice: Person, urls: list[Any]) -> None:
    made = await new_contact(alice, await new_lead(alice), **FACTS)
    changed = data_of(await alice.close.put(f"/contact/{made['id']}/", json={"urls": urls}))
    assert changed["urls"] == urls


async def test_the_first_url_is_the_website(alice: Person) -> None:
    made = await new_contact(alice, await new_lead(alice), **FACTS)
    first, second = FACTS["urls"]
    [contact] = (await alice.rechat.get("/contacts", params={"associations[]": "contact.attributes"})).json()[
        "data"
    ]
    assert contact["website"] == [first["url"]]
    [website] = [each for each in contact["attributes"] if each["attribute_type"] == "website"]
    body = {"attributes": [{"id": website["id"], "text": "https://connor.example"}]}
    assert (await alice.rechat.patch(f"/contacts/{contact['id']}", json=body)).status_code == 200
    path = f"/contact/{made['id']}/"
    assert data_of(await alice.close.get(path))["urls"] == [
        {"url": "https://connor.example", "type": "url"},
        second,
    ]
    assert (await alice.rechat.delete(f"/contacts/{contact['id']}/attributes/{website['id']}")).status_code < 300
    assert data_of(await alice.close.get(path))["urls"] == [second]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"title": 1}, "title"),
        ({"timezone": 1}, "timezone"),
        ({"urls": None}, "urls"),
        ({"urls": ["https://x.example"]}, "urls"),
        ({"urls": [{"url": ""}]}, "urls"),
        ({"urls": [{"type": "url"}]}, "urls"),
        ({"urls": [{"url": "x" * 2049}]}, "urls"),
        ({"urls": [{"url": "https://x.example"}] * 101}, "urls"),
    ],
)
async def test_what_is_wrong_is_refused_by_name(alice: Person, sent: dict[str, Any], wrong: str) -> None:
    lead = await new_lead(alice)
    made = await new_contact(alice, lead)
    for answer in (
        await alice.close.post("/contact/", json={"lead_id": lead["id"], "name": "X", **sent}),
        await alice.close.put(f"/contact/{made['id']}/", json=sent),
    ):
        assert {name.partition(".")[0].partition("[")[0] for name in refusal_of(answer, 400)} == {wrong}
    assert data_of(await alice.close.get("/contact/")) == [made]
