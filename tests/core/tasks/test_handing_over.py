"""Open tasks of one person become another's, wherever among the assignees they stand."""

import pytest

from tests.core.tasks.rows import check_kept, events_of, read
from tests.factories import task_of
from tests.people import Person, new_person
from touchbook.core import events
from touchbook.core.errors import UnknownRecord
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.handing_over import hand_over_tasks
from touchbook.core.tasks.task import CLOSED, OPEN, Status
from touchbook.store.postgres import Store


async def hand_over(store: Store, caller: Person, giver: Person, receiver: Person) -> int:
    async with store.transaction() as tx:
        return await hand_over_tasks(tx, caller.caller, giver=giver.user_id, receiver=receiver.user_id)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("b", "a"),
        ("bc", "ac"),
        ("cb", "ca"),
        ("cbd", "cad"),
        ("bca", "ac"),
        ("cba", "ca"),
        ("acb", "ac"),
        ("abc", "ac"),
    ],
)
async def test_the_place_is_kept(
    store: Store, server: str, alice: Person, bob: Person, before: str, after: str
) -> None:
    cyd, dan = [await new_person(store, server, alice.team, name) for name in ("Cyd", "Dan")]
    ids = {"a": alice.user_id, "b": bob.user_id, "c": cyd.user_id, "d": dan.user_id}
    task = await task_of(store, alice, assignees=[ids[name] for name in before])
    untouched = await task_of(store, alice, assignees=[cyd.user_id])
    assert await hand_over(store, alice, bob, alice) == 1
    now = await read(store, alice, task)
    assert now.assignees == [ids[name] for name in after]
    uids = {"a": alice.caller.user_uid, "c": cyd.caller.user_uid, "d": dan.caller.user_uid}
    told = {"assignees": [str(uids[name]) for name in after]}
    assert (await events_of(store, alice, task))[1:] == [("task.reassigned", told)]
    await check_kept(store, alice, now)
    assert await read(store, alice, untouched) == untouched
    assert await hand_over(store, alice, bob, alice) == 0
    assert await read(store, alice, task) == now


@pytest.mark.parametrize("status", sorted(OPEN | CLOSED))
async def test_what_has_ended_stays_as_it_was(store: Store, alice: Person, bob: Person, status: Status) -> None:
    task = await task_of(store, alice, status=status, assignees=[bob.user_id])
    handed = await hand_over(store, alice, bob, alice)
    assert handed == (1 if status in OPEN else 0)
    assert (await read(store, alice, task)).assignees == [(alice if handed else bob).user_id]


async def test_what_is_deleted_is_left_alone(store: Store, alice: Person, bob: Person) -> None:
    task = await task_of(store, alice, assignees=[bob.user_id])
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=task.id)
    assert await hand_over(store, alice, bob, alice) == 0


async def test_very_many_are_one_event(
    store: Store, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [await task_of(store, alice, assignees=[bob.user_id]) for _ in range(4)]
    monkeypatch.setattr(events, "MOST_EVENTS", 3)
    assert await hand_over(store, alice, bob, alice) == 4
    for task in tasks:
        assert [kind for kind, _ in await events_of(store, alice, task)] == ["task.created"]
        assert (await read(store, alice, task)).assignees == [alice.user_id]


async def test_only_a_member_can_be_given_tasks(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    task = await task_of(store, alice, assignees=[bob.user_id])
    with pytest.raises(UnknownRecord):
        await hand_over(store, alice, bob, charlie)
    assert await read(store, alice, task) == task


async def test_another_teams_tasks_are_not_concerned(
    store: Store, server: str, alice: Person, charlie: Person
) -> None:
    bella = await new_person(store, server, charlie.team, "Bella")
    task = await task_of(store, charlie, assignees=[bella.user_id])
    assert await hand_over(store, alice, bella, alice) == 0
    assert await read(store, charlie, task) == task
