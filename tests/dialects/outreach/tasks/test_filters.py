"""Random filters and orders of tasks, against a plain model; and what may not be asked for."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.core.sequences.records import enroll, open_task_of, sequence_of, template_of
from tests.dialects.outreach.asking import changed, choice_of, ids, listed, refused, sent
from tests.dialects.outreach.tasks.records import acted, end
from tests.factories import NOON, contact_of, deal_of, task_of
from tests.people import Person
from touchbook.core.sequences.building import SequenceChanges, change_sequence
from touchbook.core.tasks.association import NewAssociation
from touchbook.store.postgres import Store

DAY = timedelta(days=1)


async def crowd(store: Store, alice: Person, bob: Person, dice: random.Random) -> list[Any]:
    """Tasks of all kinds, as they are shown."""
    people = [alice, bob]
    contacts = [
        await contact_of(store, alice, name, company=company, tags=tags, job_title=title)
        for name, company, tags, title in (
            ("Ann A", "Cyberdyne", ["Hot"], "Agent"),
            ("Bo B", None, ["Cold", "Hot"], None),
            ("Cy C", None, [], "Agent"),
        )
    ]
    deal = await deal_of(store, alice)
    for _ in range(22):
        linked = dice.sample(contacts, dice.randrange(3))
        links = [NewAssociation("contact", each.id, dice.choice((None, 1, 2))) for each in linked]
        if dice.random() < 0.3:
            links.append(NewAssociation("deal", deal.id))
        if dice.random() < 0.2:
            links.append(NewAssociation("account", contacts[0].account_id))
        at = NOON + dice.randrange(-4, 5) * DAY
        await task_of(
            store,
            dice.choice(people),
            associations=links,
            assignees=[person.user_id for person in dice.sample(people, dice.randrange(3))],
            due_at=dice.choice((None, at)),
            due_on=dice.choice((None, None, at.date())),
            status=dice.choice(("scheduled", "open", "in_progress", "completed", "skipped")),
            origin=dice.choice(("manual", "manual", "touch", "follow_up")),
            kind=dice.choice(("call", "todo")),
            priority=dice.randrange(5),
            scheduled_at=dice.choice((None, at)),
            autoskip_at=dice.choice((None, at + 5 * DAY)),
        )
    state = await enroll(store, alice, await sequence_of(store, alice, "call", "email"))
    await acted(alice, (await open_task_of(store, alice, state)).id, "markComplete")
    return list((await listed(alice, "/tasks", **{"page[size]": "1000"}))["data"])


TIMES = ("autoskipAt", "createdAt", "dueAt", "scheduledAt", "stateChangedAt", "updatedAt")
SORTS = ("id", "state", "taskType", *TIMES)
RELATED = (
    "account", "call", "completer", "mailing", "opportunity", "owner", "prospect", "sequence", "sequenceState",
    "sequenceStep", "sequenceTemplate", "taskPriority", "template",
)  # fmt: skip
Model = Callable[[Any], bool]


def random_filter(dice: random.Random, tasks: list[Any]) -> tuple[dict[str, str], Model]:
    kind = dice.choice(("words", "times", "ends", "id"))
    if kind == "words":
        name = dice.choice(("state", "taskType"))
        requested = {dice.choice(tasks)["attributes"][name], dice.choice(("pending", "touch", "open"))}
        return {f"filter[{name}]": ",".join(sorted(requested))}, lambda task: task["attributes"][name] in requested
    if kind == "id":
        first = dice.choice(tasks)["id"]
        return {"filter[id]": f"{first}..inf"}, lambda task: task["id"] >= first
    if kind == "ends":
        name = dice.choice(RELATED)
        known = {end(task, name) for task in tasks} - {None}
        if not known or dice.random() < 0.2:
            return {f"filter[{name}][id]": "__null__"}, lambda task: end(task, name) is None
        chosen = dice.sample(sorted(known, key=str), dice.randint(1, min(2, len(known))))
        sent = ",".join(str(each[1]) for each in chosen if each)
        return {f"filter[{name}][id]": sent}, lambda task: end(task, name) in chosen
    name = dice.choice(TIMES)
    first = NOON + dice.randrange(-5, 6) * DAY - timedelta(hours=12)
    last = first + dice.randrange(5) * DAY
    low, high = (each.isoformat(timespec="milliseconds")[:-6] + "Z" for each in (first, last))
    spans: list[tuple[str, Model]] = [
        (f"{low}..{high}", lambda at: at is not None and low <= at <= high),
        (f"neginf..{high}", lambda at: at is not None and at <= high),
        (f"{low}..inf", lambda at: at is not None and at >= low),
        ("__null__", lambda at: at is None),
        ("__notnull__", lambda at: at is not None),
    ]
    text, holds = dice.choice(spans)
    return {f"filter[{name}]": text}, lambda task: holds(task["attributes"][name])


async def instants_of(store: Store, person: Person) -> dict[int, dict[str, datetime]]:
    """To the microsecond, by which those are ordered that are shown alike."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select t.id, t.created_at, t.updated_at, t.state_changed_at from tasks t where t.team_id = $1",
            person.team.id,
        )
    names = ("createdAt", "updatedAt", "stateChangedAt")
    return {row[0]: dict(zip(names, tuple(row)[1:], strict=True)) for row in rows}


def in_order(tasks: list[Any], exact: dict[int, dict[str, datetime]], name: str, descending: bool) -> list[int]:
    """What has no value is greater than all."""

    def key(task: Any) -> Any:
        values = {"id": task["id"], **task["attributes"], **exact[task["id"]]}
        value = values[name]
        return (value is None, value if value is not None else 0, task["id"])

    return [task["id"] for task in sorted(tasks, key=key, reverse=descending)]


@pytest.mark.req("OU-49", "OU-54", "OU-57", "OU-59", "OU-60")
@pytest.mark.parametrize("seed", range(3))
async def test_random_filters_and_orders(
    store: Store, alice: Person, bob: Person, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "witness", None)
    dice = random.Random(seed)
    tasks, exact = await crowd(store, alice, bob, dice), await instants_of(store, alice)
    assert [task["id"] for task in tasks] == sorted(task["id"] for task in tasks)
    for _ in range(70):
        chosen = [random_filter(dice, tasks) for _ in range(dice.randrange(3))]
        query = {name: text for asked, _ in chosen for name, text in asked.items()}
        models = {name: model for asked, model in chosen for name in asked}
        name, descending = dice.choice(SORTS), dice.random() < 0.5
        query |= {"sort": f"{'-' if descending else ''}{name}", "page[size]": str(dice.randint(2, 40))}
        found = [task for task in tasks if all(model(task) for model in models.values())]
        requested = in_order(found, exact, name, descending)
        assert await walk(alice, query) == requested, query
        limit = {each: text for each, text in query.items() if each != "page[size]"}
        offset = dice.randrange(9)
        page = await ids(alice, "/tasks", **limit, **{"page[limit]": "7", "page[offset]": str(offset)})
        assert page == requested[offset : offset + 7], query


async def walk(person: Person, query: dict[str, str]) -> list[int]:
    """By cursor to the end, and back again to the same."""
    content = await listed(person, "/tasks", **query)
    met = [each["id"] for each in content["data"]]
    while "next" in content["links"]:
        content = (await person.outreach.get(content["links"]["next"])).json()
        met += [each["id"] for each in content["data"]]
    back = [each["id"] for each in content["data"]]
    while "prev" in content["links"]:
        content = (await person.outreach.get(content["links"]["prev"])).json()
        back = [each["id"] for each in content["data"]] + back
    assert back == met
    return met


@pytest.mark.req("OU-50")
async def test_by_owner(store: Store, alice: Person, bob: Person) -> None:
    first = await task_of(store, alice, assignees=[bob.user_id, alice.user_id])
    second = await task_of(store, alice, assignees=[alice.user_id])
    await task_of(store, alice)
    email = (await listed(alice, f"/users/{bob.user_id}"))["data"]["attributes"]["email"]
    asked = {"id": str(bob.user_id), "email": email.upper(), "firstName": "Bob"}
    for name, text in asked.items():
        assert await ids(alice, "/tasks", **{f"filter[owner][{name}]": text}) == [first.id]
    assert await ids(alice, "/tasks", **{"filter[owner][firstName]": "Alice,Bob"}) == [first.id, second.id]


@pytest.mark.req("OU-51")
async def test_by_prospect(store: Store, alice: Person) -> None:
    wanted = await contact_of(store, alice, "Ann Lee", tags=["Hot"], job_title="Agent")
    other = await contact_of(store, alice, "Bo Ng")
    stage, persona = await choice_of(alice, "/stages", 2), await choice_of(alice, "/personas", 2)
    related = {"stage": ("stage", stage), "persona": ("persona", persona)}
    shown = await changed(alice, f"/prospects/{wanted.id}", sent("prospect", wanted.id, related))
    task = await task_of(store, alice, contact_id=wanted.id)
    await task_of(store, alice, associations=[NewAssociation("contact", each.id) for each in (other, wanted)])
    asked = {
        "id": str(wanted.id),
        "byPersonaId": str(persona),
        "byStageId": str(stage),
        "createdAt": shown["attributes"]["createdAt"],
        "updatedAt": shown["attributes"]["updatedAt"],
        "firstName": "Ann",
        "tags": "Hot,Warm",
        "title": "Agent",
    }
    for name, text in asked.items():
        assert await ids(alice, "/tasks", **{f"filter[prospect][{name}]": text}) == [task.id], name


@pytest.mark.req("OU-52", "OU-53", "OU-54")
async def test_by_sequence(store: Store, alice: Person) -> None:
    await task_of(store, alice, priority=4)
    sequence = await sequence_of(store, alice, "call", "email", priority=1)
    async with store.transaction() as tx:
        await change_sequence(tx, alice.caller, sequence.id, SequenceChanges(tags=["New"]))
    await enroll(store, alice, await sequence_of(store, alice, "email"))
    task = await open_task_of(store, alice, await enroll(store, alice, sequence))
    asked = {
        "filter[sequence][id]": sequence.id,
        "filter[sequence][tags]": "Old,New",
        "filter[sequenceStep][id]": sequence.steps[0].id,
        "filter[sequenceStep][stepType]": "call",
        "filter[sequenceSequenceSteps][id]": sequence.steps[1].id,
        "filter[sequenceState][id]": task.sequence_state_id,
        "filter[taskPriority][id]": 2,
        "filter[taskPriority][name]": "Low,None",
    }
    for name, value in asked.items():
        assert await ids(alice, "/tasks", **{name: str(value)}) == [task.id], name
    for name in ("mailing", "mailings", "sequenceTemplate", "template", "call", "calls", "completer"):
        assert await ids(alice, "/tasks", **{f"filter[{name}][id]": str(2**40)}) == []


@pytest.mark.req("OU-54")
async def test_by_mailing(store: Store, alice: Person) -> None:
    sequence = await sequence_of(store, alice, "email")
    await template_of(store, alice, sequence.steps[0], "Hello", subject="Hello")
    task = await open_task_of(store, alice, await enroll(store, alice, sequence))
    for name in ("mailing", "mailings"):
        assert await ids(alice, "/tasks", **{f"filter[{name}][id]": str(task.mailing_id)}) == [task.id]
    for name, value in (("template", task.template_id), ("sequenceTemplate", task.sequence_template_id)):
        assert await ids(alice, "/tasks", **{f"filter[{name}][id]": str(value)}) == [task.id]


REFUSED = [
    pytest.param("creator][id", marks=pytest.mark.req("OU-55")),
    pytest.param("subject][id", marks=pytest.mark.req("OU-55")),
    pytest.param("owner][lastName", marks=pytest.mark.req("OU-56")),
    pytest.param("prospect][lastName", marks=pytest.mark.req("OU-56")),
    pytest.param("account][name", marks=pytest.mark.req("OU-56")),
    "action", "note", "completed", "completedAt", "opportunityAssociation", "owner",
]  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_asked_for(alice: Person, name: str) -> None:
    assert await refused(alice, "/tasks", **{f"filter[{name}]": "1"}) == f"filter[{name}]"


@pytest.mark.req("OU-59")
@pytest.mark.parametrize("name", ["note", "action", "x", "owner", "completedAt", "dueat"])
async def test_what_cannot_be_sorted_by(alice: Person, name: str) -> None:
    assert await refused(alice, "/tasks", sort=name) == "sort"


@pytest.mark.req("OU-58")
async def test_by_due_in_the_new_syntax(store: Store, alice: Person) -> None:
    tasks = [await task_of(store, alice, due_at=NOON + number * DAY) for number in range(3)]
    dated = await task_of(store, alice, due_on=date(2026, 7, 16))
    known = [each.id for each in tasks]
    asked: list[tuple[dict[str, str], list[int]]] = [
        ({"gte": "2026-07-16T17:00:00.000Z"}, known[1:]),
        ({"gt": "2026-07-16T17:00:00.000Z"}, known[2:]),
        ({"lte": "2026-07-16T17:00:00.000Z"}, [*known[:2], dated.id]),
        ({"lt": "2026-07-16T17:00:00.000Z"}, [known[0], dated.id]),
        ({"gte": "2026-07-16", "lte": "2026-07-16"}, [known[1], dated.id]),
    ]
    for bounds, found in asked:
        query = {f"filter[dueAt][{name}]": text for name, text in bounds.items()}
        assert await ids(alice, "/tasks", newFilterSyntax="true", **query) == found


@pytest.mark.req("OU-57")
async def test_a_day_of_the_clocks_change_is_found_and_sorted(store: Store, alice: Person) -> None:
    days = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 1), date(2026, 11, 2)]
    tasks = [await task_of(store, alice, due_on=day) for day in days]
    for task, day in zip(tasks, days, strict=True):
        at = datetime(day.year, day.month, day.day, tzinfo=alice.caller.team_zone).astimezone(UTC)
        text = at.isoformat(timespec="milliseconds")[:-6] + "Z"
        assert await ids(alice, "/tasks", **{"filter[dueAt]": text}) == [task.id]
    order = [task.id for task in tasks]
    assert await walk(alice, {"sort": "dueAt", "page[size]": "1"}) == order
    assert await walk(alice, {"sort": "-dueAt", "page[size]": "2"}) == order[::-1]
