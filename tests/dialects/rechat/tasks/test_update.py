from typing import Any

import pytest

from tests.core.tasks.verbs import edit_task
from tests.dialects.rechat.records import NEVER, NO_UIDS, me, new_contact
from tests.dialects.rechat.tasks.records import (
    DUE,
    END,
    EVERYTHING,
    HOUR,
    PARTS,
    changed,
    everything,
    link,
    new_listing,
    new_task,
    put,
    said,
    shown,
)
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.people import Person, new_key, rechat_client
from touchbook.core.tasks.completing import cancel_task
from touchbook.core.tasks.queries import find_task_by_uid
from touchbook.store.postgres import Store


@pytest.mark.req("RT-34", "RT-35", "RT-92")
async def test_members_are_changed_and_the_whole_task_answered(alice: Person, bob: Person) -> None:
    task = await new_task(alice, metadata={"a": 1})
    sent = {
        "title": "Goodbye",
        "description": "All of it",
        "due_date": DUE + 86_400,
        "end_date": END,
        "task_type": "Call",
        "metadata": {"template": "<html></html>"},
        "status": "DONE",
    }
    after = data_of(await put(bob, task, "", **sent))
    for part in ("assignees", "associations", "reminders", "contacts", "deals", "listings", "emails"):
        del task[part]
    assert after == {**task, **sent, "updated_at": after["updated_at"]}
    assert after["updated_at"] > task["updated_at"]
    assert await shown(alice, task, "") == after


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Goodbye"), ("description", "All of it"), ("description", None), ("due_date", DUE + 1),
        ("end_date", END + 1), ("end_date", None), ("task_type", "Message"), ("metadata", {"a": True}),
        ("metadata", None), ("status", "DONE"), ("all_day", True),
    ],
)  # fmt: skip
@pytest.mark.req("RT-35", "RT-92")
async def test_what_is_not_sent_stays(alice: Person, name: str, value: Any) -> None:
    contact = await new_contact(alice)
    task = await new_task(
        alice,
        description="Something",
        end_date=END,
        metadata={"a": 1},
        assignees=[me(alice)],
        associations=[link("contact", contact["id"])],
        reminders=[{"is_relative": False, "timestamp": DUE}],
    )
    after = await changed(alice, task, **{name: value})
    assert after == {**task, name: value, "updated_at": after["updated_at"]}
    assert after["updated_at"] > task["updated_at"]


@pytest.mark.req("RT-36", "RT-92")
async def test_a_whole_task_sent_back_changes_nothing(alice: Person, bob: Person) -> None:
    contact, listing = await new_contact(alice), await new_listing(alice)
    links = [link("contact", contact["id"], index=2), link("listing", listing["id"], metadata={"a": 1})]
    made = await new_task(
        alice,
        assignees=[me(bob), me(alice)],
        associations=links,
        reminders=[{"is_relative": True, "timestamp": DUE - HOUR}],
    )
    task = await shown(alice, made, EVERYTHING)
    after = data_of(
        await bob.rechat.put(f"/crm/tasks/{task['id']}", json=task, params={"associations": EVERYTHING})
    )
    updater = {name: after[name] for name in ("updated_at", "updated_by")}
    assert after == {**task, **updater}
    assert after["updated_at"] > task["updated_at"]
    assert after["updated_by"]["id"] == me(bob)


@pytest.mark.req("RT-36")
async def test_what_the_server_gives_is_passed_over(alice: Person) -> None:
    task = await new_task(alice)
    given = {
        "id": NEVER,
        "created_at": 1,
        "updated_at": 1,
        "deleted_at": 1,
        "kind": "x",
        "brand": NEVER,
        "type": "x",
    }
    after = await changed(alice, task, **given)
    assert after == {**task, "updated_at": after["updated_at"]}


@pytest.mark.req("RT-37", "RT-38", "RT-39")
async def test_assignees_are_replaced(alice: Person, bob: Person) -> None:
    task = await new_task(alice, assignees=[me(bob)])
    for members, expected in (
        ({}, [me(bob)]),
        ({"assignees": [me(alice)]}, [me(alice)]),
        ({"assignees": [{"id": me(bob), "type": "user"}, me(alice)]}, [me(bob), me(alice)]),
        ({"assignees": []}, []),
    ):
        after = await changed(alice, task, **members)
        assert [user["id"] for user in after["assignees"]] == expected


async def test_who_left_may_stay_assigned(store: Store, alice: Person, bob: Person) -> None:
    task = await new_task(alice, assignees=[me(bob)])
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = now() where team_id = $1 and user_id = $2", alice.team.id, bob.user_id
        )
    after = await changed(alice, task, assignees=[me(alice), me(bob)])
    assert [user["id"] for user in after["assignees"]] == [me(alice), me(bob)]
    await changed(alice, task, assignees=[])
    assert refusal_of(await put(alice, task, assignees=[me(bob)]), 400).keys() == {"assignee"}


@pytest.mark.req("RT-40", "RT-47", "RT-48", "RT-49")
async def test_associations_are_changed_by_id_and_added_without(alice: Person, bob: Person) -> None:
    john, kate, listing = await new_contact(alice), await new_contact(alice), await new_listing(alice)
    links = [link("contact", john["id"], metadata={"note": "a"}), link("listing", listing["id"])]
    task = await new_task(alice, associations=links)
    first, second = task["associations"]
    assert (await changed(alice, task, title="Again"))["associations"] == [first, second]

    sent = [
        {**first, "metadata": {"origin": "rechat"}, "index": 1, "contact": john["id"], "listing": None},
        link("contact", kate["id"]),
    ]
    after = await changed(bob, task, associations=sent)
    assert [each["id"] for each in after["associations"][:2]] == [first["id"], second["id"]]
    edited, kept, added = after["associations"]
    assert edited == {**first, "metadata": {"origin": "rechat"}, "index": 1, "updated_at": edited["updated_at"]}
    assert edited["updated_at"] > first["updated_at"]
    assert kept == second
    assert (added["index"], added["metadata"], added["created_by"]) == (None, None, me(bob))
    assert after["contacts"] == [john["id"], kate["id"]]


async def test_a_link_asked_for_again_is_the_same_link(alice: Person) -> None:
    contact = await new_contact(alice)
    task = await new_task(alice, associations=[link("contact", contact["id"], metadata={"a": 1})])
    (before,) = task["associations"]
    (after,) = (await changed(alice, task, associations=[link("contact", contact["id"], index=4)]))["associations"]
    assert after == {**before, "index": 4, "updated_at": after["updated_at"]}


async def test_metadata_of_a_link_tell_true_from_one(alice: Person) -> None:
    contact = await new_contact(alice)
    task = await new_task(alice, associations=[link("contact", contact["id"], metadata={"a": 1})])
    (before,) = task["associations"]
    (after,) = (await changed(alice, task, associations=[{**before, "metadata": {"a": True}}]))["associations"]
    assert after["metadata"]["a"] is True


async def test_what_a_link_leads_to_cannot_be_changed(alice: Person) -> None:
    john, kate = await new_contact(alice), await new_contact(alice)
    task = await new_task(alice, associations=[link("contact", john["id"])])
    (before,) = task["associations"]
    for other in ({"contact": kate["id"]}, {"association_type": "deal"}):
        refusal_of(await put(alice, task, title="No", associations=[{**before, **other}]), 400)
    refusal_of(await put(alice, task, title="No", associations=[{**before, "id": NEVER}]), 404)
    assert await everything(alice) == [task]


@pytest.mark.req("RT-50")
async def test_contacts_are_shown_within_associations(alice: Person) -> None:
    contact, listing = await new_contact(alice), await new_listing(alice)
    task = await new_task(alice)
    links = [link("contact", contact["id"]), link("listing", listing["id"])]
    asked = "crm_association.contact,crm_task.associations"
    after = data_of(await put(alice, task, asked, associations=links))
    first, second = after["associations"]
    assert first["contact"] == {name: contact[name] for name in first["contact"]}
    assert len(first["contact"]) == 46
    assert second["contact"] is None
    assert not {"listing", "deal"} & (first.keys() | second.keys())


async def test_cancelled_reads_as_done_and_stays_cancelled(store: Store, alice: Person) -> None:
    task = await new_task(alice)
    async with store.transaction() as tx:
        found = await find_task_by_uid(tx, alice.caller, task["id"])
        await cancel_task(tx, alice.caller, task_id=found.id)
    assert (await shown(alice, task))["status"] == "DONE"
    assert (await changed(alice, task, status="DONE", title="Other"))["status"] == "DONE"
    async with store.reading() as reader:
        assert (await find_task_by_uid(reader, alice.caller, task["id"])).status == "cancelled"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""), ("title", None), ("due_date", None), ("due_date", "x"), ("end_date", "x"),
        ("status", "OPEN"), ("task_type", "Email"), ("all_day", 1), ("metadata", 5), ("assignees", [NEVER]),
        ("assignees", ["x"]),
        ("associations", [{"association_type": "contact"}]), ("associations", [{"contact": NEVER}]),
        ("associations", [{"association_type": "account", "account": NEVER}]),
        ("associations", [{"association_type": "contact", "contact": "x"}]),
        ("associations", [{"id": "x"}]), ("associations", [{"id": NEVER, "index": "first"}]),
        ("reminders", [{"is_relative": True}]), ("reminders", [{"timestamp": DUE}]),
        ("reminders", [{"id": "x", "is_relative": True, "timestamp": DUE}]),
        ("reminders", [{"id": NEVER, "is_relative": True, "timestamp": DUE}]),
    ],
)  # fmt: skip
@pytest.mark.req("RT-05", "RT-06", "RT-32")
async def test_one_wrong_member_undoes_all(alice: Person, name: str, value: Any) -> None:
    task = await new_task(alice, assignees=[me(alice)])
    sent = {"title": "Other", "status": "DONE", "reminders": [], name: value}
    refusal_of(await put(alice, task, **sent), 400)
    assert await everything(alice) == [task]


async def test_a_record_that_is_not_there_is_refused(alice: Person, charlie: Person) -> None:
    task, theirs = await new_task(alice), await new_contact(charlie)
    for kind, uid in (("contact", theirs["id"]), ("contact", NEVER), ("deal", NEVER), ("listing", NEVER)):
        refusal_of(await put(alice, task, title="Other", associations=[link(kind, uid)]), 404)
    assert await everything(alice) == [task]


@pytest.mark.req("RT-93")
async def test_only_whose_it_is_and_who_may_write_changes_it(store: Store, alice: Person, charlie: Person) -> None:
    task = await new_task(alice)
    for uid in (task["id"], NEVER):
        refusal_of(await charlie.rechat.put(f"/crm/tasks/{uid}", json=said()), 404)
    for text in NO_UIDS:
        refusal_of(await alice.rechat.put(f"/crm/tasks/{text}", json=said()), 400)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.put(f"/crm/tasks/{task['id']}", json=said()), 403)
    refusal_of(await alice.rechat.put(f"/crm/tasks/{task['id']}", json=said(), headers={"authorization": ""}), 401)
    refusal_of(await alice.rechat.patch(f"/crm/tasks/{task['id']}", json=said()), 405)
    assert await everything(alice) == [task]


async def test_a_deleted_task_cannot_be_changed(alice: Person) -> None:
    task = await new_task(alice)
    await alice.rechat.delete(f"/crm/tasks/{task['id']}")
    refusal_of(await put(alice, task, PARTS, title="Other"), 404)


async def test_an_empty_description_is_none(alice: Person) -> None:
    task = await new_task(alice, description="")
    assert task["description"] is None
    await changed(alice, task, description="Something")
    assert (await changed(alice, task, description=""))["description"] is None


async def test_errors_name_the_place(alice: Person) -> None:
    task, contact = await new_task(alice), await new_contact(alice)
    (standing,) = (await changed(alice, task, associations=[link("contact", contact["id"])]))["associations"]
    sent = [standing, {"association_type": "deal"}]
    assert refusal_of(await put(alice, task, associations=sent), 400).keys() == {"associations.1.deal"}
    path = f"/crm/tasks/{task['id']}/associations"
    answer = await alice.rechat.post(path, json={"association_type": "contact"})
    assert refusal_of(answer, 400).keys() == {"contact"}
    for wrong, place in (({"association_type": "deal"}, "1.deal"), ({}, "1.association_type")):
        answer = await alice.rechat.post(f"{path}/bulk", json=[link("contact", contact["id"]), wrong])
        assert refusal_of(answer, 400).keys() == {place}


@pytest.mark.req("RT-92")
async def test_who_waited_changes_it_after_who_was_waited_for(store: Store, alice: Person) -> None:
    task = await new_task(alice)
    async with store.transaction() as tx:
        found = await find_task_by_uid(tx, alice.caller, task["id"])
        between = await changed(alice, task, title="Between")
        await edit_task(tx, alice.caller, task_id=found.id, description="Begun before")
    after = await shown(alice, task)
    assert after["updated_at"] > between["updated_at"]
