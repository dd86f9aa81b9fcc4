"""`/contacts/{id}/activities`: those with one contact."""

import httpx
import pytest

from tests.dialects.touchbook.records import NEVER, NO_UIDS, person_named, record
from tests.dialects.touchbook.wire import done, ids_of, refusal_of, rows_of
from tests.people import Person


async def test_the_latest_first_in_pages(alice: Person, bob: Person) -> None:
    ann, other = await person_named(alice, "Ann"), await person_named(alice, "Bo")
    made = [
        (await record(alice, ann, at=f"2026-07-{day:02}T10:00:00Z", kind=kind))[0]
        for day, kind in ((2, "call"), (1, "note"), (3, "sms"))
    ]
    await record(alice, other)
    latest_first = [made[2], made[0], made[1]]
    path = f"/contacts/{ann}/activities"
    assert rows_of(await bob.touchbook.get(path)) == latest_first
    assert rows_of(await bob.touchbook.get(path, params={"limit": 2}), more=True) == latest_first[:2]
    assert rows_of(await bob.touchbook.get(path, params={"limit": 2, "offset": 2})) == latest_first[2:]


async def test_those_of_one_instant_keep_an_order(alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    made = [(await record(alice, ann, at="2026-07-01T10:00:00Z"))[0]["id"] for _ in range(3)]
    path = f"/contacts/{ann}/activities"
    pages = [
        ids_of(await alice.touchbook.get(path, params={"limit": 1, "offset": n}), more=n < 2) for n in range(3)
    ]
    assert [uid for [uid] in pages] == made[::-1]


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"offset": "x"}, {"kind": "call"}]
)
async def test_wrong_parameters(alice: Person, query: dict[str, str]) -> None:
    ann = await person_named(alice, "Ann")
    for place in ("activities", "timeline"):
        answer = await alice.touchbook.get(f"/contacts/{ann}/{place}", params=query)
        assert refusal_of(answer, 400).keys() == query.keys()


async def test_of_a_contact_that_is_not_there(alice: Person, charlie: Person) -> None:
    theirs, gone = await person_named(charlie, "Cy"), await person_named(alice, "Ann")
    for person, uid in ((charlie, theirs), (alice, gone)):
        await record(person, uid)
    done(await alice.rechat.delete(f"/contacts/{gone}"))
    for uid in (theirs, gone, NEVER, *NO_UIDS):
        for place in ("activities", "timeline"):
            refusal_of(await alice.touchbook.get(f"/contacts/{uid}/{place}"), 404)


async def test_a_key_to_read_reads(alice: Person, reading: httpx.AsyncClient) -> None:
    ann = await person_named(alice, "Ann")
    [made] = await record(alice, ann)
    assert rows_of(await reading.get(f"/contacts/{ann}/activities")) == [made]
    assert len(rows_of(await reading.get(f"/contacts/{ann}/timeline"))) == 2
    for place in ("activities", "timeline"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            refusal_of(await alice.touchbook.request(method, f"/contacts/{ann}/{place}"), 405)
