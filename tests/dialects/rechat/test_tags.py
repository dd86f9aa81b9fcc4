from typing import Any
from urllib.parse import quote

import pytest

from tests.dialects.rechat.records import NEVER, a, me, new_contact, new_contacts, of, shown
from tests.dialects.rechat.wire import done, ids_of, refusal_of, rows_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store

STARTING = {"Warm": 30, "Hot": 7, "Past Client": 60, "Seller": None, "Agent": None, "Buyer": None}
KEYS = {
    "id", "created_at", "updated_at", "created_by", "updated_by", "tag", "text", "touch_freq", "type",
    "auto_enroll_in_super_campaigns",
}  # fmt: skip


async def tags_of(person: Person) -> dict[str, Any]:
    return {tag["tag"]: tag for tag in rows_of(await person.rechat.get("/contacts/tags"), total=0)}


async def add(person: Person, tag: Any, **more: Any) -> Any:
    return await person.rechat.post("/contacts/tags", json={"tag": tag, **more})


async def rename(person: Person, tag: str, to: Any) -> Any:
    return await person.rechat.patch(f"/contacts/tags/{quote(tag, safe='')}", json={"tag": to})


@pytest.mark.req("RC-140")
@pytest.mark.req("RC-141")
async def test_a_new_team_has_six(alice: Person) -> None:
    tags = await tags_of(alice)
    assert {tag: item["touch_freq"] for tag, item in tags.items()} == STARTING
    assert sorted(STARTING, key=lambda tag: tags[tag]["created_at"]) == list(STARTING)
    for tag, item in tags.items():
        assert item.keys() == KEYS
        assert (item["tag"], item["text"], item["type"]) == (tag, tag, "crm_tag")
        assert item["auto_enroll_in_super_campaigns"] is False


@pytest.mark.req("RC-140")
async def test_they_stand_by_code_point(alice: Person) -> None:
    for tag in ("éa", "past buyer", "PastClient", "ab", "Zz"):
        done(await add(alice, tag))
    assert list(await tags_of(alice)) == sorted([*STARTING, "éa", "past buyer", "PastClient", "ab", "Zz"])


@pytest.mark.req("RC-142")
@pytest.mark.req("RC-143")
async def test_what_contacts_are_tagged_with_is_collected_and_stays(alice: Person) -> None:
    contact = await new_contact(alice, a("tag", "Investor"))
    collected = (await tags_of(alice))["Investor"]
    assert (collected["created_by"], collected["updated_by"], collected["touch_freq"]) == (me(alice), None, None)
    attribute = of(contact, "tag")[0]["id"]
    await alice.rechat.put(f"/contacts/{contact['id']}/attributes/{attribute}", json={"text": "Lender"})
    assert {"Investor", "Lender"} <= (await tags_of(alice)).keys()
    await alice.rechat.delete(f"/contacts/{contact['id']}")
    assert {"Investor", "Lender"} <= (await tags_of(alice)).keys()


@pytest.mark.req("RC-144")
@pytest.mark.req("RC-145")
async def test_one_is_added_once(alice: Person, charlie: Person) -> None:
    done(await add(alice, "baz", touch_freq=14))
    added = (await tags_of(alice))["baz"]
    assert (added["touch_freq"], added["created_by"]) == (14, me(alice))
    done(await add(alice, "baz"))
    assert await tags_of(alice) == {**await tags_of(alice), "baz": added}
    done(await add(alice, "baz", touch_freq=7))
    assert (await tags_of(alice))["baz"]["touch_freq"] == 7
    assert (await tags_of(alice))["baz"]["id"] == added["id"]
    assert "baz" not in await tags_of(charlie)


@pytest.mark.req("RC-146")
async def test_renamed_it_is_renamed_on_all(alice: Person, charlie: Person) -> None:
    one, two, other = await new_contacts(
        alice, [a("tag", "x"), a("tag", "foo"), a("tag", "y")], [a("tag", "foo", is_partner=True)], [a("tag", "y")]
    )
    foreign = await new_contact(charlie, a("tag", "foo"))
    done(await rename(alice, "foo", "bar"))
    after = await shown(alice, one)
    assert (after["tags"], after["summary"]["tags"]) == (["y", "bar", "x"], ["x", "bar", "y"])
    assert [each["text"] for each in of(after, "tag")] == ["x", "bar", "y"]
    assert after["updated_at"] > one["updated_at"]
    assert of(await shown(alice, two), "tag")[0]["text"] == "bar"
    assert await shown(alice, other) == other
    assert await shown(charlie, foreign) == foreign
    tags = await tags_of(alice)
    assert "foo" not in tags
    assert tags["bar"]["updated_by"] == me(alice)
    found = {q: ids_of(await alice.rechat.get("/contacts", params={"q": q})) for q in ("bar", "foo")}
    assert found == {"bar": [one["id"], two["id"]], "foo": []}


async def test_renamed_to_one_that_is_there_they_are_one(alice: Person) -> None:
    both, one = await new_contacts(alice, [a("tag", "Hot"), a("tag", "foo")], [a("tag", "foo")])
    hot = (await tags_of(alice))["Hot"]
    done(await rename(alice, "foo", "Hot"))
    assert (await tags_of(alice))["Hot"] == hot
    assert "foo" not in await tags_of(alice)
    for contact in (both, one):
        after = await shown(alice, contact)
        assert after["tags"] == [each["text"] for each in of(after, "tag")] == ["Hot"]
        assert after["touch_freq"] == 7
    found = ids_of(await alice.rechat.get("/contacts", params={"q": "hot"}))
    assert found == [both["id"], one["id"]]


async def test_renamed_to_itself_nothing_changes(alice: Person) -> None:
    contact = await new_contact(alice, a("tag", "foo"))
    before = await tags_of(alice)
    done(await rename(alice, "foo", "foo"))
    assert (await tags_of(alice), await shown(alice, contact)) == (before, contact)


async def test_a_line_of_a_note_that_reads_like_the_tag_stays(alice: Person) -> None:
    contact = await new_contact(alice, a("note", "first\nfoo\nlast"), a("note", "foo"), a("tag", "foo"))
    done(await rename(alice, "foo", "bar"))
    for q, count in (("foo", 1), ("bar", 1), ("first last", 1)):
        assert len(ids_of(await alice.rechat.get("/contacts", params={"q": q}))) == count
    done(await alice.rechat.delete("/contacts/tags/bar"))
    assert ids_of(await alice.rechat.get("/contacts", params={"q": "foo"})) == [contact["id"]]
    assert ids_of(await alice.rechat.get("/contacts", params={"q": "bar"})) == []


async def test_a_contact_and_its_partner_may_both_have_it(alice: Person) -> None:
    contact = await new_contact(alice, a("tag", "foo"), a("tag", "foo", is_partner=True))
    done(await rename(alice, "foo", "bar"))
    assert [each["text"] for each in of(await shown(alice, contact), "tag")] == ["bar", "bar"]
    assert ids_of(await alice.rechat.get("/contacts", params={"q": "foo"})) == []
    done(await alice.rechat.delete("/contacts/tags/bar"))
    assert ids_of(await alice.rechat.get("/contacts", params={"q": "bar"})) == []


async def test_a_partners_tag_hurries_nobody(alice: Person) -> None:
    contact = await new_contact(alice, a("tag", "foo", is_partner=True))
    done(await alice.rechat.patch("/contacts/tags/foo/touch", json={"touch_freq": 3}))
    after = await shown(alice, contact)
    assert (after["touch_freq"], after["next_touch"]) == (None, None)


@pytest.mark.req("RC-147")
async def test_an_unknown_one_is_not_found(alice: Person, charlie: Person) -> None:
    done(await add(charlie, "theirs"))
    for tag in ("nothing", "theirs", "warmth", "%20"):
        refusal_of(await rename(alice, tag, "x"), 404)
        refusal_of(await alice.rechat.patch(f"/contacts/tags/{tag}/touch", json={"touch_freq": 3}), 404)
        refusal_of(await alice.rechat.delete(f"/contacts/tags/{tag}"), 404)
    assert "theirs" in await tags_of(charlie)


@pytest.mark.req("RC-148")
@pytest.mark.req("RC-149")
async def test_days_of_a_tag_are_taken_over_by_who_has_it(alice: Person) -> None:
    often, seldom, other = await new_contacts(alice, [a("tag", "foo")], [a("tag", "foo")], [a("tag", "x")])
    await alice.rechat.patch(f"/contacts/{often['id']}/touch", json={"touch_freq": 5})
    await alice.rechat.patch(f"/contacts/{seldom['id']}/touch", json={"touch_freq": 90})
    done(await alice.rechat.patch("/contacts/tags/foo/touch", json={"touch_freq": 10}))
    assert (await tags_of(alice))["foo"]["touch_freq"] == 10
    assert [(await shown(alice, each))["touch_freq"] for each in (often, seldom, other)] == [5, 10, None]
    done(await alice.rechat.patch("/contacts/tags/foo/touch", json={"touch_freq": None}))
    assert (await tags_of(alice))["foo"]["touch_freq"] is None
    assert (await shown(alice, seldom))["touch_freq"] == 10


@pytest.mark.req("RC-150")
async def test_deleted_it_is_gone_from_all_and_its_days_stay(alice: Person, charlie: Person) -> None:
    contact = await new_contact(alice, a("tag", "x"), a("tag", "foo"))
    foreign = await new_contact(charlie, a("tag", "foo"))
    done(await alice.rechat.patch("/contacts/tags/foo/touch", json={"touch_freq": 10}))
    paced = await shown(alice, contact)
    done(await alice.rechat.delete("/contacts/tags/foo"))
    after = await shown(alice, contact)
    assert after["tags"] == after["summary"]["tags"] == [each["text"] for each in of(after, "tag")] == ["x"]
    assert (after["touch_freq"], after["next_touch"]) == (10, paced["next_touch"])
    assert "foo" not in await tags_of(alice)
    assert ids_of(await alice.rechat.get("/contacts", params={"q": "foo"})) == []
    assert await shown(charlie, foreign) == foreign


@pytest.mark.req("RC-151")
@pytest.mark.parametrize("tag", ["Past Client", "a/b", "x/touch", "50 % off", "a//b", "é", "tags", "?#&", "/"])
async def test_any_name_works_in_the_path(alice: Person, tag: str) -> None:
    contact = await new_contact(alice, a("tag", tag))
    path = f"/contacts/tags/{quote(tag, safe='')}"
    done(await alice.rechat.patch(f"{path}/touch", json={"touch_freq": 3}))
    assert (await tags_of(alice))[tag]["touch_freq"] == 3
    done(await alice.rechat.patch(path, json={"tag": "plain"}))
    assert (await shown(alice, contact))["tags"] == ["plain"]
    done(await rename(alice, "plain", tag))
    done(await alice.rechat.delete(path))
    assert (await shown(alice, contact))["tags"] is None


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'{"tag": null}', b'{"tag": 1}', b'{"tag": ""}', b'{"tag": "  "}',
     b'{"tag": "\\u0000"}', b'{"tag": "\\ud800"}', b'{"tag": "' + b"x" * 256 + b'"}', b'{"tag": ["a"]}', b"{"],
)  # fmt: skip
async def test_a_wrong_name_is_refused(alice: Person, body: bytes) -> None:
    before = await tags_of(alice)
    for method, path in (("POST", "/contacts/tags"), ("PATCH", "/contacts/tags/Hot")):
        answer = await alice.rechat.request(
            method, path, content=body, headers={"content-type": "application/json"}
        )
        refusal_of(answer, 400)
    assert await tags_of(alice) == before


@pytest.mark.parametrize("days", [0, -1, 1.5, "7", True, 36_501, 10**12, [7], {}])
async def test_wrong_days_are_refused(alice: Person, days: Any) -> None:
    contact, before = await new_contact(alice, a("tag", "Hot")), await tags_of(alice)
    for path in ("/contacts/tags/Hot/touch", f"/contacts/{contact['id']}/touch"):
        assert set(refusal_of(await alice.rechat.patch(path, json={"touch_freq": days}), 400)) == {"touch_freq"}
        assert set(refusal_of(await alice.rechat.patch(path, json={}), 400)) == {"touch_freq"}
    refusal_of(await add(alice, "new", touch_freq=days), 400)
    assert (await tags_of(alice), await shown(alice, contact)) == (before, contact)


async def test_reading_alone_is_not_enough(store: Store, alice: Person) -> None:
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    rows_of(await reader.get("/contacts/tags"))
    refusal_of(await reader.post("/contacts/tags", json={"tag": "x"}), 403)
    refusal_of(await reader.patch("/contacts/tags/Hot", json={"tag": "x"}), 403)
    refusal_of(await reader.delete("/contacts/tags/Hot"), 403)
    refusal_of(await reader.patch(f"/contacts/{NEVER}/touch", json={"touch_freq": 1}), 403)


async def test_other_methods_are_refused(alice: Person) -> None:
    refusal_of(await alice.rechat.put("/contacts/tags", json={}), 405)
    refusal_of(await alice.rechat.get("/contacts/tags/Hot"), 405)
    refusal_of(await alice.rechat.get("/contacts/tags/Hot/touch"), 405)
