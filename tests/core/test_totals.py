"""The totals of a team are what counting says, whoever writes and however far they were added up."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

import touchbook
from tests.core.tasks.verbs import edit_task
from tests.counting import counting
from tests.factories import NOON, contact_of, task_of
from tests.jobs.working import working
from tests.people import Person, new_key, outreach_client
from tests.stories.telling import SURFACES, told
from tests.totals import other_totals
from touchbook.core import totals
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import count_contacts, list_contacts
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.listing import list_tasks
from touchbook.core.tasks.task import Task
from touchbook.core.teams.showing import show_contacts
from touchbook.core.totals import fold_total, recount_total, total_of
from touchbook.dialects.close import ids
from touchbook.jobs.totals import correct_totals, fold_totals
from touchbook.store.postgres import Store

_SOURCES = Path(touchbook.__file__).parent
_CHANGES_NUMBER = re.compile(
    r"""insert\ into\ (tasks|contacts)\b | delete\ from\ (tasks|contacts)\b
    | update\ (tasks|contacts)\ (as\ )?\w+\ set\ deleted_at | copy\(\s*"(tasks|contacts)\"""",
    re.VERBOSE,
)
_KEPT = """select (select count(*) from totals where team_id = $1)::int as totals,
    (select count(*) from total_changes where team_id = $1)::int as changes"""


async def kept_of(store: Store, person: Person) -> tuple[int, int]:
    """Return how many rows there are of totals, and of changes that are not in them yet."""
    async with store.reading() as reader:
        row = await reader.fetch_row(_KEPT, person.team.id)
    assert row is not None
    return row["totals"], row["changes"]


async def fold_all(store: Store) -> None:
    while await fold_totals(store):
        pass


def test_who_changes_a_number_counts() -> None:
    changing = [
        path.relative_to(_SOURCES)
        for path in sorted(_SOURCES.rglob("*.py"))
        if _CHANGES_NUMBER.search(text := path.read_text(encoding="utf-8"))
        and not re.search(r"count_(made|gone)\(", text)
    ]
    assert changing == []
    assert _CHANGES_NUMBER.search((_SOURCES / "core/contacts/deleting.py").read_text(encoding="utf-8"))


class Walk:
    """Random deeds of one team, through every dialect."""

    def __init__(self, store: Store, person: Person, seed: int) -> None:
        self.store = store
        self.person = person
        self.chance = Random(seed)

    @property
    def deeds(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (
            self.create_task, self.create_task, self.delete_task, self.end_task, self.refuse_task,
            self.create_contacts, self.create_lead, self.create_prospect,
            self.delete_contact, self.delete_contacts, self.delete_lead, self.fold,
        )  # fmt: skip

    async def contacts(self) -> list[Contact]:
        async with self.store.reading() as reader:
            return await list_contacts(reader, self.person.caller, offset=0, limit=100)

    async def contact(self) -> Contact:
        found = await self.contacts()
        return self.chance.choice(found) if found else await contact_of(self.store, self.person)

    async def task(self) -> Task:
        async with self.store.reading() as reader:
            every = TaskFilter(zone=self.person.caller.zone)
            found = await list_tasks(reader, self.person.caller, every, offset=0, limit=100)
        return self.chance.choice(found) if found else await task_of(self.store, self.person)

    @property
    def surface(self) -> Any:
        return self.chance.choice(list(SURFACES.values()))

    async def create_task(self) -> None:
        await self.surface.create(self.person, await self.contact(), "Call", NOON)

    async def refuse_task(self) -> None:
        sent = {"title": "Call", "cstid": (await self.contact()).id, "assigned_user_id": 0}
        assert (await self.person.ysuite.post("/tasks", json=sent)).status_code >= 400

    async def end_task(self) -> None:
        surface, task = self.surface, await self.task()
        await surface.complete(self.store, self.person, task)
        await surface.reopen(self.store, self.person, task)

    async def delete_task(self) -> None:
        await self.surface.delete(self.store, self.person, await self.task())

    async def create_contacts(self) -> None:
        attributes = [{"attribute_type": "first_name", "text": "Ann"}]
        user = str(self.person.caller.user_uid)
        sent = [{"user": user, "attributes": attributes} for _ in range(self.chance.randint(1, 4))]
        told(await self.person.rechat.post("/contacts", json={"contacts": sent}))

    async def create_lead(self) -> None:
        sent = {"name": "Acme", "contacts": [{"name": "Ann"} for _ in range(self.chance.randint(0, 3))]}
        told(await self.person.close.post("/lead/", json=sent))

    async def create_prospect(self) -> None:
        sent = {"type": "prospect", "attributes": {"firstName": "Ann"}}
        answer = await self.person.outreach.post("/prospects", json={"data": sent})
        assert answer.status_code == 201, answer.text

    async def delete_contact(self) -> None:
        contact, client = await self.contact(), self.person
        if self.chance.random() < 1 / 3:
            answer = await client.rechat.delete(f"/contacts/{contact.uid}")
        elif self.chance.random() < 1 / 2:
            answer = await client.close.delete(f"/contact/{ids.contact_id(contact.uid)}/")
        else:
            answer = await client.outreach.delete(f"/prospects/{contact.id}")
        assert answer.is_success, answer.text

    async def delete_contacts(self) -> None:
        some = [str(each.uid) for each in await self.contacts()][:3]
        if some:
            answer = await self.person.rechat.request("DELETE", "/contacts", json={"ids": some})
            assert answer.is_success, answer.text

    async def delete_lead(self) -> None:
        """Its contacts and tasks go with it."""
        contact = await self.contact()
        shown = told(await self.person.close.get(f"/contact/{ids.contact_id(contact.uid)}/"))
        told(await self.person.close.delete(f"/lead/{shown['lead_id']}/"))

    async def fold(self) -> None:
        await fold_totals(self.store)

    async def shown(self) -> list[tuple[int, int]]:
        """What each dialect says of tasks and contacts."""
        client = self.person
        ysuite = [told(await client.ysuite.get(f"/{noun}"))["data"] for noun in ("tasks", "contacts")]
        rechat = [told(await client.rechat.get(path))["info"] for path in ("/crm/tasks/search", "/contacts")]
        asked = {"count": "true", "page[size]": "1"}
        outreach = [
            told(await client.outreach.get(path, params=asked))["meta"] for path in ("/tasks", "/prospects")
        ]
        every = [
            [each["total_records"] for each in ysuite],
            [each["total"] for each in rechat],
            [each["count"] for each in outreach],
        ]
        return [(tasks, contacts) for tasks, contacts in every]

    async def counted(self) -> tuple[int, int]:
        async with self.store.reading() as reader:
            row = await reader.fetch_row(
                """select (select count(*) from tasks where team_id = $1 and deleted_at is null)::int as tasks,
                    (select count(*) from contacts where team_id = $1 and deleted_at is null)::int as contacts""",
                self.person.team.id,
            )
        assert row is not None
        return row["tasks"], row["contacts"]


@pytest.mark.parametrize("seed", [1, 2, 3, *(pytest.param(n, marks=pytest.mark.long) for n in range(4, 30))])
async def test_random_deeds(store: Store, alice: Person, seed: int) -> None:
    walk = Walk(store, alice, seed)
    for number in range(40):
        await walk.chance.choice(walk.deeds)()
        assert await other_totals(store) == []
        if number % 8 == 7:
            assert set(await walk.shown()) == {await walk.counted()}


async def test_32_writers_and_two_workers_at_once(store: Store, alice: Person) -> None:
    """A reader finds at every instant what a count in the same statement finds."""
    contacts = [await contact_of(store, alice, f"Ann {number}") for number in range(8)]
    differing: list[Any] = []
    done = asyncio.Event()

    async def write(number: int) -> None:
        for turn in range(6):
            task = await task_of(store, alice, contact_id=contacts[(number + turn) % 8].id)
            await contact_of(store, alice, f"Bob {number}")
            if turn % 2:
                await SURFACES["close"].delete(store, alice, task)
            elif turn % 3 == 0:
                async with store.transaction() as tx:
                    await edit_task(tx, alice.caller, task_id=task.id, title="Other")

    async def read() -> None:
        while not done.is_set():
            differing.extend(await other_totals(store))
            await asyncio.sleep(0.01)

    async with working(store, workers=2):
        reading = asyncio.create_task(read())
        await asyncio.gather(*(write(number) for number in range(32)))
        done.set()
        await reading
    assert differing == []
    await fold_all(store)
    assert await kept_of(store, alice) == (2, 0)
    assert await other_totals(store) == []
    assert set(await Walk(store, alice, 0).shown()) == {(32 * 3, 8 + 32 * 6)}


async def test_what_was_folded_is_folded_once(store: Store, alice: Person) -> None:
    for _ in range(5):
        await task_of(store, alice)
    assert await kept_of(store, alice) == (0, 5)
    assert await asyncio.gather(*(_fold(store, alice) for _ in range(4))) != [5] * 4
    assert await _fold(store, alice) == 0
    assert await kept_of(store, alice) == (1, 0)
    async with store.reading() as reader:
        assert await total_of(reader, alice.caller, "task") == 5


async def test_a_pass_is_bounded_and_takes_the_oldest(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fold_all(store)
    for _ in range(5):
        await task_of(store, alice)
    monkeypatch.setattr(totals, "BATCH", 2)
    assert [await _fold(store, alice) for _ in range(4)] == [2, 2, 1, 0]


async def test_no_writer_waits_for_a_worker(store: Store, alice: Person) -> None:
    await task_of(store, alice)
    async with asyncio.timeout(15), store.transaction() as tx:
        assert await fold_total(tx, alice.team.id, "task") == 1
        await task_of(store, alice)
        async with store.reading() as reader:
            assert await total_of(reader, alice.caller, "task") == 2
        other = asyncio.create_task(_fold(store, alice))
        await asyncio.sleep(0.1)
    assert await other == 1
    assert await kept_of(store, alice) == (1, 0)
    async with store.reading() as reader:
        assert await total_of(reader, alice.caller, "task") == 2


async def test_a_worker_leaves_to_another_what_it_adds_up(store: Store, alice: Person) -> None:
    """It does not wait for it either: two that lock and delete the same rows might wait for each other."""
    await task_of(store, alice)
    async with asyncio.timeout(15), store.transaction() as tx:
        assert await fold_total(tx, alice.team.id, "task") == 1
        assert await _fold(store, alice) == 0


async def test_many_records_of_one_write_are_one_change(store: Store, alice: Person) -> None:
    sent = {"user": str(alice.caller.user_uid), "attributes": [{"attribute_type": "first_name", "text": "Ann"}]}
    told(await alice.rechat.post("/contacts", json={"contacts": [sent] * 20}))
    assert await kept_of(store, alice) == (0, 1)


async def test_a_team_s_total_is_read_and_not_counted(store: Store, alice: Person) -> None:
    await contact_of(store, alice)
    counted = {"count": "true"}
    for client, paths, asked in (
        (alice.ysuite, ("/tasks", "/contacts"), {}),
        (alice.rechat, ("/crm/tasks/search", "/contacts"), {}),
        (alice.outreach, ("/tasks", "/prospects"), counted),
    ):
        for path in paths:
            with counting() as count:
                told(await client.get(path, params=asked))
            sent = count.take()
            assert [sql for sql in sent if "count(*)" in sql] == []
            assert [sql for sql in sent if "from total_changes" in sql] != []


async def test_who_sees_their_own_alone_has_their_own_number(
    store: Store, server: str, alice: Person, bob: Person
) -> None:
    await contact_of(store, alice)
    await contact_of(store, bob)
    async with store.transaction() as tx:
        await show_contacts(tx, alice.caller, to="owner")
    client = outreach_client(bob.url, await new_key(store, bob, "write"))
    asked = {"count": "true"}
    assert told(await client.get("/prospects", params=asked))["meta"]["count"] == 1
    assert told(await alice.outreach.get("/prospects", params=asked))["meta"]["count"] == 2


async def test_a_filter_is_counted(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    await contact_of(store, alice, "John Doe")
    async with store.reading() as reader:
        assert await count_contacts(reader, alice.caller, ContactFilter(ids=[contact.id])) == 1
        assert await count_contacts(reader, alice.caller) == len(
            await contacts_by_id(reader, alice.caller, range(contact.id, contact.id + 2))
        )


async def _fold(store: Store, person: Person) -> int:
    async with store.transaction() as tx:
        return await fold_total(tx, person.team.id, "task")


async def test_a_total_that_is_wrong_is_corrected(
    store: Store, alice: Person, bob: Person, charlie: Person
) -> None:
    await task_of(store, alice)
    await task_of(store, charlie)
    await fold_all(store)
    async with store.pool.acquire() as connection:
        await connection.execute(
            "update totals set total = 40 where team_id = $1 and noun = 'task'", alice.team.id
        )
    await task_of(store, bob)
    assert await total(store, alice) == 41
    await correct_totals(store)
    assert [await total(store, person) for person in (alice, charlie)] == [2, 1]
    await fold_all(store)
    assert await total(store, alice) == 2


async def test_recounting_loses_no_change(store: Store, alice: Person) -> None:
    async def write() -> None:
        for _ in range(5):
            await task_of(store, alice)

    async def fold() -> None:
        for _ in range(10):
            await fold_totals(store)

    async def recount() -> None:
        for _ in range(5):
            async with store.transaction() as tx:
                await recount_total(tx, alice.team.id, "task")

    await asyncio.gather(*(write() for _ in range(4)), fold(), fold(), recount(), recount())
    assert await total(store, alice) == 20


async def total(store: Store, person: Person) -> int:
    async with store.reading() as reader:
        return await total_of(reader, person.caller, "task")
