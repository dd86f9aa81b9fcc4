import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.cli.conftest import Script
from touchbook.core.identity import prefixed_id
from touchbook.store.embedded import Embedded

PREFIXES = {"lead": "lead", "contact": "cont", "deal": "oppo", "task": "task"}


def test_four_people_who_may_write(demonstration: dict[str, Any], site: str) -> None:
    assert len(demonstration["users"]) == 4
    for user in demonstration["users"]:
        assert set(user) == {"id", "uid", "email", "password", "key"}
        assert UUID(user["uid"]).version == 7
        answer = httpx.post(
            f"{site}/v1/tasks",
            headers={"authorization": f"Bearer {user['key']}"},
            json={
                "title": "Written by the demonstration",
                "start_datetime": "2026-07-15T10:00:00",
                "cstid": demonstration["contact"]["id"],
                "assigned_user_id": user["id"],
            },
        )
        assert answer.status_code in (200, 201), answer.text


def test_one_example_of_each_kind_in_every_form_of_its_id(demonstration: dict[str, Any], site: str) -> None:
    for noun, prefix in PREFIXES.items():
        example = demonstration[noun]
        assert example["prefixed"] == prefixed_id(prefix, UUID(example["uid"]))
    assert set(demonstration["listing"]) == {"id", "uid"}
    key = demonstration["users"][0]["key"]
    for noun in ("task", "contact", "deal"):
        answer = httpx.get(
            f"{site}/v1/{noun}s/{demonstration[noun]['id']}", headers={"authorization": f"Bearer {key}"}
        )
        assert answer.status_code == 200


def test_team_brand_and_tags(demonstration: dict[str, Any]) -> None:
    assert set(demonstration["team"]) == {"name", "id"}
    assert UUID(demonstration["brand"])
    assert [tag["text"] for tag in demonstration["tags"]] == [
        "Agent",
        "Buyer",
        "Hot",
        "Past Client",
        "Seller",
        "Warm",
    ]


def test_says_the_same_again(touchbook: Script, demonstration: dict[str, Any]) -> None:
    assert touchbook.demo() == demonstration


def test_says_it_to_people_too(touchbook: Script, demonstration: dict[str, Any]) -> None:
    said = touchbook.say("demo")
    assert all(user["password"] in said and user["key"] in said for user in demonstration["users"])


def test_the_credentials_are_for_the_owners_eyes_alone(demonstration: dict[str, Any], data_dir: Path) -> None:
    assert demonstration
    assert stat.S_IMODE((data_dir / "demo.json").stat().st_mode) == 0o600


def test_a_lost_file_means_new_credentials_for_the_same_team(
    touchbook: Script, demonstration: dict[str, Any], tmp_path: Path, embedded: Embedded
) -> None:
    other = Script(tmp_path).with_database(embedded.url)
    anew = other.demo()
    assert anew["team"] == demonstration["team"]
    assert anew["task"] == demonstration["task"]
    for before, after in zip(demonstration["users"], anew["users"], strict=True):
        assert before["uid"] == after["uid"]
        assert before["key"] != after["key"]
        assert before["password"] != after["password"]
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    assert other.demo() == anew


async def test_some_sixty_tasks_of_every_sort(embedded: Embedded, fresh: Callable[[str], Script]) -> None:
    made = fresh("sixty").demo()
    connection = await asyncpg.connect(embedded.url_of("sixty"))
    try:
        tasks = await connection.fetch("select * from tasks where team_id = $1 order by id", made["team"]["id"])
        crowds = await connection.fetchval(
            "select count(distinct count) from (select count(*) from task_assignees group by task_id) crowd"
        )
        kinds = await connection.fetchval("select count(distinct kind) from task_associations")
        contacts = await connection.fetchval("select count(*) from contacts")
        hashes = await connection.fetch("select password_hash from users")
    finally:
        await connection.close()
    of_a_sequence = [task for task in tasks if task["sequence_id"]]
    assert len(tasks) - len(of_a_sequence) == 60
    assert [task["origin"] for task in of_a_sequence if task["status"] in ("open", "scheduled")] == [
        "sequence_step_call",
        "sequence_step_email",
    ]
    assert of_a_sequence[-1]["mailing_id"] is not None
    assert contacts == 12
    assert {task["status"] for task in tasks} == {
        "scheduled",
        "open",
        "in_progress",
        "completed",
        "cancelled",
        "no_show",
        "skipped",
    }
    assert {task["kind"] for task in tasks} == {"call", "message", "todo", "in_person"}
    assert {task["priority"] for task in tasks} == {0, 1, 2, 3, 4}
    assert any(task["due_on"] for task in tasks)
    assert any(task["due_at"] for task in tasks)
    today = tasks[0]["created_at"].date()
    days = {((task["due_on"] or task["due_at"].date()) - today).days for task in tasks}
    assert min(days) < -7
    assert max(days) > 7
    assert days & {-1, 0, 1}
    assert crowds == 2
    assert kinds == 3
    assert all(row["password_hash"].startswith("$argon2id$") for row in hashes)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_is_not_served_beyond_this_machine(touchbook: Script, host: str) -> None:
    assert "--demo" in touchbook.fail("serve", "--demo", "--port", "0", "--host", host)
