"""What a task is about: listed, added, removed."""

from typing import Any

import pytest

from tests.dialects.rechat.records import NEVER, NO_UIDS, me, new_contact
from tests.dialects.rechat.tasks.records import associations_of, everything, link, new_listing, new_task, shown
from tests.dialects.rechat.wire import data_of, done, refusal_of, rows_of
from tests.factories import deal_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store


@pytest.fixture
async def task(store: Store, alice: Person) -> Any:
    """About a listing, then a contact of index 1, then a deal."""
    links = [
        link("listing", (await new_listing(alice))["id"]),
        link("contact", (await new_contact(alice))["id"], index=1, metadata={"a": 1}),
        link("deal", str((await deal_of(store, alice)).uid)),
    ]
    return await new_task(alice, associations=links)


@pytest.mark.req("RT-72", "RT-74")
async def test_they_are_listed_by_age_with_what_they_lead_to(alice: Person, task: Any) -> None:
    listing, contact, deal = await associations_of(alice, task)
    assert [each["association_type"] for each in (listing, contact, deal)] == ["listing", "contact", "deal"]
    assert (listing["listing"]["id"], listing["contact"], listing["deal"]) == (task["listings"][0], None, None)
    assert (contact["contact"]["id"], contact["index"], contact["metadata"]) == (task["contacts"][0], 1, {"a": 1})
    assert deal["deal"]["id"] == task["deals"][0]


@pytest.mark.req("RT-73", "RT-81")
async def test_each_has_the_members_that_are_asked_for(alice: Person, task: Any) -> None:
    rows = await associations_of(alice, task, "crm_association.listing,crm_association.contact")
    for row in rows:
        assert row.keys() & {"contact", "listing", "deal"} == {"contact", "listing"}
        for kind in ("contact", "listing"):
            assert (row[kind] is not None) == (row["association_type"] == kind)
        assert (row["created_by"], row["brand"], row["crm_task"]) == (me(alice), str(alice.team.uid), task["id"])


@pytest.mark.req("RT-75", "RT-76", "RT-80", "RT-82")
async def test_one_is_added(alice: Person, bob: Person) -> None:
    task, contact = await new_task(alice), await new_contact(alice)
    path = f"/crm/tasks/{task['id']}/associations"
    sent = link("contact", contact["id"], index=1, metadata={"note": "Hey"})
    added = data_of(await bob.rechat.post(path, json=sent, params={"associations": "crm_association.contact"}))
    assert (added["index"], added["metadata"], added["created_by"]) == (1, {"note": "Hey"}, me(bob))
    assert added["contact"]["id"] == contact["id"]
    assert not {"listing", "deal"} & added.keys()
    bare = data_of(await bob.rechat.post(path, json=link("listing", (await new_listing(alice))["id"])))
    assert (bare["index"], bare["metadata"]) == (None, None)
    assert not {"contact", "listing", "deal"} & bare.keys()
    after = await shown(alice, task)
    assert [each["id"] for each in after["associations"]] == [added["id"], bare["id"]]
    assert after["updated_at"] > task["updated_at"]


async def test_one_that_is_there_is_answered_again(alice: Person, task: Any) -> None:
    path = f"/crm/tasks/{task['id']}/associations"
    again = data_of(await alice.rechat.post(path, json=link("contact", task["contacts"][0])))
    assert again == task["associations"][0]
    assert (await shown(alice, task))["updated_at"] == task["updated_at"]


async def test_many_are_added_at_once(alice: Person) -> None:
    task, contacts = await new_task(alice), [await new_contact(alice) for _ in range(3)]
    path = f"/crm/tasks/{task['id']}/associations/bulk"
    answer = await alice.rechat.post(path, json=[link("contact", each["id"]) for each in contacts])
    assert [each["id"] for each in rows_of(answer, total=0)] == [
        each["id"] for each in (await shown(alice, task))["associations"]
    ]
    assert (await shown(alice, task))["contacts"] == [each["id"] for each in contacts]
    assert rows_of(await alice.rechat.post(path, json=[])) == []


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({}, marks=pytest.mark.req("RT-77")),
        pytest.param({"contact": NEVER}, marks=pytest.mark.req("RT-77")),
        pytest.param({"association_type": None, "contact": NEVER}, marks=pytest.mark.req("RT-77")),
        pytest.param({"association_type": "contact"}, marks=pytest.mark.req("RT-78")),
        pytest.param({"association_type": "contact", "contact": None}, marks=pytest.mark.req("RT-78")),
        pytest.param({"association_type": "contact", "listing": NEVER}, marks=pytest.mark.req("RT-78")),
        {"association_type": "account", "account": NEVER},
        {"association_type": "contact", "contact": "123456"},
        {"association_type": "contact", "contact": 5},
        {"association_type": "contact", "contact": {}},
        {"association_type": "contact", "contact": NEVER, "index": 2**31},
        {"association_type": "contact", "contact": NEVER, "metadata": "x"},
    ],
)
async def test_a_wrong_one_is_refused(alice: Person, sent: Any) -> None:
    task = await new_task(alice)
    path = f"/crm/tasks/{task['id']}/associations"
    refusal_of(await alice.rechat.post(path, json=sent), 400)
    refusal_of(await alice.rechat.post(f"{path}/bulk", json=[sent]), 400)
    assert await everything(alice) == [task]


@pytest.mark.parametrize("body", [b"", b"{}", b"[5]", b"[null]", b"null", b"[{]"])
async def test_many_come_as_a_list_of_objects(alice: Person, body: bytes) -> None:
    task = await new_task(alice)
    headers = {"content-type": "application/json"}
    path = f"/crm/tasks/{task['id']}/associations/bulk"
    refusal_of(await alice.rechat.post(path, content=body, headers=headers), 400)
    refusal_of(await alice.rechat.post(path, json=[link("contact", NEVER)] * 101), 400)


@pytest.mark.req("RT-79")
async def test_a_record_that_is_not_there_is_refused(alice: Person, charlie: Person) -> None:
    task, theirs, mine = await new_task(alice), await new_contact(charlie), await new_contact(alice)
    path = f"/crm/tasks/{task['id']}/associations"
    for kind, uid in (("contact", theirs["id"]), ("contact", NEVER), ("deal", NEVER), ("listing", NEVER)):
        assert refusal_of(await alice.rechat.post(path, json=link(kind, uid)), 404) == (
            f"{kind.capitalize()} {uid} not found"
        )
        many = [link("contact", mine["id"]), link(kind, uid)]
        refusal_of(await alice.rechat.post(f"{path}/bulk", json=many), 404)
    assert await everything(alice) == [task]


@pytest.mark.req("RT-83", "RT-84")
async def test_one_is_removed(alice: Person, task: Any) -> None:
    first, *rest = task["associations"]
    path = f"/crm/tasks/{task['id']}/associations"
    done(await alice.rechat.delete(f"{path}/{first['id']}"))
    after = await shown(alice, task)
    assert (after["associations"], after["contacts"]) == (rest, [])
    assert after["updated_at"] > task["updated_at"]
    for uid in (first["id"], NEVER):
        refusal_of(await alice.rechat.delete(f"{path}/{uid}"), 404)
    for text in NO_UIDS:
        refusal_of(await alice.rechat.delete(f"{path}/{text}"), 400)


@pytest.mark.req("RT-84")
async def test_one_of_another_task_is_not_there(alice: Person, task: Any) -> None:
    other = await new_task(alice)
    uid = task["associations"][0]["id"]
    refusal_of(await alice.rechat.delete(f"/crm/tasks/{other['id']}/associations/{uid}"), 404)
    assert await shown(alice, task) == task


@pytest.mark.req("RT-85", "RT-86")
async def test_many_are_removed_by_their_ids_or_by_what_they_lead_to(alice: Person, task: Any) -> None:
    path = f"/crm/tasks/{task['id']}/associations"
    kept = task["associations"][2]
    ids = f"{task['contacts'][0]},{task['associations'][1]['id']}"
    done(await alice.rechat.delete(path, params={"ids": ids}))
    assert (await shown(alice, task))["associations"] == [kept]
    done(await alice.rechat.delete(path, params={"ids[]": [NEVER, task["contacts"][0]]}))
    assert (await shown(alice, task))["associations"] == [kept]
    done(await alice.rechat.request("DELETE", path, json={"ids": [kept["id"]]}))
    assert (await shown(alice, task))["associations"] == []


@pytest.mark.req("RT-87")
async def test_ids_are_required(alice: Person, task: Any) -> None:
    path = f"/crm/tasks/{task['id']}/associations"
    for query in ({}, {"ids": "x"}, {"ids": f"{NEVER},5"}):
        assert refusal_of(await alice.rechat.delete(path, params=query), 400).keys() == {"ids"}
    assert (await alice.rechat.delete(path, params={"ids": ""})).status_code == 204
    assert await shown(alice, task) == task


@pytest.mark.req("RT-93")
async def test_only_whose_they_are_and_who_may_write(
    store: Store, alice: Person, charlie: Person, task: Any
) -> None:
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    mine = await new_contact(charlie)
    path, sent = f"/crm/tasks/{task['id']}/associations", link("contact", task["contacts"][0])
    for client, status in ((charlie.rechat, 404), (reader, 403)):
        theirs = link("contact", mine["id"]) if status == 404 else sent
        refusal_of(await client.post(path, json=theirs), status)
        refusal_of(await client.post(f"{path}/bulk", json=[theirs]), status)
        refusal_of(await client.delete(path, params={"ids": task["contacts"][0]}), status)
        refusal_of(await client.delete(f"{path}/{task['associations'][0]['id']}"), status)
    refusal_of(await charlie.rechat.get(path), 404)
    refusal_of(await alice.rechat.get(path, headers={"authorization": ""}), 401)
    refusal_of(await alice.rechat.put(path, json=sent), 405)
    refusal_of(await alice.rechat.get(f"/crm/tasks/{NEVER}/associations"), 404)
    assert await shown(alice, task) == task


async def test_the_lead_of_a_task_follows_its_first_contact(alice: Person) -> None:
    task, contact = await new_task(alice), await new_contact(alice)
    assert (await close_task(alice))["lead_id"] is None
    path = f"/crm/tasks/{task['id']}/associations"
    await alice.rechat.post(path, json=link("contact", contact["id"]))
    lead = (await close_task(alice))["lead_id"]
    assert lead is not None
    done(await alice.rechat.delete(path, params={"ids": contact["id"]}))
    assert (await close_task(alice))["lead_id"] is None


async def close_task(person: Person) -> Any:
    return (await person.close.get("/task/", params={"_type": "all"})).json()["data"][0]


async def test_a_task_has_so_many_and_no_more(alice: Person) -> None:
    sent = {"contacts": [{"user": me(alice), "attributes": [{"attribute_type": "note", "text": "x"}]}] * 501}
    ids = (await alice.rechat.post("/contacts", json=sent)).json()["data"]
    task = await new_task(alice)
    path = f"/crm/tasks/{task['id']}/associations/bulk"
    for begin in range(0, 500, 100):
        rows_of(await alice.rechat.post(path, json=[link("contact", uid) for uid in ids[begin : begin + 100]]))
    refusal_of(await alice.rechat.post(path, json=[link("contact", ids[500])]), 400)
    rows_of(await alice.rechat.post(path, json=[link("contact", ids[0])]))
    assert (await shown(alice, task))["contacts"] == ids[:500]
