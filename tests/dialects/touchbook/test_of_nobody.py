"""An empty list of values is nobody: it is kept and shown, and a write to nobody changes nothing."""

import pytest

from tests.dialects.touchbook.records import all_lists, me, new_list, on_list, person_named, record
from tests.dialects.touchbook.wire import data_of, done
from tests.factories import notification_of
from tests.people import Person
from touchbook.store.postgres import Store


@pytest.mark.parametrize("name", ["owners", "authors", "editors"])
async def test_a_rule_of_nobody_is_shown_as_it_is_kept(alice: Person, name: str) -> None:
    ann = await person_named(alice, "Ann")
    made = await new_list(alice, rule={name: []})
    assert made["rule"] == {name: []}
    assert await all_lists(alice) == [made]
    assert await on_list(alice, made) == []
    path = f"/lists/{made['id']}"
    assert data_of(await alice.touchbook.patch(path, json=made)) == made
    changed = data_of(await alice.touchbook.patch(path, json={"rule": {"owners": [me(alice)]}}))
    assert (changed["rule"], await on_list(alice, made)) == ({"owners": [me(alice)]}, [ann])
    emptied = data_of(await alice.touchbook.patch(path, json={"rule": {name: [], "attributes": []}}))
    assert (emptied["rule"], await on_list(alice, made)) == ({name: []}, [])


async def test_nobody_is_chosen_and_nobody_taken_off(alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    made = await new_list(alice, contacts=[ann])
    assert await on_list(alice, await new_list(alice, "Nobody", contacts=[])) == []
    path = f"/lists/{made['id']}/contacts"
    assert data_of(await alice.touchbook.post(path, json={"contacts": []})) == {"added": 0}
    done(await alice.touchbook.request("DELETE", path, json={"contacts": []}))
    assert await on_list(alice, made) == [ann]


async def test_nothing_is_read_and_nothing_recorded(store: Store, alice: Person) -> None:
    await notification_of(store, alice)
    answer = await alice.touchbook.post("/notifications/read", json={"notifications": []})
    assert data_of(answer) == {"read": 0}
    assert data_of(await alice.touchbook.get("/notifications/count")) == {"unread": 1}
    assert await record(alice) == []
