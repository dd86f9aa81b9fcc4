"""`/lists/{id}/contacts`: who is on a list."""

from typing import Any

import httpx
import pytest

from tests.dialects.touchbook.records import (
    NEVER,
    NO_UIDS,
    a,
    live_list,
    me,
    new_list,
    on_list,
    person_named,
    record,
)
from tests.dialects.touchbook.wire import INSTANT, data_of, done, ids_of, refusal_of, rows_of
from tests.people import Person
from touchbook.store.postgres import Store


async def send(person: Person, method: str, kept: Any, *contacts: Any) -> httpx.Response:
    return await person.touchbook.request(method, f"/lists/{kept['id']}/contacts", json={"contacts": contacts})


async def test_what_is_shown_of_a_contact(alice: Person) -> None:
    about = [a("email", "ann@example.com"), a("phone_number", "+13125550142"), a("tag", "Warm")]
    ann = await person_named(alice, "Ann", *about)
    nobody = await person_named(alice, "Bo")
    await record(alice, ann, kind="call")
    made = await new_list(alice, contacts=[ann, nobody])
    shown, bare = rows_of(await alice.touchbook.get(f"/lists/{made['id']}/contacts"))
    assert INSTANT.fullmatch(shown["last_touch_at"])
    assert INSTANT.fullmatch(shown["next_touch_at"])
    assert shown == {
        "id": ann,
        "display_name": "Ann",
        "emails": ["ann@example.com"],
        "phone_numbers": ["+13125550142"],
        "tags": ["Warm"],
        "owner": me(alice),
        "touch_freq": 30,
        "last_touch_at": shown["last_touch_at"],
        "last_touch_action": "call",
        "next_touch_at": shown["next_touch_at"],
    }
    untouched = dict.fromkeys(("touch_freq", "last_touch_at", "last_touch_action", "next_touch_at"))
    nothing: dict[str, Any] = {"emails": [], "phone_numbers": [], "tags": []}
    assert bare == {"id": nobody, "display_name": "Bo", "owner": me(alice), **nothing, **untouched}


async def test_by_name_in_pages(alice: Person) -> None:
    uids = {name: await person_named(alice, name) for name in ("cy", "Ann", "bo")}
    by_name = [uids["Ann"], uids["bo"], uids["cy"]]
    for kept in (await new_list(alice, contacts=list(uids.values())), await live_list(alice, owners=[me(alice)])):
        path = f"/lists/{kept['id']}/contacts"
        assert ids_of(await alice.touchbook.get(path)) == by_name
        assert ids_of(await alice.touchbook.get(path, params={"limit": 2}), more=True) == by_name[:2]
        assert ids_of(await alice.touchbook.get(path, params={"offset": 2})) == by_name[2:]
        assert refusal_of(await alice.touchbook.get(path, params={"q": "x"}), 400).keys() == {"q"}
        assert refusal_of(await alice.touchbook.get(path, params={"limit": 1001}), 400).keys() == {"limit"}


async def test_choosing_and_dropping(alice: Person, bob: Person) -> None:
    ann, bo, cy = [await person_named(alice, name) for name in ("Ann", "Bo", "Cy")]
    made = await new_list(alice, contacts=[ann])
    assert data_of(await send(bob, "POST", made, cy, ann, cy)) == {"added": 1}
    assert data_of(await send(bob, "POST", made, cy)) == {"added": 0}
    assert await on_list(alice, made) == [ann, cy]
    done(await send(bob, "DELETE", made, ann, bo))
    done(await send(bob, "DELETE", made, ann))
    assert await on_list(alice, made) == [cy]


async def test_who_is_deleted_is_on_no_list(alice: Person) -> None:
    ann, bo = await person_named(alice, "Ann"), await person_named(alice, "Bo")
    made = await new_list(alice, contacts=[ann, bo])
    done(await alice.rechat.delete(f"/contacts/{ann}"))
    assert await on_list(alice, made) == [bo]
    assert refusal_of(await send(alice, "POST", made, ann), 400).keys() == {"contacts"}


async def test_nobody_chooses_who_is_on_a_live_list(alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    made = await live_list(alice)
    for method in ("POST", "DELETE"):
        refused = refusal_of(await send(alice, method, made, ann), 400)
        assert refused == {"contacts": ["The contacts of a live list are decided by its rule."]}
    assert await on_list(alice, made) == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_bad_input_changes_nothing(alice: Person, charlie: Person, method: str) -> None:
    ann, theirs = await person_named(alice, "Ann"), await person_named(charlie, "Cy")
    made = await new_list(alice, contacts=[ann])
    path = f"/lists/{made['id']}/contacts"
    wrong: list[Any] = [{}, {"contacts": None}, {"contacts": [ann, 5]}, {"contacts": ["x"]}]
    wrong += [{"contacts": [ann, NEVER]}, {"contacts": [ann, theirs]}, {"contacts": [ann] * 1001}]
    for sent in wrong:
        answer = await alice.touchbook.request(method, path, json=sent)
        assert refusal_of(answer, 400).keys() == {"contacts"}
    answer = await alice.touchbook.request(method, path, json={"contacts": [ann], "all": True})
    assert refusal_of(answer, 400).keys() == {"all"}
    refusal_of(await alice.touchbook.request(method, path), 400)
    assert await on_list(alice, made) == [ann]


async def test_of_a_list_that_is_not_there(alice: Person, charlie: Person) -> None:
    ann, theirs = await person_named(alice, "Ann"), await new_list(charlie)
    for uid in (theirs["id"], NEVER, *NO_UIDS):
        for method in ("GET", "POST", "DELETE"):
            refusal_of(await send(alice, method, {"id": uid}, ann), 404)
    assert await on_list(charlie, theirs) == []


async def test_a_key_to_read_only_reads(alice: Person, reading: httpx.AsyncClient) -> None:
    ann, bo = await person_named(alice, "Ann"), await person_named(alice, "Bo")
    made = await new_list(alice, contacts=[ann])
    path = f"/lists/{made['id']}/contacts"
    assert ids_of(await reading.get(path)) == [ann]
    for method, uid in (("POST", bo), ("DELETE", ann)):
        refusal_of(await reading.request(method, path, json={"contacts": [uid]}), 403)
    for method in ("PUT", "PATCH"):
        refusal_of(await alice.touchbook.request(method, path, json={"contacts": [bo]}), 405)
    assert await on_list(alice, made) == [ann]


async def test_a_thousand_at_once(store: Store, alice: Person) -> None:
    sent = [{"user": me(alice), "attributes": [a("first_name", f"N {n:04}")]} for n in range(1001)]
    made = (await alice.rechat.post("/contacts", json={"contacts": sent}, params={"get": "false"})).json()["data"]
    kept = await new_list(alice, contacts=made[:1000])
    assert data_of(await send(alice, "POST", kept, *made[1:])) == {"added": 1}
    path = f"/lists/{kept['id']}/contacts"
    assert ids_of(await alice.touchbook.get(path, params={"limit": 1000}), more=True) == made[:1000]
    assert ids_of(await alice.touchbook.get(path, params={"offset": 1000})) == made[1000:]
