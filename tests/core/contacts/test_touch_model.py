"""After any series of touches, tags and days the next touch is as its definition has it (A-07, 2.5.13)."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.clock import utc_now
from tests.core.contacts.attributes import definition_of, new
from tests.core.tasks.verbs import complete_tasks, reopen_tasks
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.activities.queries import find_activity
from touchbook.core.activities.recording import record_activity, remove_activity
from touchbook.core.contacts.attribute import Removal
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.editing import edit_contacts
from touchbook.core.contacts.plain import PlainMembers, edit_contact
from touchbook.core.contacts.queries import attributes_of, find_contact, known_definitions
from touchbook.core.tags.changing import delete_tag, rename_tag, set_tag_frequency
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.touch.touching import set_touch_frequency
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store

TAGS = ["Warm", "Hot", "Past Client", "Seller", "own"]
_KINDS = {"call": "call", "message": "email", "in_person": "meeting"}


class Model:
    """What the contact must show."""

    def __init__(self) -> None:
        self.own: int | None = None
        self.days: dict[str, int | None] = {"Warm": 30, "Hot": 7, "Past Client": 60, "Seller": None}
        self.tags: set[str] = set()
        self.touches: dict[Any, tuple[datetime, str]] = {}
        self.every: int | None = None
        self.since: datetime | None = None

    def attach(self, tag: str) -> None:
        if tag not in self.tags:
            self.take_over(self.days.setdefault(tag, None))
        self.tags.add(tag)

    def take_over(self, days: int | None) -> None:
        self.own = min((each for each in (self.own, days) if each is not None), default=None)

    def settle(self, now: datetime) -> None:
        requested = [self.own, *(self.days[tag] for tag in self.tags)]
        every = min((days for days in requested if days is not None), default=None)
        if every != self.every:
            self.every, self.since = every, now

    @property
    def last(self) -> tuple[datetime | None, str | None]:
        return max(self.touches.values(), default=(None, None), key=lambda touch: touch[0] or datetime.min)

    @property
    def next(self) -> datetime | None:
        base = self.last[0] or self.since
        return base + timedelta(days=self.every) if self.every is not None and base else None


class Story:
    def __init__(self, store: Store, alice: Person, contact: Contact, seed: int) -> None:
        self.alice, self.contact, self.random, self.model = alice, contact, Random(seed), Model()
        self.now = utc_now()
        self.store = Store(store.pool, clock=lambda: self.now, witness=store.witness)
        self.tasks: list[int] = []

    async def advance_states(self) -> None:
        self.now += timedelta(hours=self.random.randint(1, 400))
        verbs = (self.pace, self.tag, self.untag, self.pace_tag, self.rename, self.drop, self.touch, self.forget,
                 self.complete, self.reopen, self.edit)  # fmt: skip
        async with self.store.transaction() as tx:
            await self.random.choice(verbs)(tx)
        self.model.settle(self.now)
        await self.check()

    async def check(self) -> None:
        async with self.store.reading() as reader:
            shown = await find_contact(reader, self.alice.caller, self.contact.id)
        model = self.model
        assert set(shown.tags) == model.tags
        assert shown.touch_freq == model.own
        assert (shown.last_touch_at, shown.last_touch_action) == model.last
        assert shown.next_touch_at == model.next

    async def pace(self, tx: Transaction) -> None:
        days = self.random.choice([None, 1, 14, 43, 90])
        contact = await find_contact(tx, self.alice.caller, self.contact.id)
        await set_touch_frequency(tx, self.alice.caller, contact, days=days)
        self.model.own = days

    async def tag(self, tx: Transaction) -> None:
        tag = self.random.choice(TAGS)
        definitions = await known_definitions(tx, self.alice.caller)
        await edit_contacts(tx, self.alice.caller, {self.contact.id: [new("tag", tag)]}, definitions)
        self.model.attach(tag)

    async def untag(self, tx: Transaction) -> None:
        held = (await attributes_of(tx, self.alice.caller, [self.contact.id])).get(self.contact.id, [])
        tags = [each for each in held if each.type == definition_of("tag").name]
        if tags:
            gone = self.random.choice(tags)
            definitions = await known_definitions(tx, self.alice.caller)
            await edit_contacts(tx, self.alice.caller, {self.contact.id: [Removal(gone.uid)]}, definitions)
            self.model.tags.discard(gone.text or "")

    async def pace_tag(self, tx: Transaction) -> None:
        tag, days = self.random.choice(sorted(self.model.days)), self.random.choice([None, 2, 20, 200])
        await set_tag_frequency(tx, self.alice.caller, text=tag, days=days)
        if tag in self.model.tags and days != self.model.days[tag]:
            self.model.take_over(days)
        self.model.days[tag] = days

    async def rename(self, tx: Transaction) -> None:
        tag, to = self.random.choice(sorted(self.model.days)), self.random.choice([*TAGS, "renamed"])
        await rename_tag(tx, self.alice.caller, text=tag, to=to)
        if tag == to:
            return
        days, joined = self.model.days.pop(tag), to in self.model.days
        self.model.days.setdefault(to, days)
        if tag in self.model.tags:
            self.model.tags = self.model.tags - {tag} | {to}
            if joined:
                self.model.take_over(self.model.days[to])

    async def drop(self, tx: Transaction) -> None:
        if len(self.model.days) < 3:
            return
        tag = self.random.choice(sorted(self.model.days))
        await delete_tag(tx, self.alice.caller, text=tag)
        del self.model.days[tag]
        self.model.tags.discard(tag)

    async def touch(self, tx: Transaction) -> None:
        kind: Any = self.random.choice(["email", "call", "sms", "meeting", "note"])
        at = self.now - timedelta(hours=self.random.choice([0, 5, 500]), microseconds=self.random.randint(1, 999))
        ids = [self.contact.id]
        [activity] = await record_activity(tx, self.alice.caller, contact_ids=ids, kind=kind, at=at)
        if kind != "note":
            self.model.touches[activity.uid] = (at, kind)

    async def forget(self, tx: Transaction) -> None:
        uids = [uid for uid in self.model.touches if not isinstance(uid, int)]
        if uids:
            uid = self.random.choice(uids)
            await remove_activity(tx, self.alice.caller, await find_activity(tx, self.alice.caller, uid))
            del self.model.touches[uid]

    async def complete(self, tx: Transaction) -> None:
        kind: Any = self.random.choice([*_KINDS, "todo"])
        task = await task_of(self.store, self.alice, contact_id=self.contact.id, kind=kind)
        if self.random.random() < 0.5:
            await complete_task(tx, self.alice.caller, task_id=task.id)
        else:
            await complete_tasks(tx, self.alice.caller, task_ids=[task.id])
        self.tasks.append(task.id)
        if kind in _KINDS:
            self.model.touches[task.id] = (self.now, _KINDS[kind])

    async def reopen(self, tx: Transaction) -> None:
        if self.tasks:
            task = self.tasks.pop(self.random.randrange(len(self.tasks)))
            if self.random.random() < 0.5:
                await reopen_task(tx, self.alice.caller, task_id=task)
            else:
                await reopen_tasks(tx, self.alice.caller, task_ids=[task])
            self.model.touches.pop(task, None)

    async def edit(self, tx: Transaction) -> None:
        contact = await find_contact(tx, self.alice.caller, self.contact.id)
        await edit_contact(tx, self.alice.caller, contact, PlainMembers(nickname=f"N{self.random.random()}"))


@pytest.mark.parametrize("seed", range(8))
async def test_the_next_touch_is_as_defined(store: Store, alice: Person, seed: int) -> None:
    story = Story(store, alice, await contact_of(store, alice), seed)
    await story.check()
    for _ in range(60):
        await story.advance_states()
