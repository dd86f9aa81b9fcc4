"""Views, filters and orders of random tasks around a viewer's midnight, against a model in plain Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import combinations
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dialects.close.asking import id_of, listed
from tests.people import Person, new_person, new_team
from touchbook.core.accounts.opening import open_account
from touchbook.core.identity import prefixed_id
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.task import CLOSED, Status, Task
from touchbook.core.teams.queries import users_by_id
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ORIGINS = [
    "manual",
    "manual",
    "manual",
    "sequence_step_call",
    "voicemail",
    "missed_call",
    "outgoing_call",
    "opportunity_due",
]
TYPES = ["lead", "voicemail", "missed_call", "outgoing_call", "opportunity_due", "incoming_sms"]
OPS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda key, bound: key < bound,
    "lte": lambda key, bound: key <= bound,
    "gt": lambda key, bound: key > bound,
    "gte": lambda key, bound: key >= bound,
}


@dataclass(frozen=True)
class Scene:
    """A viewer's offset and instant, and tasks; an assignee is 0 or 1, an account too."""

    offset: str
    now: datetime
    tasks: list[dict[str, Any]]
    filters: dict[str, Any]

    @property
    def zone(self) -> timezone:
        return timezone(timedelta(hours=float(self.offset)))


@st.composite
def _scenes(draw: st.DrawFn) -> Scene:
    minutes = draw(st.sampled_from([-480, 330, 345, 0, -210, 840, -840]) | st.integers(-840, 840))
    zone = timezone(timedelta(minutes=minutes))
    today = draw(st.sampled_from([date(2015, 1, 12), date(2024, 2, 29), date(2025, 12, 31)]))
    days = st.integers(-2, 2).map(lambda shift: today + shift * DAY)
    steps = st.sampled_from([timedelta(), timedelta(microseconds=-1), timedelta(microseconds=1), -HOUR, 9 * HOUR])
    instants = st.builds(lambda day, step: _midnight(day, zone) + step, days, steps)
    due = st.one_of(instants.map(lambda at: {"due_at": at}), days.map(lambda on: {"due_on": on}), st.just({}))
    members = st.fixed_dictionaries(
        {
            "status": st.sampled_from(["open", "open", "open", *get_args(Status)]),
            "origin": st.sampled_from(ORIGINS),
            "assignees": st.lists(st.integers(0, 1), unique=True),
            "account": st.integers(0, 1),
        }
    )
    bounds = days | instants
    names = [f"{name}__{op}" for name in ("date", "due_date", "date_created", "date_updated") for op in OPS]
    choices: dict[str, st.SearchStrategy[Any]] = {
        "_type": st.sampled_from(["all", *TYPES]),
        "_type__in": st.lists(st.sampled_from(TYPES), min_size=1, unique=True),
        "is_complete": st.booleans(),
        "view": st.sampled_from(["inbox", "future", "archive"]),
        "assigned_to": st.integers(0, 1),
        "membership_id": st.integers(0, 1),
        "lead_id": st.integers(0, 1),
        "id__in": st.lists(st.integers(0, 9), min_size=1),
        "id": st.integers(0, 9),
        "date": bounds,
        "due_date": bounds,
        **dict.fromkeys(names, bounds),
    }
    others = st.sampled_from(sorted(choices.keys() - {"view"}))
    chosen = ["view", *draw(st.lists(others, min_size=3, max_size=6, unique=True))]
    return Scene(
        offset=str(minutes / 60),
        now=_midnight(today, zone) + draw(steps),
        tasks=draw(st.lists(st.builds(lambda one, when: one | when, members, due), min_size=6, max_size=12)),
        filters={name: draw(choices[name]) for name in chosen},
    )


def _midnight(day: date, zone: timezone) -> datetime:
    return datetime.combine(day, time(), zone)


def _key(task: Task, zone: timezone) -> datetime | None:
    """A day counts as its midnight (5.3.6)."""
    return _midnight(task.due_on, zone) if task.due_on else task.due_at


def _in_order(tasks: list[Task], zone: timezone) -> list[Task]:
    """A day comes before what is timed at the same instant; what has no date comes last."""

    def place(task: Task) -> tuple[Any, ...]:
        key = _key(task, zone)
        return key is None, key or datetime.min, task.due_on is None, task.id

    return sorted(tasks, key=place)


def _within(key: datetime | None, op: str, bound: date | datetime, zone: timezone) -> bool:
    """5.3.7"""
    if key is None:
        return False
    if isinstance(bound, datetime):
        return OPS[op](key, bound)
    if op in ("lt", "gte"):
        return OPS[op](key, _midnight(bound, zone))
    return key < _midnight(bound + DAY, zone) if op == "lte" else key >= _midnight(bound + DAY, zone)


def _type(task: Task) -> str:
    return task.origin if task.origin in TYPES else "lead"


def _holds(name: str, value: Any, task: Task, scene: Scene, made: list[Task], people: list[int]) -> bool:
    tomorrow = _midnight(scene.now.astimezone(scene.zone).date() + DAY, scene.zone)
    key = _key(task, scene.zone)
    plain: dict[str, Callable[[], bool]] = {
        "_type": lambda: value in ("all", _type(task)),
        "_type__in": lambda: _type(task) in value,
        "is_complete": lambda: (task.status in CLOSED) == value,
        "assigned_to": lambda: task.assignee == people[value],
        "membership_id": lambda: task.assignee == people[value],
        "lead_id": lambda: scene.tasks[made.index(task)]["account"] == value,
        "id__in": lambda: any(task == made[n % len(made)] for n in value),
        "id": lambda: task == made[value % len(made)],
    }
    if name == "view":
        if value == "archive":
            return task.status in CLOSED
        return task.status not in CLOSED and key is not None and (key < tomorrow) == (value == "inbox")
    if name in plain:
        return plain[name]()
    member, _, op = name.partition("__")
    of = {"date_created": task.created_at, "date_updated": task.updated_at}.get(member, key)
    if op:
        return _within(of, op, value, scene.zone)
    return _within(of, "gte", value, scene.zone) and _within(of, "lte", value, scene.zone)


def _expected(query: Mapping[str, Any], scene: Scene, made: list[Task], people: list[int]) -> list[str]:
    asked = dict(query)
    if not asked.keys() & {"_type", "_type__in"}:
        asked["_type"] = "lead"
    if asked.get("view") in ("inbox", "future"):
        for name in ("date__lt", "date__gte", "due_date__lt", "due_date__gte"):
            asked.pop(name, None)
    found = [
        task
        for task in made
        if all(_holds(name, value, task, scene, made, people) for name, value in asked.items())
    ]
    return [id_of(task) for task in _in_order(found, scene.zone)]


class World:
    """A team of its own for one scene, and what its numbers are on the wire."""

    def __init__(self, alice: Person, scene: Scene, made: list[Task], people: list[int], words: dict[str, Any]):
        self.alice = alice
        self.scene = scene
        self.made = made
        self.people = people
        self.words = words

    def expected(self, query: Mapping[str, Any]) -> list[str]:
        return _expected(query, self.scene, self.made, self.people)

    async def listed(self, query: Mapping[str, Any], **more: Any) -> list[str]:
        sent = {name: self._text(name, value) for name, value in query.items()}
        return await listed(self.alice, self.scene.offset, **sent, **more)

    def _text(self, name: str, value: Any) -> str:
        if name in self.words:
            return str(self.words[name][value])
        if name in ("id", "id__in"):
            numbers = value if isinstance(value, list) else [value]
            return ",".join(id_of(self.made[number % len(self.made)]) for number in numbers)
        if isinstance(value, list):
            return ",".join(value)
        return value.isoformat() if isinstance(value, date) else str(value)


async def _build(store: Store, server: str, scene: Scene) -> World:
    team = await new_team(store)
    alice, bob = [await new_person(store, server, team, name) for name in ("Alice", "Bob")]
    people = [alice.user_id, bob.user_id]
    still = Store(store.pool, clock=lambda: scene.now)
    async with still.transaction() as tx:
        users = await users_by_id(tx, alice.caller, people)
        leads = [await open_account(tx, alice.caller, kind="company", name=name) for name in ("A", "B")]
        made = [await _create(tx, alice, one, people, [lead.id for lead in leads]) for one in scene.tasks]
    words = {
        "assigned_to": [prefixed_id("user", users[person].uid) for person in people],
        "membership_id": [prefixed_id("memb", users[person].member_uid) for person in people],
        "lead_id": [prefixed_id("lead", lead.uid) for lead in leads],
    }
    return World(alice, scene, made, people, words)


async def _create(
    tx: Transaction, person: Person, one: dict[str, Any], people: list[int], leads: list[int]
) -> Task:
    members = one | {"assignees": [people[number] for number in one["assignees"]]}
    lead = leads[members.pop("account")]
    return await create_task(tx, person.caller, NewTask(**members, associations=[NewAssociation("account", lead)]))


CHECKED = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.req("CL-13", "CL-14", "CL-15", "CL-16", "CL-17", "CL-19", "CL-21", "CL-22", "CL-24", "CL-25")
@CHECKED
@given(scene=_scenes())
async def test_each_filter_and_each_pair_is_that_of_the_model(store: Store, server: str, scene: Scene) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "clock", lambda: scene.now)
        world = await _build(store, server, scene)
        queries = [(), *combinations(scene.filters, 1), *combinations(scene.filters, 2), tuple(scene.filters)]
        for names in queries:
            query = {name: scene.filters[name] for name in names}
            assert await world.listed(query) == world.expected(query), query


@pytest.mark.req("CL-15", "CL-16", "CL-17", "CL-18", "CL-21", "CL-24")
@CHECKED
@given(scene=_scenes())
async def test_inbox_and_future_share_out_the_open_tasks_with_a_date(
    store: Store, server: str, scene: Scene
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "clock", lambda: scene.now)
        world = await _build(store, server, scene)
        queries = [{"view": view, "_type": "all"} for view in ("inbox", "future", "archive")]
        inbox, future, archive = shown = [await world.listed(query) for query in queries]
        assert shown == [world.expected(query) for query in queries]
        dated = [task for task in world.made if task.is_open and _key(task, scene.zone)]
        assert [*inbox, *future] == [id_of(task) for task in _in_order(dated, scene.zone)]
        assert sorted(archive) == sorted(id_of(task) for task in world.made if not task.is_open)


@pytest.mark.req("CL-23", "CL-25", "CL-26")
@CHECKED
@given(scene=_scenes())
async def test_descending_is_the_exact_reverse(store: Store, server: str, scene: Scene) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "clock", lambda: scene.now)
        world = await _build(store, server, scene)
        for query in ({"_type": "all"}, {}, {"assigned_to": 0, "_type": "all"}, scene.filters):
            for order in ("date", "date_created"):
                ascending = await world.listed(query, _order_by=order)
                assert await world.listed(query, _order_by=f"-{order}") == ascending[::-1]
                pages = [await world.listed(query, _order_by=f"-{order}", _skip=n, _limit=4) for n in (0, 4, 8)]
                assert [task for page in pages for task in page] == ascending[::-1]
        without = await listed(world.alice, _type="all")
        assert without == await listed(world.alice, 0, _type="all")
        assert without == [id_of(task) for task in _in_order(world.made, UTC)]
