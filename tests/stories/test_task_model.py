"""Random writes through all dialects, against a plain model: no member is lost, reminders keep their distance."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.factories import contact_of, deal_of
from tests.people import Person, new_person, new_team
from tests.stories.plain_task import PlainTask, start_of
from tests.stories.telling import Close, Outreach, Rechat, told
from touchbook.core.tasks.queries import find_task_by_uid
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

ZONES = (
    "UTC", "America/Chicago", "America/St_Johns", "America/Havana", "America/Asuncion", "Europe/Lisbon",
    "Europe/Berlin", "Africa/Cairo", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip
WRITES = 18
PARTS = "crm_task.assignees,crm_task.associations,crm_task.reminders"


class Walk:
    """One task, one random series of writes, and the model beside it."""

    def __init__(self, store: Store, people: list[Person], seed: int, zone: ZoneInfo) -> None:
        self.store = store
        self.people = people
        self.chance = Random(seed)
        self.zone = zone
        self.rechat = Rechat()
        self.close = Close()
        self.outreach = Outreach()
        self.records: list[tuple[str, str]] = []
        self.task: Task
        self.model: PlainTask

    @property
    def person(self) -> Person:
        return self.chance.choice(self.people)

    async def begin(self) -> None:
        alice = self.people[0]
        for _ in range(2):
            self.records.append(("contact", str((await contact_of(self.store, alice)).uid)))
        self.records.append(("deal", str((await deal_of(self.store, alice)).uid)))
        due = self.instant()
        sent = {
            "title": "Show the house",
            "description": "All of it",
            "due_date": due.timestamp(),
            "task_type": "Todo",
            "metadata": {"template": "<html></html>"},
            "assignees": [self.rechat.person_id(person) for person in self.people],
            "associations": [
                {"association_type": kind, kind: uid, "metadata": {"n": uid}} for kind, uid in self.records
            ],
            "reminders": [
                {"is_relative": True, "timestamp": (due - timedelta(hours=2)).timestamp()},
                {"is_relative": False, "timestamp": (due - timedelta(hours=1)).timestamp()},
            ],
        }
        made = told(await alice.rechat.post("/crm/tasks", json=sent, params={"associations": PARTS}))["data"]
        async with self.store.reading() as reader:
            self.task = await find_task_by_uid(reader, alice.caller, UUID(made["id"]))
        self.model = PlainTask(
            self.zone,
            "Show the house",
            "All of it",
            due,
            sent["metadata"],
            list(sent["assignees"]),  # type: ignore[call-overload]
        )
        for each, (kind, uid) in zip(made["associations"], self.records, strict=True):
            assert each["association_type"] == kind
            self.model.links[each["id"]] = (uid, None, {"n": uid})
        for each in made["reminders"]:
            self.model.reminders[each["id"]] = (each["is_relative"], _instant(each["timestamp"]))

    def instant(self) -> datetime:
        """To the microsecond, of two years in which the clocks of most zones change."""
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
            microseconds=self.chance.randrange(2 * 365 * 86_400 * 10**6)
        )

    async def retitle(self) -> None:
        title = f"Title {self.chance.random()}"
        await self.chance.choice((self.rechat, self.close)).retitle(self.store, self.person, self.task, title)
        self.model.title = title

    async def end_or_reopen(self) -> None:
        done = self.chance.random() < 0.6
        surface = self.chance.choice((self.rechat, self.close, self.outreach))
        await (surface.complete if done else surface.reopen)(self.store, self.person, self.task)
        self.model.done = done

    async def describe(self) -> None:
        model, chance = self.model, self.chance
        model.description = chance.choice((None, "Half of it"))
        model.metadata = chance.choice((None, {}, {"a": [1, True, None]}, {"a": [True, 1, None]}))
        model.kind = chance.choice(("Call", "Message", "Todo"))
        model.end_at = chance.choice((None, self.instant()))
        await self.rechat.put(
            self.person,
            self.task,
            description=model.description,
            metadata=model.metadata,
            task_type=model.kind,
            end_date=model.end_at and model.end_at.timestamp(),
        )

    async def move_by_rechat(self) -> None:
        """Sometimes the instant alone, sometimes whether it is all day, mostly both."""
        known = self.model.given
        instant = self.instant() if known is None or self.chance.random() < 0.8 else known
        all_day = self.chance.random() < 0.5
        await self.rechat.put(self.person, self.task, due_date=instant.timestamp(), all_day=all_day)
        if (instant, all_day) != (known, self.model.due_on is not None):
            self.model.move_to_instant(instant, all_day=all_day)

    async def move_by_close(self) -> None:
        instant = self.instant()
        date = self.chance.choice((None, instant.isoformat(), instant.date().isoformat()))
        if self.chance.random() < 0.5:
            sent = {"date": date}
            told(await self.person.close.put(f"/task/{self.close.id_of(self.task)}/", json=sent))
        else:
            query = {"id__in": self.close.id_of(self.task)}
            assert told(await self.person.close.put("/task/", json={"date": date}, params=query)) == {"count": 1}
        if date is None:
            self.model.move()
        elif "T" in date:
            self.model.move(due_at=instant)
        else:
            self.model.move(due_on=instant.date())

    async def write_by_outreach(self) -> None:
        """The whole task goes back with its note or its due time changed, or both, or nothing."""
        instant = self.instant()
        sent: dict[str, Any] = {}
        if self.chance.random() < 0.5:
            sent["note"] = self.model.description = self.chance.choice((None, "A third of it"))
        if self.chance.random() < 0.5:
            due = self.chance.choice((None, instant))
            sent["dueAt"] = due and due.isoformat()
            self.model.move(due_at=due)
        await self.outreach.patch(self.person, self.task, **sent)

    async def reassign(self) -> None:
        to = self.person
        surface = self.chance.choice((self.close, self.outreach))
        await surface.reassign(self.store, self.person, self.task, to)
        if self.model.assignees[:1] != [self.rechat.person_id(to)]:
            self.model.hand_over(self.rechat.person_id(to))

    async def assign(self) -> None:
        chosen = self.chance.sample(self.people, self.chance.randrange(len(self.people) + 1))
        self.model.assignees = [self.rechat.person_id(person) for person in chosen]
        await self.rechat.put(self.person, self.task, assignees=self.model.assignees)

    async def unlink_and_link(self) -> None:
        path = f"/crm/tasks/{self.task.uid}/associations"
        kind, uid = self.chance.choice(self.records)
        assert (await self.person.rechat.delete(path, params={"ids": uid})).status_code == 204
        self.model.links = {link: said for link, said in self.model.links.items() if said[0] != uid}
        index = self.chance.choice((None, 1, 7))
        if self.chance.random() < 0.7:
            sent = {"association_type": kind, kind: uid, "index": index, "metadata": {"again": index}}
            added = told(await self.person.rechat.post(path, json=sent))["data"]["id"]
            self.model.links[added] = (uid, index, {"again": index})

    async def change_links(self) -> None:
        changes = []
        for link, (uid, _, metadata) in self.model.links.items():
            index = self.chance.choice((None, 2, 3))
            changes.append({"id": link, "index": index})
            self.model.links[link] = (uid, index, metadata)
        sent = {"associations": changes}
        told(await self.person.rechat.put(f"/crm/tasks/{self.task.uid}", json=sent))

    async def remind(self) -> None:
        kept = [uid for uid in self.model.reminders if self.chance.random() < 0.5]
        at = self.instant()
        sent = [
            *({"id": uid, "is_relative": True, "timestamp": at.timestamp()} for uid in kept),
            {"is_relative": False, "timestamp": at.timestamp()},
        ]
        path, params = f"/crm/tasks/{self.task.uid}", {"associations": PARTS}
        answer = told(await self.person.rechat.put(path, json={"reminders": sent}, params=params))["data"]
        shown = [each["id"] for each in answer["reminders"]]
        (new,) = set(shown) - set(kept)
        self.model.reminders = {**dict.fromkeys(kept, (True, at)), new: (False, at)}

    async def check(self) -> None:
        await self.check_rechat()
        await self.check_outreach()
        model, person = self.model, self.person
        close = told(await self.close.ask(person, self.close.id_of(self.task)))
        assert (close["text"], close["is_complete"]) == (model.title, model.done)
        if model.due_on is not None:
            assert close["date"] == model.due_on.isoformat()
        else:
            assert (close["date"] and datetime.fromisoformat(close["date"])) == model.due_at
        ysuite = told(await person.ysuite.get(f"/tasks/{self.task.id}"))["data"]
        assert (ysuite["title"], ysuite["status"] == 2) == (model.title, model.done)
        assert ysuite.get("description") == model.description
        due = model.due_on and f"{model.due_on}T00:00:00"
        assert ysuite["start_datetime"] == (due or (model.due_at and self.naive(model.due_at)))
        assert ysuite["end_datetime"] == (model.end_at and self.naive(model.end_at))

    async def check_outreach(self) -> None:
        model, shown = self.model, await self.outreach.whole(self.person, self.task)
        attributes = shown["attributes"]
        assert (attributes["note"], attributes["completed"]) == (model.description, model.done)
        due = model.due_at if model.due_on is None else start_of(model.due_on, self.zone)
        assert attributes["dueAt"] == (due and f"{due.isoformat(timespec='milliseconds')[:-6]}Z")
        owner = shown["relationships"]["owner"]["data"]
        known = {self.rechat.person_id(person): person.user_id for person in self.people}
        assert (owner and owner["id"]) == next((known[user] for user in model.assignees), None)

    async def check_rechat(self) -> None:
        model, shown = self.model, await self.rechat.whole(self.person, self.task)
        assert (shown["title"], shown["description"], shown["metadata"]) == (
            model.title,
            model.description,
            model.metadata,
        )
        assert (shown["status"] == "DONE", shown["task_type"]) == (model.done, model.kind)
        assert (shown["due_date"], shown["all_day"]) == (
            model.given and model.given.timestamp(),
            model.due_on is not None,
        )
        assert shown["end_date"] == (model.end_at and model.end_at.timestamp())
        assert [user["id"] for user in shown["assignees"]] == model.assignees
        held = {each["id"]: (each["index"], each["metadata"]) for each in shown["associations"]}
        assert held == {link: said[1:] for link, said in model.links.items()}
        assert sorted(shown["contacts"] + shown["deals"]) == sorted(said[0] for said in model.links.values())
        reminders = {each["id"]: (each["is_relative"], each["timestamp"]) for each in shown["reminders"]}
        assert reminders == {uid: (relative, at.timestamp()) for uid, (relative, at) in model.reminders.items()}

    def naive(self, instant: datetime) -> str:
        return instant.astimezone(self.zone).isoformat()[:19]


WRITING: tuple[Callable[[Walk], Awaitable[None]], ...] = (
    Walk.retitle, Walk.end_or_reopen, Walk.describe, Walk.move_by_rechat, Walk.move_by_rechat, Walk.move_by_close,
    Walk.move_by_close, Walk.write_by_outreach, Walk.write_by_outreach, Walk.reassign, Walk.assign,
    Walk.unlink_and_link, Walk.change_links, Walk.remind,
)  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
async def test_random_writes_lose_nothing(store: Store, server: str, zone: str) -> None:
    team = await new_team(store, zone=zone)
    people = [await new_person(store, server, team, name) for name in ("Alice", "Bob", "Carol")]
    seed = Random().randrange(10**6)
    walk = Walk(store, people, seed, ZoneInfo(zone))
    await walk.begin()
    await walk.check()
    done = []
    for _ in range(WRITES):
        write = walk.chance.choice(WRITING)
        done.append(write.__name__)
        await write(walk)
        try:
            await walk.check()
        except AssertionError as wrong:
            raise AssertionError(f"seed {seed}, after {done}") from wrong


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
