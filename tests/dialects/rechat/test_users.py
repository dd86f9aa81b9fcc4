from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tests.conformance.rechat.binding import fill
from tests.conformance.rechat.fixtures import FIXTURES, lay_ground, masked
from tests.conformance.rechat.matching import find_differences
from tests.people import Person, new_person, new_team
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.queries import find_user, team_of, users_by_id
from touchbook.core.teams.user import User
from touchbook.dialects.rechat.agents import mask_email, mask_phone
from touchbook.dialects.rechat.brands import brand_item
from touchbook.dialects.rechat.users import UserItem, show_clock, user_item
from touchbook.store.postgres import Store

NOW = datetime(2025, 12, 8, 3, 14, 14, tzinfo=UTC)


@dataclass(frozen=True)
class Stage:
    store: Store
    person: Person

    async def user(self, **members: Any) -> User:
        email = f"{uuid4().hex}@example.com"
        async with self.store.transaction() as tx:
            return await join_team(tx, team_id=self.person.team.id, email=email, **members)

    async def shown(self, **members: Any) -> UserItem:
        return user_item(await self.user(**members), self.person.caller, NOW)


@pytest.fixture
def stage(store: Store, alice: Person) -> Stage:
    return Stage(store, alice)


def written(item: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(item))


@pytest.mark.parametrize("name", ["me", "other"])
async def test_the_recorded_users_are_shown_as_recorded(store: Store, name: str) -> None:
    ground = await lay_ground(store)
    recorded = FIXTURES["users"][name]["document"]

    shown = written(user_item(ground.users[name], ground.caller, NOW))

    assert list(shown) == list(recorded)
    expected = fill(masked(FIXTURES["users"][name]), ground.bound)
    assert find_differences(expected, shown, now=NOW.timestamp()) == []
    assert shown["current_time"] == recorded["current_time"]
    assert shown["agents"] == recorded["agents"]


@pytest.mark.parametrize("agent", FIXTURES["users"]["me"]["document"]["agents"])
async def test_an_agent_has_its_26_members_in_order(store: Store, agent: dict[str, Any]) -> None:
    ground = await lay_ground(store)

    (shown,) = written(user_item(ground.users["me"], ground.caller, NOW))["agents"]

    assert len(shown) == 26
    assert list(shown) == list(agent)


async def test_without_a_profile_the_rest_is_what_a_new_agent_has(stage: Stage) -> None:
    user = await stage.user(first_name="Ada", last_name="Lovelace")
    shown = written(user_item(user, stage.person.caller, NOW))

    assert len(shown) == 48
    assert {name: value for name, value in shown.items() if value not in (None, False)} == {
        "type": "user",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email": user.email,
        "created_at": user.created_at.timestamp(),
        "id": str(user.uid),
        "updated_at": user.updated_at.timestamp(),
        "user_status": "Active",
        "timezone": "America/Chicago",
        "user_type": "Agent",
        "email_quota": 30000,
        "current_time": "9:14 PM - Sunday Dec 07, 2025",
        "active_brand": str(stage.person.team.uid),
        "display_name": "Ada Lovelace",
        "abbreviated_display_name": "Ada",
        "online_state": "Offline",
    }


async def test_a_password_shows_as_there_and_never_itself(stage: Stage) -> None:
    shown = await stage.shown(password_hash="$argon2id$secret")

    assert shown.has_password is True
    assert b"argon2id" not in msgspec.json.encode(shown)


async def test_a_person_in_two_teams_is_shown_with_the_brand_of_the_one_who_asks(
    stage: Stage, store: Store, charlie: Person
) -> None:
    user = await stage.user(profile={"brand": str(stage.person.team.uid)})
    async with store.transaction() as tx:
        elsewhere = await join_team(tx, team_id=charlie.team.id, email=user.email)

    here, there = user_item(user, stage.person.caller, NOW), user_item(elsewhere, charlie.caller, NOW)

    assert here.brand == here.active_brand == str(stage.person.team.uid)
    assert (there.brand, there.active_brand) == (None, str(charlie.team.uid))
    assert there.id == here.id


async def test_what_a_profile_cannot_mean_falls_back(stage: Stage) -> None:
    junk = {
        "user_type": 7,
        "email_quota": "many",
        "features": ["Deals", 3],
        "push_allowed": "yes",
        "agents": {"id": "no list"},
        "website": ["https://example.com"],
        "first_name": "Not Ada",
        "has_password": True,
        "no_such_member": {},
        "designation": "Broker",
    }
    shown = await stage.shown(first_name="Ada", profile=junk)

    assert (shown.user_type, shown.email_quota, shown.features) == ("Agent", 30_000, None)
    assert (shown.push_allowed, shown.agents, shown.website) == (False, None, None)
    assert (shown.first_name, shown.has_password) == ("Ada", False)
    assert shown.designation == "Broker"


@pytest.mark.parametrize("quota", ["-1", "2147483648", "1e300", "1e400", "1.5", "true"])
async def test_a_quota_is_a_number_that_fits(stage: Stage, quota: str) -> None:
    profile = {"email_quota": msgspec.Raw(quota.encode()), "designation": "Broker"}
    shown = await stage.shown(profile=profile)

    assert (shown.email_quota, shown.designation) == (30_000, "Broker")


async def test_an_agent_of_another_shape_is_left_out_and_the_others_stay(stage: Stage) -> None:
    agents = [{"id": 7}, {"id": "a1", "full_name": "Ada Lovelace"}, "a2", {"id": "a3", "updated_at": "yesterday"}]

    shown = await stage.shown(profile={"agents": agents})

    assert shown.agents is not None
    assert [(agent.id, agent.full_name) for agent in shown.agents] == [("a1", "Ada Lovelace")]


async def test_questions_are_made_where_none_were_given(stage: Stage) -> None:
    agent = {
        "id": "a1",
        "phone_number": "(972) 264-4703",
        "email": "ada.lovelace@example.com",
        "work_phone": "(469) 358-8080",
    }
    shown = await stage.shown(profile={"agents": [agent, {"id": "a2"}]})

    assert shown.agents is not None
    assert [one.secret_questions for one in shown.agents] == [
        ["(972) XXX-XX03", "ada.loxxxxxxxxxxxxle.com", "(469) XXX-XX80"],
        [],
    ]


@pytest.mark.parametrize(
    ("number", "masked"),
    [("(972) 264-4703", "(972) XXX-XX03"), ("+4368120265807", "+436XXXXXXXX07"), ("12345", "12345"), ("", "")],
)
def test_masked_numbers(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@pytest.mark.parametrize(("email", "masked"), [("a@b.c", "axxxc"), ("a@b", "xxx"), ("", "")])
def test_of_a_short_address_less_is_shown(email: str, masked: str) -> None:
    assert mask_email(email) == masked


@pytest.mark.req("RT-89")
@pytest.mark.parametrize(
    ("zone", "instant", "shown"),
    [
        ("America/Chicago", "2025-12-08T03:14:14+00:00", "9:14 PM - Sunday Dec 07, 2025"),
        ("UTC", "2025-12-08T00:05:00+00:00", "12:05 AM - Monday Dec 08, 2025"),
        ("UTC", "2026-02-28T12:00:59+00:00", "12:00 PM - Saturday Feb 28, 2026"),
        ("Asia/Kathmandu", "2026-05-31T18:30:00+00:00", "12:15 AM - Monday Jun 01, 2026"),
        ("America/Chicago", "2026-03-08T07:59:00+00:00", "1:59 AM - Sunday Mar 08, 2026"),
        ("America/Chicago", "2026-03-08T08:00:00+00:00", "3:00 AM - Sunday Mar 08, 2026"),
        ("America/Chicago", "2026-11-01T06:30:00+00:00", "1:30 AM - Sunday Nov 01, 2026"),
        ("America/Chicago", "2026-11-01T07:30:00+00:00", "1:30 AM - Sunday Nov 01, 2026"),
        ("Pacific/Auckland", "2026-09-26T14:00:00+00:00", "3:00 AM - Sunday Sep 27, 2026"),
    ],
)
async def test_current_time_is_the_persons_own(stage: Stage, zone: str, instant: str, shown: str) -> None:
    user = await stage.user(zone=zone)
    item = user_item(user, stage.person.caller, datetime.fromisoformat(instant))

    assert (item.timezone, item.current_time) == (zone, shown)


async def test_without_a_zone_of_their_own_it_is_the_teams(store: Store, server: str) -> None:
    bob = await new_person(store, server, await new_team(store, zone="Europe/Vienna"), "Bob")
    async with store.reading() as reader:
        user = (await users_by_id(reader, bob.caller, [bob.user_id]))[bob.user_id]
    viewer = msgspec.structs.replace(bob.caller, zone=ZoneInfo("Asia/Tokyo"))

    item = user_item(user, viewer, NOW)

    assert (item.timezone, item.current_time) == ("Europe/Vienna", "4:14 AM - Monday Dec 08, 2025")


def test_days_and_months_have_their_english_names() -> None:
    months = [show_clock(datetime(2026, month, 9)).split()[4] for month in range(1, 13)]
    days = [show_clock(datetime(2026, 6, day)).split()[3] for day in range(1, 8)]

    assert " ".join(months) == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    assert " ".join(days) == "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"


async def test_someone_gone_is_shown_as_gone(stage: Stage, store: Store) -> None:
    user = await stage.user()
    gone = msgspec.structs.replace(user, deleted_at=NOW)

    assert user_item(gone, stage.person.caller, NOW).deleted_at == NOW.timestamp()


async def test_a_brand_is_the_team(store: Store, alice: Person) -> None:
    async with store.reading() as reader:
        team = await team_of(reader, alice.caller)

    assert written(brand_item(team)) == {
        "id": str(alice.team.uid),
        "created_at": alice.team.created_at.timestamp(),
        "updated_at": alice.team.created_at.timestamp(),
        "deleted_at": None,
        "name": alice.team.name,
        "brand_type": "Team",
        "type": "brand",
    }


async def test_phone_and_profile_are_stored_as_given(stage: Stage, store: Store) -> None:
    profile = {"designation": "Broker", "links": [1, {"a": None}]}
    user = await stage.user(phone_number="+4368120265807", profile=profile)

    async with store.reading() as reader:
        found = await find_user(reader, stage.person.team.id, email=user.email)

    assert found == user
    assert found is not None
    assert found.phone_number == "+4368120265807"
    assert msgspec.json.decode(found.profile) == profile
