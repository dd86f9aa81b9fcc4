from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.core.tasks.rows import check_kept, events_of, read
from tests.dialects.close.asking import id_of, put, shown
from tests.dialects.close.records import NEVER, NO_IDS, my_id, new_lead, new_task
from tests.dialects.close.test_create import BAD_DATES, NO_TEXTS, stored
from tests.dialects.close.wire import data_of, refusal_of
from tests.factories import NOON, task_of
from tests.people import Person
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.task import CLOSED, OPEN, Status
from touchbook.store.postgres import Store

NO_TRUTHS: list[Any] = [None, "true", 1, [], {}]


@pytest.mark.req("CL-35")
async def test_person_date_and_completeness_change(store: Store, alice: Person, bob: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    for members in (
        {"assigned_to": await my_id(bob)},
        {"date": "2015-01-12"},
        {"is_complete": True},
        {"assigned_to": None, "date": None, "is_complete": False},
    ):
        before = await shown(alice, task["id"])
        changed = await put(bob, task["id"], **members)
        assert await shown(alice, task["id"]) == changed
        theirs = {*members, "assigned_to_name", "due_date", "is_dateless"}
        theirs |= {"updated_by", "updated_by_name", "date_updated"}
        assert {name for name in before if before[name] != changed[name]} <= theirs
        assert {name: changed[name] for name in members} == members
        assert (changed["due_date"], changed["updated_by_name"]) == (changed["date"], "Bob Example")
        assert changed["date_updated"] > before["date_updated"]
        await check_kept(store, alice, await stored(store, alice, task))


@pytest.mark.req("CL-36")
async def test_a_day_becomes_an_instant_and_a_day_again(store: Store, alice: Person, lead: Any) -> None:
    task = await new_task(alice, lead, date="2015-01-12")
    instant = "2015-01-12T08:00:00+00:00"
    for sent, seen in (
        ("2015-01-12T00:00:00-08:00", instant),
        ("2015-01-12", "2015-01-12"),
        (instant, instant),
        (None, None),
        ("2015-01-13", "2015-01-13"),
    ):
        assert (await put(alice, task["id"], date=sent))["date"] == seen
        kept = await stored(store, alice, task)
        assert kept.due_on == (date.fromisoformat(seen) if seen and len(seen) == 10 else None)
        assert kept.due_at == (datetime(2015, 1, 12, 8, tzinfo=UTC) if seen == instant else None)
        await check_kept(store, alice, kept)


@pytest.mark.req("CL-37")
async def test_the_text_of_a_lead_task_changes(store: Store, alice: Person, lead: Any) -> None:
    task = await new_task(alice, lead, "Call her")
    assert (await put(alice, task["id"], text="Call Sarah 🏡"))["text"] == "Call Sarah 🏡"
    await check_kept(store, alice, await stored(store, alice, task))
    assert (await put(alice, task["id"], text=""))["text"] == "Todo"


@pytest.mark.req("CL-38")
@pytest.mark.parametrize("kind", ["voicemail", "missed_call", "outgoing_call", "opportunity_due"])
async def test_no_other_text_changes(store: Store, alice: Person, kind: str) -> None:
    task = await task_of(store, alice, "What came", origin=kind)
    for text in ("Other", "", None):
        answer = await alice.close.put(f"/task/{id_of(task)}/", json={"is_complete": True, "text": text})
        assert refusal_of(answer, 400).keys() == {"text"}
    assert await read(store, alice, task) == task
    await put(alice, id_of(task), text="What came")
    assert await read(store, alice, task) == task
    assert len(await events_of(store, alice, task)) == 1
    assert (await put(alice, id_of(task), text="What came", is_complete=True))["is_complete"] is True


@pytest.mark.req("CL-39")
async def test_what_may_not_be_written_is_passed_over(alice: Person, bob: Person, lead: Any) -> None:
    task, other = await new_task(alice, lead), await new_lead(alice, "Other")
    sent = {
        "lead_id": other["id"],
        "lead_name": "Other",
        "id": f"task_{NEVER}",
        "organization_id": f"orga_{NEVER}",
        "created_by": await my_id(bob),
        "date_created": "2000-01-01T00:00:00.000000+00:00",
        "object_type": "email",
        "view": "inbox",
        "nonsense": [1, {}],
    }
    assert await put(alice, task["id"], **sent) == task
    assert await shown(alice, task["id"]) == task


@pytest.mark.req("CL-39")
@pytest.mark.parametrize("kind", ["voicemail", "outgoing_call", "nonsense", "", None, 5])
async def test_another_type_is_refused(alice: Person, lead: Any, kind: Any) -> None:
    task = await new_task(alice, lead)
    answer = await alice.close.put(f"/task/{task['id']}/", json={"_type": kind, "is_complete": True})
    assert refusal_of(answer, 400).keys() == {"_type"}
    assert await shown(alice, task["id"]) == task
    assert await put(alice, task["id"], _type="lead") == task


@pytest.mark.parametrize("status", sorted(OPEN | CLOSED))
@pytest.mark.parametrize("origin", ["manual", "voicemail"])
async def test_a_whole_task_sent_back_changes_nothing(
    store: Store, alice: Person, bob: Person, lead: Any, status: Status, origin: str
) -> None:
    """The coarse-write rule: what is shown as complete stays cancelled, skipped or missed."""
    due = datetime(2015, 1, 12, 8, 0, 0, 1, tzinfo=UTC)
    people = [alice.user_id, bob.user_id]
    task = await task_of(store, alice, None, status=status, origin=origin, due_at=due, assignees=people)
    item = await shown(alice, id_of(task))
    assert item["is_complete"] == (status in CLOSED)
    assert await put(bob, id_of(task), **item) == item
    assert await put(bob, id_of(task), **{**item, "date": "2015-01-12T00:00:00.000001-08:00"}) == item
    assert await read(store, alice, task) == task
    assert len(await events_of(store, alice, task)) == 1


async def test_a_whole_task_with_a_date_from_elsewhere_may_be_sent_back(store: Store, alice: Person) -> None:
    """One that Close itself would not take."""
    task = await task_of(store, alice, due_at=datetime(1850, 1, 1, tzinfo=UTC))
    item = await shown(alice, id_of(task))
    changed = await put(alice, id_of(task), **{**item, "is_complete": True})
    assert (changed["date"], changed["is_complete"]) == (item["date"], True)


async def test_another_in_the_first_one_s_place_keeps_the_rest(store: Store, alice: Person, bob: Person) -> None:
    """M-8"""
    task = await task_of(store, alice, assignees=[alice.user_id, bob.user_id])
    assert (await put(alice, id_of(task), assigned_to=None))["assigned_to_name"] == "Bob Example"
    await put(alice, id_of(task), assigned_to=await my_id(alice))
    assert (await read(store, alice, task)).assignees == [alice.user_id]


async def test_what_close_does_not_know_of_is_kept(store: Store, alice: Person) -> None:
    """M-7: the description is not seen here."""
    members: dict[str, Any] = {"description": "Long", "priority": 4, "end_at": NOON, "metadata": '{"a": 1}'}
    task = await task_of(store, alice, **members)
    await put(alice, id_of(task), text="Other", date="2015-01-12", is_complete=True)
    after = await read(store, alice, task)
    kept = ("description", "priority", "end_at", "metadata", "kind", "origin", "created_by")
    assert [getattr(after, name) for name in kept] == [getattr(task, name) for name in kept]


@pytest.mark.req("CL-57")
async def test_due_date_stands_in_for_a_date_that_is_missing(alice: Person, lead: Any) -> None:
    task = (await new_task(alice, lead, date="2015-01-12"))["id"]
    assert (await put(alice, task, due_date="2016-01-01"))["date"] == "2016-01-01"
    assert (await put(alice, task, due_date="2017-01-01", date="2018-01-01"))["date"] == "2018-01-01"
    assert (await put(alice, task, due_date="2017-01-01", date=None))["date"] is None
    await put(alice, task, date="2015-01-12")
    assert (await put(alice, task, due_date=None))["date"] is None


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("date", value) for value in BAD_DATES),
        *(("due_date", value) for value in NO_TEXTS),
        *(("assigned_to", value) for value in (*NO_IDS, "", 5)),
        *(("is_complete", value) for value in NO_TRUTHS),
        ("text", 5),
        ("text", "x" * 65_537),
    ],
)
async def test_what_is_wrong_is_refused_whole(alice: Person, lead: Any, member: str, value: Any) -> None:
    task = await new_task(alice, lead)
    good: dict[str, Any] = {"text": "Other", "is_complete": True, "date": "2015-01-12", "assigned_to": None}
    if member == "due_date":
        del good["date"]
    answer = await alice.close.put(f"/task/{task['id']}/", json={**good, member: value})
    assert refusal_of(answer, 400).keys() <= {member, "date"}
    assert await shown(alice, task["id"]) == task


async def test_an_unknown_task_is_not_found(alice: Person, charlie: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    for number in (*NO_IDS, f"task_{NEVER}"):
        refusal_of(await alice.close.put(f"/task/{number}/", json={"is_complete": True}), 404)
    refusal_of(await charlie.close.put(f"/task/{task['id']}/", json={"is_complete": True}), 404)
    assert await shown(alice, task["id"]) == task


async def test_a_person_of_another_team_is_unknown(alice: Person, charlie: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    answer = await alice.close.put(f"/task/{task['id']}/", json={"assigned_to": await my_id(charlie)})
    assert refusal_of(answer, 400) == {"assigned_to": "Object does not exist."}
    assert await shown(alice, task["id"]) == task


async def test_an_answer_has_the_fields_that_were_asked_for(store: Store, alice: Person, lead: Any) -> None:
    account = NewAssociation("account", (await stored(store, alice, await new_task(alice, lead))).account_id or 0)
    task = await task_of(store, alice, associations=[account])
    answer = await alice.close.put(f"/task/{id_of(task)}/?_fields=lead_name", json={"is_complete": True})
    assert data_of(answer) == {"lead_name": "Cyberdyne"}
