"""Lists as Rechat shows them: a filter, and a member of the contact."""

from typing import Any

import pytest

from tests.dialects.rechat.records import shown
from tests.dialects.rechat.wire import ids_of, rows_of
from tests.dialects.touchbook.records import NEVER, a, live_list, new_list, person_named
from tests.dialects.touchbook.wire import done
from tests.people import Person


async def found(person: Person, *lists: Any, **query: Any) -> list[str]:
    asked = {"lists": ",".join(each["id"] for each in lists), **query}
    by_get = ids_of(await person.rechat.get("/contacts", params=asked))
    assert ids_of(await person.rechat.post("/contacts/filter", json={}, params=asked)) == by_get
    return by_get


@pytest.mark.req("RC-082")
async def test_who_is_on_one_of_the_lists(alice: Person, bob: Person, charlie: Person) -> None:
    ann, bo = [await person_named(alice, name) for name in ("Ann", "Bo")]
    cy = await person_named(alice, "Cy", a("tag", "Hot"))
    await person_named(alice, "Dee")
    chosen, other = await new_list(alice, contacts=[ann]), await new_list(alice, "Other", contacts=[ann, bo])
    live, empty = await live_list(alice), await new_list(alice, "Nobody")
    theirs = await new_list(charlie, contacts=[await person_named(charlie, "Eve")])
    never = {"id": NEVER}
    for person in (alice, bob):
        assert await found(person, chosen) == [ann]
        assert await found(person, live) == [cy]
        assert await found(person, chosen, other, live) == [ann, bo, cy]
        assert await found(person, chosen, never, theirs) == [ann]
        for nobodys in (empty, never, theirs):
            assert await found(person, nobodys) == []
    assert await found(alice, other, live, q="bo") == [bo]
    assert await found(alice, other, excludes=ann) == [bo]
    assert ids_of(await alice.rechat.get("/contacts", params={"flows": NEVER}), total=0) == []
    done(await alice.touchbook.delete(f"/lists/{other['id']}"))
    assert await found(alice, other) == []


@pytest.mark.req("RC-172")
async def test_the_lists_of_a_contact(alice: Person, charlie: Person) -> None:
    ann = await person_named(alice, "Ann", a("tag", "Hot"))
    bo = await person_named(alice, "Bo")
    chosen, live = await new_list(alice, "Friends", contacts=[ann, bo]), await live_list(alice)
    await new_list(alice, "Nobody")
    await live_list(charlie)
    asked = {"associations": "contact.lists"}
    rows = {row["id"]: row for row in rows_of(await alice.rechat.get("/contacts", params=asked))}
    named = {uid: [(kept["id"], kept["name"], kept["is_live"]) for kept in rows[uid]["lists"]] for uid in rows}
    friends, hot = (chosen["id"], "Friends", False), (live["id"], "Hot", True)
    assert named == {ann: [friends, hot], bo: [friends]}
    assert (await shown(alice, {"id": ann}, "contact.lists"))["lists"] == rows[ann]["lists"]
    assert "lists" not in await shown(alice, {"id": ann})
