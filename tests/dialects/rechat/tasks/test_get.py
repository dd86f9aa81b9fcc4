import pytest

from tests.dialects.rechat.records import NEVER, NO_UIDS, me, new_contact
from tests.dialects.rechat.tasks.records import (
    ASKED,
    DUE,
    EVERYTHING,
    link,
    new_listing,
    new_task,
    shown,
)
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.factories import deal_of, task_of
from tests.people import Person, new_key, rechat_client
from touchbook.core.deals.participants import add_participant
from touchbook.store.postgres import Store


@pytest.mark.parametrize(
    ("asked", "members"),
    [
        pytest.param("crm_task.assignees", {"assignees"}, marks=pytest.mark.req("RT-19")),
        pytest.param(
            "crm_task.associations",
            {"associations", "contacts", "deals", "listings", "emails"},
            marks=pytest.mark.req("RT-20"),
        ),
        pytest.param("crm_task.reminders", {"reminders"}, marks=pytest.mark.req("RT-21")),
        pytest.param("crm_task.created_by", {"created_by"}, marks=pytest.mark.req("RT-22")),
        pytest.param("crm_task.updated_by", {"updated_by"}, marks=pytest.mark.req("RT-23")),
        pytest.param("crm_task.files", {"files"}, marks=pytest.mark.req("RT-24")),
        pytest.param("", set(), marks=pytest.mark.req("RT-18")),
        pytest.param("crm_association.contact", set(), marks=pytest.mark.req("RT-18")),
        pytest.param("crm_task.nothing,x,crm_task.,", set(), marks=pytest.mark.req("RT-27")),
        pytest.param(
            "crm_task.assignees,crm_task.reminders", {"assignees", "reminders"}, marks=pytest.mark.req("RT-25")
        ),
        pytest.param(EVERYTHING, ASKED, marks=pytest.mark.req("RT-25")),
    ],
)
async def test_members_are_there_when_they_are_asked_for(alice: Person, asked: str, members: set[str]) -> None:
    task = await shown(alice, await new_task(alice), asked)
    assert task.keys() & ASKED == members
    assert len(task) == 15 + len(members)
    assert all(task[name] == [] for name in members - {"created_by", "updated_by"})


@pytest.mark.req("RT-26")
async def test_names_may_come_in_three_ways(alice: Person) -> None:
    task = await new_task(alice)
    whole = await shown(alice, task, "crm_task.assignees,crm_task.reminders")
    for query in (
        "associations=crm_task.assignees&associations=crm_task.reminders",
        "associations[]=crm_task.assignees&associations[]=crm_task.reminders",
        "associations%5B%5D=crm_task.assignees,crm_task.reminders",
    ):
        assert data_of(await alice.rechat.get(f"/crm/tasks/{task['id']}?{query}")) == whole


@pytest.mark.req("RT-19", "RT-22", "RT-23", "RT-88", "RT-89")
async def test_users_are_whole(alice: Person, bob: Person) -> None:
    task = await new_task(alice, assignees=[me(bob), me(alice)])
    asked = "crm_task.assignees,crm_task.created_by,crm_task.updated_by"
    before = await shown(alice, task, asked)
    assert before["updated_by"] is None
    await bob.rechat.put(f"/crm/tasks/{task['id']}", json={"title": "Other"})
    after = await shown(alice, task, asked)
    people = [*after["assignees"], after["created_by"], after["updated_by"]]
    assert [user["id"] for user in people] == [me(bob), me(alice), me(alice), me(bob)]
    for user in people:
        assert (len(user), user["type"]) == (48, "user")
        assert user["display_name"] == f"{user['first_name']} {user['last_name']}"
        assert user["abbreviated_display_name"] == user["first_name"]
        assert " - " in user["current_time"]


@pytest.mark.req("RT-70", "RT-71", "RT-82")
async def test_associations_stand_by_index_then_by_age(alice: Person) -> None:
    contacts = [await new_contact(alice) for _ in range(4)]
    indexes = (None, 5, None, -1)
    links = [link("contact", each["id"], index=index) for each, index in zip(contacts, indexes, strict=True)]
    task = await new_task(alice, associations=links)
    task = await shown(alice, task, "crm_task.associations")
    assert [each["index"] for each in task["associations"]] == [-1, 5, None, None]
    assert task["contacts"] == [contacts[place]["id"] for place in (3, 1, 0, 2)]
    assert not any({"contact", "deal", "listing"} & each.keys() for each in task["associations"])


async def test_records_are_shown_within_associations(store: Store, alice: Person) -> None:
    contact, listing, deal = (
        await new_contact(alice),
        await new_listing(alice, rooms=3),
        await deal_of(store, alice),
    )
    async with store.transaction() as tx:
        await add_participant(tx, alice.caller, deal, role="Buyer", email="buyer@example.com")
    links = [link("contact", contact["id"]), link("listing", listing["id"]), link("deal", str(deal.uid))]
    task = await shown(alice, await new_task(alice, associations=links), EVERYTHING)
    first, second, third = task["associations"]
    assert first["contact"] == {name: contact[name] for name in first["contact"]}
    assert (first["listing"], first["deal"]) == (None, None)
    assert second["listing"] == listing
    assert (third["deal"]["id"], third["deal"]["title"]) == (str(deal.uid), deal.title)
    assert [(each["role"], each["email"]) for each in third["deal"]["roles"]] == [("Buyer", "buyer@example.com")]
    omitted = await alice.rechat.get(
        f"/crm/tasks/{task['id']}",
        params={"associations": EVERYTHING, "omit[]": ["crm_task.metadata", "contact.emails"]},
    )
    assert "metadata" not in data_of(omitted)
    assert "emails" not in data_of(omitted)["associations"][0]["contact"]


async def test_where_contacts_are_their_owners_others_are_not_shown(
    store: Store, alice: Person, bob: Person
) -> None:
    mine, theirs = await new_contact(bob), await new_contact(alice)
    task = await new_task(alice, associations=[link("contact", each["id"]) for each in (mine, theirs)])
    await alice.touchbook.patch("/team", json={"contacts_visible": "owner"})
    key = rechat_client(bob.url, await new_key(store, bob, "write"))
    seen = data_of(await key.get(f"/crm/tasks/{task['id']}", params={"associations": EVERYTHING}))
    assert seen["contacts"] == [mine["id"]]
    refusal_of(await key.post(f"/crm/tasks/{task['id']}/associations", json=link("contact", theirs["id"])), 404)


async def test_a_task_of_another_dialect_has_a_title_and_no_account_among_its_links(
    store: Store, alice: Person
) -> None:
    made = await task_of(store, alice, None, description="Call back\nsoon", due_at=None)
    task = await shown(alice, {"id": str(made.uid)})
    assert (task["title"], task["due_date"], task["associations"]) == ("Call back", None, [])
    lead = (await alice.close.post("/lead/", json={"name": "Skynet"})).json()["id"]
    close = (await alice.close.post("/task/", json={"lead_id": lead, "text": "Write"})).json()
    assert close["lead_id"] == lead
    answer = await alice.rechat.get("/crm/tasks", params={"q": "write", "associations": "crm_task.associations"})
    assert [each["associations"] for each in answer.json()["data"]] == [[]]


@pytest.mark.req("RT-51", "RT-52", "RT-93")
async def test_only_whose_it_is_gets_it(alice: Person, charlie: Person) -> None:
    task = await new_task(alice, due_date=DUE)
    for uid in (task["id"], NEVER):
        assert refusal_of(await charlie.rechat.get(f"/crm/tasks/{uid}"), 404) == f"Task {uid} not found"
    for text in NO_UIDS:
        assert refusal_of(await alice.rechat.get(f"/crm/tasks/{text}"), 400).keys() == {"id"}
    refusal_of(await alice.rechat.get(f"/crm/tasks/{task['id']}", headers={"authorization": ""}), 401)
    assert data_of(await alice.rechat.get(f"/crm/tasks/{task['id']}/"))["id"] == task["id"]
