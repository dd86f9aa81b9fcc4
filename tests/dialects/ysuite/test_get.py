import pytest

from tests.dialects.ysuite.wire import data_of, new_task, refusal_of
from tests.factories import contact_of, deal_of, tag_of, task_of
from tests.people import Person
from touchbook.core.tasks.deleting import delete_task
from touchbook.store.postgres import Store


@pytest.mark.req("V1-21", "V1-19", "V1-20")
async def test_get_shows_the_task(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    created = data_of(await alice.ysuite.post("/tasks", json=new_task(cstid=contact.id, description=None)))
    shown = data_of(await alice.ysuite.get(f"/tasks/{created['activity_id']}"))
    assert shown == {
        "activity_id": created["activity_id"],
        "title": "Follow up with Sarah",
        "activity_type": "Task",
        "status": 0,
        "priority": 3,
        "start_datetime": "2026-07-15T10:00:00",
        "end_datetime": "2026-07-15T11:00:00",
        "cstid": contact.id,
    }


@pytest.mark.req("V1-36")
async def test_get_shows_what_may_be_set_besides(store: Store, alice: Person, bob: Person) -> None:
    deal, hot, cold = await deal_of(store, alice), await tag_of(store, alice), await tag_of(store, alice, "Cold")
    more = {
        "deal_id": deal.id,
        "description": "Line one\nLine two — ümlaut 🏡",
        "assigned_user_id": bob.user_id,
        "tags": [cold.id, hot.id],
    }
    created = data_of(await alice.ysuite.post("/tasks", json=new_task(**more)))
    shown = data_of(await alice.ysuite.get(f"/tasks/{created['activity_id']}"))
    assert {name: shown[name] for name in more} == more
    assert shown["cstid"] is None


async def test_get_shows_titles_longer_than_may_be_written(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, "x" * 300)
    assert data_of(await alice.ysuite.get(f"/tasks/{task.id}"))["title"] == "x" * 300


async def test_get_shows_a_task_without_a_time(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, due_at=None)
    shown = data_of(await alice.ysuite.get(f"/tasks/{task.id}"))
    assert (shown["start_datetime"], shown["end_datetime"], shown["cstid"]) == (None, None, None)


async def test_a_path_answers_with_a_slash_at_its_end(store: Store, alice: Person) -> None:
    task = await task_of(store, alice)
    plain = await alice.ysuite.get(f"/tasks/{task.id}")
    slashed = await alice.ysuite.get(f"/tasks/{task.id}/")
    assert (slashed.status_code, slashed.content) == (200, plain.content)


async def test_get_belongs_to_the_team(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    task = await task_of(store, alice)
    assert data_of(await bob.ysuite.get(f"/tasks/{task.id}"))["activity_id"] == task.id
    foreign = await charlie.ysuite.get(f"/tasks/{task.id}")
    refusal_of(foreign, 400)
    assert foreign.content == (await charlie.ysuite.get(f"/tasks/{2**62}")).content


@pytest.mark.req("V1-22")
async def test_an_unknown_task_is_not_found(alice: Person) -> None:
    answer = await alice.ysuite.get(f"/tasks/{2**62}")
    refusal_of(answer, 400)
    assert answer.json() == {"success": False, "message": "Task not found."}


async def test_a_deleted_task_is_not_found(store: Store, alice: Person) -> None:
    task = await task_of(store, alice)
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=task.id)
    refusal_of(await alice.ysuite.get(f"/tasks/{task.id}"), 400)


@pytest.mark.req("V1-23")
@pytest.mark.parametrize(
    "number",
    ["abc", "0", "-1", "1.5", "null", "1e3", "%00", "%D9%A3", str(2**63), "9" * 5000, "1%20", "%F0%9F%8F%A1"],
)
async def test_an_id_that_is_none_is_refused(alice: Person, number: str) -> None:
    refusal_of(await alice.ysuite.get(f"/tasks/{number}"), 400)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
async def test_get_alone_is_allowed(store: Store, alice: Person, method: str) -> None:
    task = await task_of(store, alice)
    answer = await alice.ysuite.request(method, f"/tasks/{task.id}", json={"title": "New"})
    refusal_of(answer, 405)
    assert answer.headers["allow"] == "GET"
    assert data_of(await alice.ysuite.get(f"/tasks/{task.id}"))["title"] == "Follow up"
