"""`touchbook team list`, `user list` and `user leave`, beside a server that runs."""

import time
from dataclasses import dataclass
from itertools import count

import httpx
import pytest

from tests.cli.conftest import Script
from touchbook.core.caller import Role
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.issuing import issue_key
from touchbook.core.teams.joining import join_team
from touchbook.store.embedded import Embedded
from touchbook.store.postgres import Store

PATIENCE = 6
_numbers = count(1)


@dataclass(frozen=True)
class Clerk:
    email: str
    uid: str
    key: str


@dataclass(frozen=True)
class Office:
    """A team of a test's own: Kim is its admin, Lee and Max are members."""

    touchbook: Script
    site: str
    team: str
    kim: Clerk
    lee: Clerk
    max: Clerk

    def leave(self, clerk: Clerk, to: Clerk | None = None) -> list[str]:
        more = [f"--hand-over-to={to.email}"] if to else []
        return self.touchbook.say(*self._leaving(clerk.email), *more).splitlines()

    def fail_to_leave(self, email: str, *more: str) -> str:
        return self.touchbook.fail(*self._leaving(email), *more)

    def _leaving(self, email: str) -> tuple[str, ...]:
        return "user", "leave", f"--team={self.team}", f"--email={email}"

    def members(self) -> list[tuple[str, str, str]]:
        """E-mail address, role, and whether there is a password."""
        listed = rows(self.touchbook.say("user", "list", f"--team={self.team}"))
        return [(row[0], row[2], row[4]) for row in listed]

    def add_task(self, *assignees: Clerk) -> str:
        """Its id."""
        people = [clerk.uid for clerk in assignees]
        body = {"title": "Ring", "task_type": "Call", "due_date": time.time() + 3600, "assignees": people}
        answer = httpx.post(f"{self.site}/crm/tasks", headers=bearer(self.kim), json=body)
        assert answer.status_code == 200, answer.text
        made: str = answer.json()["data"]["id"]
        return made

    def assignees(self, task: str) -> list[str]:
        asked = {"associations[]": "crm_task.assignees"}
        answer = httpx.get(f"{self.site}/crm/tasks/{task}", headers=bearer(self.kim), params=asked)
        return [each["id"] for each in answer.json()["data"]["assignees"]]

    def status(self, clerk: Clerk) -> int:
        return httpx.get(f"{self.site}/v1/tasks", headers=bearer(clerk)).status_code

    def until_refused(self, clerk: Clerk) -> int:
        until = time.monotonic() + PATIENCE
        while (answer := self.status(clerk)) == 200 and time.monotonic() < until:
            time.sleep(0.2)
        return answer


def bearer(clerk: Clerk) -> dict[str, str]:
    return {"authorization": f"Bearer {clerk.key}"}


def rows(printed: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines() if "│" in line]


@pytest.fixture
async def office(touchbook: Script, site: str, embedded: Embedded) -> Office:
    number = next(_numbers)
    store = await Store.open(embedded.url)
    try:
        async with store.transaction() as tx:
            team = await found_team(tx, name=f"Office {number}")
            clerks = []
            roles: dict[str, Role] = {"kim": "admin", "lee": "member", "max": "member"}
            for name, role in roles.items():
                email = f"{name}@office{number}.example.com"
                user = await join_team(tx, team_id=team.id, email=email, role=role)
                key = await issue_key(tx, team_id=team.id, user_id=user.id, scope="write")
                clerks.append(Clerk(email, str(user.uid), key))
    finally:
        await store.close()
    return Office(touchbook, site, team.name, *clerks)


def test_the_lists(touchbook: Script, office: Office) -> None:
    words = (f"--team={office.team}", f"--email={office.lee.email}")
    touchbook.say("user", "set-password", *words, typed="long enough\n")
    touchbook.say("team", "add", f"Beside {office.team}", "--zone=Europe/Berlin", "--region=DE")
    assert office.members() == [
        (office.kim.email, "admin", "no"),
        (office.lee.email, "member", "yes"),
        (office.max.email, "member", "no"),
    ]
    teams = {row[0]: row[2:5] for row in rows(touchbook.say("team", "list"))}
    assert teams[office.team] == ["UTC", "US", "the team"]
    assert teams[f"Beside {office.team}"] == ["Europe/Berlin", "DE", "the team"]
    assert "Choose one with --team" in touchbook.fail("user", "list")
    assert "Nowhere" in touchbook.fail("user", "list", "--team=Nowhere")


def test_whoever_leaves_is_out_within_seconds_and_can_come_back(touchbook: Script, office: Office) -> None:
    assert [office.status(clerk) for clerk in (office.kim, office.lee)] == [200, 200]
    assert office.leave(office.lee) == [f"{office.lee.email} has left {office.team}."]
    assert office.until_refused(office.lee) == 401
    assert office.status(office.kim) == 200
    assert [email for email, _, _ in office.members()] == [office.kim.email, office.max.email]
    assert office.leave(office.lee) == [f"{office.lee.email} had already left {office.team}."]

    words = ("user", "add", f"--team={office.team}", f"--email={office.lee.email}", "--role=read_only")
    assert touchbook.say(*words) == office.lee.uid
    assert (office.lee.email, "read_only", "no") in office.members()
    assert office.status(office.lee) == 401


def test_their_open_tasks_go_to_another(office: Office) -> None:
    kim, lee, other = office.kim, office.lee, office.max
    alone, second, untouched = office.add_task(lee), office.add_task(kim, lee), office.add_task(kim)
    assert office.leave(lee, to=other) == [
        f"{lee.email} has left {office.team}.",
        f"2 open tasks are handed over to {other.email}.",
    ]
    assert office.assignees(alone) == [other.uid]
    assert office.assignees(second) == [kim.uid, other.uid]
    assert office.assignees(untouched) == [kim.uid]


def test_they_can_be_handed_over_later(office: Office) -> None:
    lee, other = office.lee, office.max
    task = office.add_task(lee)
    assert office.leave(lee)[1] == f"1 open task is still assigned to {lee.email}; see --hand-over-to."
    assert office.assignees(task) == [lee.uid]
    assert office.leave(lee, to=other) == [
        f"{lee.email} had already left {office.team}.",
        f"1 open task is handed over to {other.email}.",
    ]
    assert office.assignees(task) == [other.uid]


def test_what_is_wrong_is_said_and_changes_nothing(office: Office) -> None:
    kim, lee, other = office.kim.email, office.lee.email, office.max.email
    task = office.add_task(office.kim)
    assert "last admin" in office.fail_to_leave(kim, f"--hand-over-to={other}")
    assert office.assignees(task) == [office.kim.uid]
    assert "nobody@example.com" in office.fail_to_leave("nobody@example.com")
    assert "nobody@example.com" in office.fail_to_leave(lee, "--hand-over-to=nobody@example.com")
    assert "member who leaves" in office.fail_to_leave(lee, f"--hand-over-to={lee.upper()}")
    office.leave(office.max)
    assert other in office.fail_to_leave(lee, f"--hand-over-to={other}")
    assert [email for email, _, _ in office.members()] == [kim, lee]
