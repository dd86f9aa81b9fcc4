from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from tests.dialects.close.asking import dates, id_of, listed, seen_from
from tests.dialects.close.records import NO_IDS, my_id, new_lead, new_task
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.factories import task_of
from tests.people import Person
from touchbook.core.tasks.task import OPEN, Status
from touchbook.store.postgres import Store

SOURCED = [
    "incoming_email",
    "email_followup",
    "missed_call",
    "answered_detached_call",
    "voicemail",
    "opportunity_due",
    "incoming_sms",
    "outgoing_call",
]


@pytest.fixture
async def of_type(store: Store, alice: Person) -> dict[str, str]:
    """The id of one task of each type."""
    ids = {kind: id_of(await task_of(store, alice, kind, origin=kind)) for kind in SOURCED}
    return {"lead": id_of(await task_of(store, alice, "lead")), **ids}


@pytest.mark.req("CL-02")
async def test_without_a_type_only_lead_tasks_are_listed(
    store: Store, alice: Person, of_type: dict[str, str]
) -> None:
    """What the other dialects make is a lead task too."""
    other = id_of(await task_of(store, alice, origin="sequence_step_call"))
    assert set(await listed(alice)) == {of_type["lead"], other}
    assert set(await listed(alice, is_complete="false", view="inbox")) <= {of_type["lead"], other}
    assert await listed(alice, id=of_type["voicemail"]) == []


@pytest.mark.req("CL-03")
@pytest.mark.parametrize("kind", ["lead", *SOURCED])
async def test_a_type_lists_that_type(alice: Person, of_type: dict[str, str], kind: str) -> None:
    for name in ("_type", "_type__in"):
        items = data_of(await alice.close.get("/task/", params={name: kind}))
        assert [(item["id"], item["_type"]) for item in items] == [(of_type[kind], kind)]


@pytest.mark.req("CL-04")
async def test_all_lists_all_types(alice: Person, of_type: dict[str, str]) -> None:
    items = data_of(await alice.close.get("/task/?_type=all"))
    assert {item["_type"]: item["id"] for item in items} == of_type
    assert len(items) == len(of_type)


@pytest.mark.req("CL-05")
@pytest.mark.parametrize("kinds", [("missed_call", "voicemail"), ("lead", "outgoing_call", "incoming_sms")])
async def test_several_types_list_exactly_those(
    alice: Person, of_type: dict[str, str], kinds: tuple[str, ...]
) -> None:
    expected = {of_type[kind] for kind in kinds}
    assert set(await listed(alice, _type__in=",".join(kinds))) == expected
    assert set(ids_of(await alice.close.get("/task/", params={"_type__in": list(kinds)}))) == expected
    assert await listed(alice, _type__in=",".join(kinds), _type=kinds[0]) == [of_type[kinds[0]]]


@pytest.mark.req("CL-06")
@pytest.mark.parametrize("kind", ["task", "Lead", "lead,", "", "voicemail;lead", "all,lead", "1"])
async def test_an_unknown_type_is_refused(alice: Person, of_type: dict[str, str], kind: str) -> None:
    for name in ("_type", "_type__in") if kind not in ("lead,", "") else ("_type",):
        assert refusal_of(await alice.close.get("/task/", params={name: kind}), 400).keys() == {name}


@pytest.mark.req("CL-07")
async def test_ids_list_those_tasks(alice: Person, lead: Any) -> None:
    ids = [(await new_task(alice, lead))["id"] for _ in range(4)]
    assert await listed(alice, id=ids[1]) == [ids[1]]
    assert await listed(alice, id__in=",".join((ids[3], ids[0], ids[3]))) == [ids[0], ids[3]]
    assert ids_of(await alice.close.get("/task/", params={"id__in": [ids[3], ids[0]]})) == [ids[0], ids[3]]
    assert await listed(alice, id__in=",".join(ids), id=ids[2]) == [ids[2]]
    assert await listed(alice, id__in=",".join(ids[:2]), id=ids[2]) == []


@pytest.mark.parametrize("name", ["id", "id__in", "lead_id", "assigned_to", "membership_id", "organization_id"])
@pytest.mark.parametrize("text", NO_IDS)
async def test_an_id_that_is_none_finds_nothing(alice: Person, lead: Any, name: str, text: str) -> None:
    await new_task(alice, lead)
    assert await listed(alice, **{name: text}) == []


@pytest.mark.req("CL-08")
async def test_a_lead_lists_its_tasks(alice: Person, charlie: Person, lead: Any) -> None:
    other = await new_lead(alice, "Other")
    task = await new_task(alice, lead)
    await new_task(alice, other)
    assert await listed(alice, lead_id=lead["id"]) == [task["id"]]
    assert await listed(charlie, lead_id=lead["id"]) == []
    foreign = await new_lead(charlie)
    await new_task(charlie, foreign)
    assert await listed(alice, lead_id=foreign["id"]) == []


@pytest.mark.req("CL-09", "CL-10")
async def test_a_person_and_a_membership_list_the_same(
    store: Store, alice: Person, bob: Person, charlie: Person
) -> None:
    """The first assignee counts, who is the one that is shown (A-44)."""
    task = id_of(await task_of(store, alice, assignees=[bob.user_id, alice.user_id]))
    await task_of(store, alice, assignees=[alice.user_id, bob.user_id])
    await task_of(store, alice)
    [membership] = data_of(await bob.close.get("/me/"))["memberships"]
    assert membership["user_id"] == await my_id(bob)
    assert await listed(alice, assigned_to=await my_id(bob)) == [task]
    assert await listed(alice, membership_id=membership["id"]) == [task]
    assert await listed(alice, membership_id=membership["id"], assigned_to=await my_id(bob)) == [task]
    assert await listed(alice, membership_id=membership["id"], assigned_to=await my_id(alice)) == []
    [foreign] = data_of(await charlie.close.get("/me/"))["memberships"]
    await task_of(store, charlie, assignees=[charlie.user_id])
    assert await listed(alice, membership_id=foreign["id"]) == []
    assert await listed(alice, assigned_to=foreign["user_id"]) == []


@pytest.mark.req("CL-11")
async def test_completeness_filters(store: Store, alice: Person) -> None:
    ids = {status: id_of(await task_of(store, alice, status=status)) for status in get_args(Status)}
    still_open = {ids[status] for status in OPEN}
    for text in ("false", "False"):
        items = data_of(await alice.close.get("/task/", params={"is_complete": text}))
        assert {item["id"] for item in items} == still_open
        assert {item["is_complete"] for item in items} == {False}
    for text in ("true", "True"):
        items = data_of(await alice.close.get("/task/", params={"is_complete": text}))
        assert {item["id"] for item in items} == set(ids.values()) - still_open
        assert {item["is_complete"] for item in items} == {True}
    for text in ("yes", "", "null", "tRuE"):
        assert refusal_of(await alice.close.get("/task/", params={"is_complete": text}), 400).keys() == {
            "is_complete"
        }


async def test_the_own_organization_narrows_nothing(alice: Person, charlie: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    assert await listed(alice, organization_id=lead["organization_id"]) == [task["id"]]
    other = await new_lead(charlie)
    assert await listed(alice, organization_id=other["organization_id"]) == []


@pytest.mark.req("CL-12")
@pytest.mark.parametrize(("name", "member"), [("date_created", "created_at"), ("date_updated", "updated_at")])
async def test_times_of_creation_and_change_filter(store: Store, alice: Person, name: str, member: str) -> None:
    first = datetime(2026, 7, 15, 4, 59, 59, 999999, tzinfo=UTC)
    tasks = []
    for number in range(3):
        still = Store(store.pool, clock=lambda number=number: first + timedelta(hours=number))  # type: ignore[misc]
        tasks.append(await task_of(still, alice))
    ids = [id_of(task) for task in tasks]
    middle = getattr(tasks[1], member).isoformat()
    for text in (middle, middle.removesuffix("+00:00")):
        assert await listed(alice, **{f"{name}__lt": text}) == ids[:1]
        assert await listed(alice, **{f"{name}__lte": text}) == ids[:2]
        assert await listed(alice, **{f"{name}__gt": text}) == ids[2:]
        assert await listed(alice, **{f"{name}__gte": text}) == ids[1:]
    # A plus sign that is not encoded.
    answer = await alice.close.get(f"/task/?{name}__gte={middle}")
    assert "+00:00" in str(answer.request.url)
    assert ids_of(answer) == ids[1:]
    # The tasks are of 05:00, 06:00 and 07:00; with six hours behind UTC a day begins at 06:00.
    assert getattr(tasks[1], member).hour == 6
    assert await listed(alice, -6, **{f"{name}__lt": "2026-07-15"}) == ids[:1]
    assert await listed(alice, -6, **{f"{name}__gte": "2026-07-15"}) == ids[1:]
    assert await listed(alice, -6, **{f"{name}__lte": "2026-07-14"}) == ids[:1]
    assert await listed(alice, -6, **{f"{name}__gt": "2026-07-15"}) == []


DATES = [
    "2015-01-11",
    "2015-01-12T07:59:59.999999+00:00",
    "2015-01-12",
    "2015-01-12T08:00:00+00:00",
    "2015-01-13T07:59:59+00:00",
    "2015-01-13",
]


@pytest.mark.req("CL-13", "CL-14")
@pytest.mark.parametrize("alias", ["date", "due_date"])
@pytest.mark.parametrize(
    ("op", "bound", "expected"),
    [
        # A day is the span from its start to its end.
        ("lt", "2015-01-12", DATES[:2]),
        ("lte", "2015-01-12", DATES[:5]),
        ("gt", "2015-01-12", DATES[5:]),
        ("gte", "2015-01-12", DATES[2:]),
        # At an instant a day counts as its start.
        ("lt", "2015-01-12T08:00:00", DATES[:2]),
        ("lte", "2015-01-12T08:00:00", DATES[:4]),
        ("gt", "2015-01-12T08:00:00Z", DATES[4:]),
        ("gte", "2015-01-12T08:00:00+00:00", DATES[2:]),
        ("gte", "2015-01-12T09:00:00+01:00", DATES[2:]),
        ("lt", "2015-01-12T08:00:00.000001", DATES[:4]),
        ("gte", "2015-01-12T08:00:00.000001", DATES[4:]),
        ("lte", "2015-01-12T07:59:59.999999", DATES[:2]),
        ("gt", "2015-01-12T07:59:59.999999", DATES[2:]),
    ],
)
async def test_dates_filter(
    alice: Person, lead: Any, alias: str, op: str, bound: str, expected: list[str]
) -> None:
    for date in DATES:
        await new_task(alice, lead, date=date)
    await new_task(alice, lead, date=None)
    assert await dates(alice, -8, **{f"{alias}__{op}": bound}) == expected


@pytest.mark.req("CL-14")
async def test_a_day_is_one_of_the_viewer_s(alice: Person, lead: Any) -> None:
    for date in DATES:
        await new_task(alice, lead, date=date)
    assert await dates(alice, -8, date="2015-01-12") == DATES[2:5]
    assert await dates(alice, -8, due_date="2015-01-12T08:00:00") == DATES[2:4]
    # In UTC and east of it the 12th has other instants, and is the same day.
    assert await dates(alice, date="2015-01-12") == [DATES[2], DATES[1], DATES[3]]
    assert await dates(alice, 14, date="2015-01-12") == [DATES[2], DATES[1], DATES[3]]
    assert await dates(alice, 14, date__gt="2015-01-12") == [DATES[5], DATES[4]]
    assert await dates(alice, 14, date__lt="2015-01-12") == DATES[:1]


async def test_filters_hold_together(alice: Person, bob: Person, lead: Any) -> None:
    mine = await new_task(alice, lead, date="2015-01-12")
    await new_task(alice, lead, date="2015-01-12", assigned_to=await my_id(bob))
    await new_task(alice, await new_lead(alice), date="2015-01-12")
    await new_task(alice, lead, date="2015-01-14")
    query = {"lead_id": lead["id"], "assigned_to": await my_id(alice), "date__lt": "2015-01-13"}
    assert await listed(alice, **query, is_complete="false") == [mine["id"]]
    assert await listed(alice, **query, is_complete="true") == []


async def test_a_parameter_that_comes_twice(alice: Person, lead: Any) -> None:
    """With the same value it is one; two leads at once are refused."""
    task, other = await new_task(alice, lead), await new_lead(alice)
    await new_task(alice, other)
    twice = {"lead_id": [lead["id"], lead["id"]], "is_complete": ["false", "false"]}
    assert ids_of(await alice.close.get("/task/", params=twice)) == [task["id"]]
    both = {"lead_id": [lead["id"], other["id"]]}
    assert refusal_of(await alice.close.get("/task/", params=both), 400).keys() == {"lead_id"}


@pytest.mark.parametrize("name", ["date__foo", "text__lt", "id__gt", "is_complete__in", "__", "date__lt__gt"])
async def test_an_unknown_filter_is_refused(alice: Person, name: str) -> None:
    assert refusal_of(await alice.close.get("/task/", params={name: "1"}), 400).keys() == {name}


@pytest.mark.parametrize(
    "offset", ["abc", "nan", "inf", "-inf", "15", "-14.1", "1e9", "8h", "+08:00", "5,5", "0x8", "--8"]
)
async def test_an_offset_that_is_none_is_refused(alice: Person, lead: Any, offset: str) -> None:
    refusal_of(await alice.close.get("/task/", headers=seen_from(offset)), 400)
    answer = await alice.close.put("/task/?view=inbox", json={"is_complete": True}, headers=seen_from(offset))
    refusal_of(answer, 400)
