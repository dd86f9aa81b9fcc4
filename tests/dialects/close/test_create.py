from typing import Any

import pytest

from tests.core.tasks.rows import check_kept
from tests.dialects.close.asking import listed, shown
from tests.dialects.close.records import NO_IDS, my_id, new_contact, new_lead, new_task
from tests.dialects.close.wire import data_of, refusal_of
from tests.people import Person
from touchbook.core.identity import uid_from_prefixed
from touchbook.core.tasks.queries import find_task_by_uid
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store


async def stored(store: Store, person: Person, item: Any) -> Task:
    uid = uid_from_prefixed("task", item["id"])
    assert uid is not None
    async with store.reading() as reader:
        return await find_task_by_uid(reader, person.caller, uid)


@pytest.mark.req("CL-29")
async def test_without_a_type_it_is_a_lead_task(store: Store, alice: Person, lead: Any) -> None:
    answer = await alice.close.post("/task/", json={"lead_id": lead["id"], "text": "Call her"})
    item = data_of(answer)
    assert (item["_type"], item["text"], item["lead_id"]) == ("lead", "Call her", lead["id"])
    assert await shown(alice, item["id"]) == item
    assert await listed(alice, _type="lead") == [item["id"]]
    await check_kept(store, alice, await stored(store, alice, item))


@pytest.mark.req("CL-30")
@pytest.mark.parametrize("kind", ["lead", "outgoing_call"])
async def test_two_types_can_be_created(alice: Person, lead: Any, kind: str) -> None:
    item = await new_task(alice, lead, _type=kind)
    assert item["_type"] == kind
    assert await listed(alice, _type=kind) == [item["id"]]


@pytest.mark.req("CL-30")
@pytest.mark.parametrize(
    "kind", ["voicemail", "missed_call", "opportunity_due", "all", "", "task", None, 1, ["lead"]]
)
async def test_no_other_type_can_be_created(alice: Person, lead: Any, kind: Any) -> None:
    answer = await alice.close.post("/task/", json={"lead_id": lead["id"], "_type": kind})
    assert refusal_of(answer, 400).keys() == {"_type"}
    assert await listed(alice, _type="all") == []


@pytest.mark.req("CL-31")
@pytest.mark.parametrize("sent", [{}, {"lead_id": None}, {"lead_id": ""}])
async def test_a_task_needs_a_lead(alice: Person, sent: dict[str, Any]) -> None:
    answer = await alice.close.post("/task/", json={"text": "Call her", **sent})
    assert refusal_of(answer, 400) == {"lead_id": "This field is required."}
    assert await listed(alice, _type="all") == []


@pytest.mark.req("CL-31")
async def test_the_lead_is_one_of_the_team(alice: Person, charlie: Person) -> None:
    foreign = await new_lead(charlie)
    for number in (*NO_IDS, foreign["id"]):
        answer = await alice.close.post("/task/", json={"lead_id": number, "text": "Call her"})
        assert refusal_of(answer, 400) == {"lead_id": "Object does not exist."}
    assert await listed(alice, _type="all") == []


@pytest.mark.parametrize("member", ["assigned_to", "contact_id"])
async def test_the_people_are_of_the_team(alice: Person, charlie: Person, lead: Any, member: str) -> None:
    contact = await new_contact(charlie, await new_lead(charlie))
    foreign = {"assigned_to": await my_id(charlie), "contact_id": contact["id"]}[member]
    for number in (*NO_IDS, foreign):
        answer = await alice.close.post("/task/", json={"lead_id": lead["id"], member: number})
        assert refusal_of(answer, 400) == {member: "Object does not exist."}
    assert await listed(alice, _type="all") == []


@pytest.mark.req("CL-32")
@pytest.mark.parametrize("date", ["2015-01-12", "2016-02-29", "0001-01-02", "9999-12-30"])
async def test_a_day_comes_back_unchanged(store: Store, alice: Person, lead: Any, date: str) -> None:
    answer = await alice.close.post(
        "/task/", json={"lead_id": lead["id"], "date": date}, headers={"x-tz-offset": "-8"}
    )
    item = data_of(answer)
    assert (item["date"], item["due_date"], item["is_dateless"]) == (date, date, False)
    assert (await shown(alice, item["id"]))["date"] == date
    task = await stored(store, alice, item)
    assert (str(task.due_on), task.due_at) == (date, None)


@pytest.mark.req("CL-33")
@pytest.mark.parametrize(
    ("sent", "instant"),
    [
        ("2015-01-12T08:00:00", "2015-01-12T08:00:00+00:00"),
        ("2015-01-12T08:00:00Z", "2015-01-12T08:00:00+00:00"),
        ("2015-01-12T08:00:00-08:00", "2015-01-12T16:00:00+00:00"),
        ("2015-01-12T02:00:00.5+05:45", "2015-01-11T20:15:00.500000+00:00"),
        ("2026-11-21T23:47:32.717919+00:00", "2026-11-21T23:47:32.717919+00:00"),
        ("2015-01-12 08:00", "2015-01-12T08:00:00+00:00"),
    ],
)
async def test_an_instant_comes_back_the_same(alice: Person, lead: Any, sent: str, instant: str) -> None:
    """Whatever the viewer's offset: it is for days alone."""
    for offset in ("-8", "5.5"):
        answer = await alice.close.post(
            "/task/", json={"lead_id": lead["id"], "date": sent}, headers={"x-tz-offset": offset}
        )
        item = data_of(answer)
        assert (item["date"], item["due_date"]) == (instant, instant)
        assert (await shown(alice, item["id"]))["date"] == instant


BAD_DATES = [
    "",
    "tomorrow",
    "2015-13-01",
    "2015-02-29",
    "2015-1-2",
    "20150112",
    "2015-W03-1",
    "2015-W03",
    "2015-012",
    "2015-01",
    "2015-01-12T",
    "2015-01-12T25:00:00",
    "2015-01-12T08:00:00+25:00",
    "01/12/2015",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "99999-01-01",
    "-2015-01-12",
    "٢٠١٥-٠١-١٢",
    "1421020800",
]
# In an address the blank is a plus sign that was not encoded.
NO_OFFSET = "2015-01-12T08:00:00 01:00"
NO_TEXTS: list[Any] = [1421020800, 1.5, True, [], {}, ["2015-01-12"]]


@pytest.mark.parametrize("member", ["date", "due_date"])
@pytest.mark.parametrize("date", [*BAD_DATES[1:], NO_OFFSET, *NO_TEXTS])
async def test_a_date_that_is_none_is_refused(alice: Person, lead: Any, member: str, date: Any) -> None:
    answer = await alice.close.post("/task/", json={"lead_id": lead["id"], member: date})
    assert refusal_of(answer, 400).keys() <= {"date", "due_date"}
    assert await listed(alice, _type="all") == []


@pytest.mark.req("CL-34")
async def test_a_new_task_is_open_and_of_no_object(alice: Person, lead: Any) -> None:
    item = await new_task(alice, lead)
    assert (item["is_complete"], item["object_type"], item["object_id"]) == (False, None, None)
    assert (item["date"], item["due_date"], item["is_dateless"]) == (None, None, True)
    assert item["assigned_to"] == item["created_by"] == await my_id(alice)


async def test_a_task_may_be_made_for_another_or_nobody_and_complete(
    alice: Person, bob: Person, lead: Any
) -> None:
    item = await new_task(alice, lead, assigned_to=await my_id(bob), is_complete=True)
    assert (item["assigned_to_name"], item["created_by_name"]) == ("Bob Example", "Alice Example")
    assert item["is_complete"] is True
    assert await listed(alice, view="archive") == [item["id"]]
    nobody = await new_task(alice, lead, assigned_to=None)
    assert (nobody["assigned_to"], nobody["assigned_to_name"]) == (None, None)


async def test_the_server_chooses_what_is_its_own(alice: Person, charlie: Person, lead: Any) -> None:
    foreign = await new_task(charlie, await new_lead(charlie))
    item = await new_task(alice, lead, id=foreign["id"], organization_id=foreign["organization_id"], view="inbox")
    assert item["id"] != foreign["id"]
    assert (item["organization_id"], item["view"]) == (lead["organization_id"], None)
    assert await listed(charlie, _type="all") == [foreign["id"]]


@pytest.mark.req("CL-57")
async def test_due_date_stands_in_for_a_date_that_is_missing(alice: Person, lead: Any) -> None:
    assert (await new_task(alice, lead, due_date="2015-01-12"))["date"] == "2015-01-12"
    both = await new_task(alice, lead, due_date="2015-01-12", date="2016-01-01")
    assert (both["date"], both["due_date"]) == ("2016-01-01", "2016-01-01")
    for sent in ({"due_date": None}, {"due_date": "2015-01-12", "date": None}, {}):
        assert (await new_task(alice, lead, **sent))["date"] is None
