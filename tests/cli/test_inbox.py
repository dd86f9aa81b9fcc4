from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import Script
from tests.clock import utc_now
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.queries import find_team, find_user
from touchbook.store.embedded import Embedded
from touchbook.store.postgres import Store

TEAM, ALICE, BOB = "Inbox & Sons", "alice.inbox@example.com", "bob.inbox@example.com"
ZONE = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="module")
async def inbox(touchbook: Script, embedded: Embedded) -> Script:
    """Alice in Tokyo has a task overdue and one ahead; Bob has one without a time."""
    touchbook.say("team", "add", TEAM, "--zone", "America/Chicago")
    touchbook.say("user", "add", "--team", TEAM, "--email", ALICE, "--zone", ZONE.key, "--first-name", "Alice")
    touchbook.say("user", "add", "--team", TEAM, "--email", BOB, "--first-name", "Bob")
    store = await Store.open(embedded.url)
    try:
        async with store.transaction() as tx:
            await _fill(tx)
    finally:
        await store.close()
    return touchbook


async def _fill(tx: Any) -> None:
    team = await find_team(tx, TEAM)
    assert team is not None
    alice, bob = [await find_user(tx, team.id, email=email) for email in (ALICE, BOB)]
    assert alice is not None
    assert bob is not None
    caller = act_as(team, alice, surface="test")
    contact = await add_contact(tx, caller, PlainMembers(first_name="Sarah", last_name="Connor"))
    links = [NewAssociation("contact", contact.id)]
    late = utc_now() - timedelta(days=2)
    for new in (
        NewTask(title="Ahead [bold]", due_at=late + timedelta(days=9), assignees=[alice.id], priority=4),
        NewTask(title="Late", due_at=late, assignees=[alice.id], associations=links),
        NewTask(title="Bob's own", due_on=(utc_now() + timedelta(days=3)).date(), assignees=[bob.id]),
        NewTask(title="Over", due_at=late, assignees=[alice.id], status="completed"),
    ):
        await create_task(tx, caller, new)


def _rows(printed: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines() if "│" in line]


def test_a_persons_inbox_by_due_in_their_zone(inbox: Script) -> None:
    late, ahead = _rows(inbox.say("tasks", "--user", ALICE))
    assert late[2:] == ["Late", "Sarah Connor", "Alice", "open", "medium"]
    assert late[1].startswith("! ")
    assert ahead[2:] == ["Ahead [bold]", "", "Alice", "open", "urgent"]
    tokyo = (utc_now() + timedelta(days=7)).astimezone(ZONE)
    assert f"{tokyo:%Y-%m-%d}" in ahead[1]


def test_the_teams_inbox_holds_everybodys(inbox: Script) -> None:
    assert [row[2] for row in _rows(inbox.say("tasks", "--team", TEAM))] == ["Late", "Bob's own", "Ahead [bold]"]


def test_a_page_says_how_many_more_there_are(inbox: Script) -> None:
    assert inbox.say("tasks", "--team", TEAM, "--limit", "1").endswith("2 more; see --limit.")


def test_nobody_and_no_team(inbox: Script) -> None:
    assert "nobody@example.com" in inbox.fail("tasks", "--user", "nobody@example.com")
    assert "Nowhere" in inbox.fail("tasks", "--team", "Nowhere")
