"""Many contacts as a job: slice by slice, none lost and none twice."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.core.contacts.attributes import new
from tests.core.contacts.rows import all_events, check_kept, held_by
from tests.jobs.working import actions_of, until, working
from tests.people import Person
from touchbook.core.contacts.adding import NewContact
from touchbook.core.contacts.attribute import NewAttribute
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.defining import define_attribute, remove_definition
from touchbook.core.contacts.listing import list_contacts
from touchbook.core.imports import importing
from touchbook.core.imports.importing import IMPORTING, ask_for_import
from touchbook.core.jobs.job import Job
from touchbook.core.jobs.queries import find_job
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three contacts are a slice."""
    monkeypatch.setattr(importing, "_AT_ONCE", 3)


def people(number: int) -> list[NewContact]:
    return [NewContact(attributes=[new("first_name", f"Person {each}")]) for each in range(number)]


async def asked(store: Store, person: Person, contacts: list[NewContact], failed: int = 0) -> Job:
    async with store.transaction() as tx:
        return await ask_for_import(tx, person.caller, contacts, failed=failed, reason="import_json")


async def work(store: Store, person: Person, job: Job) -> Job:
    """One turn of a worker."""
    await perform(store, KINDS[IMPORTING], ScheduledAction(IMPORTING, person.team.id, job.id))
    async with store.reading() as reader:
        return await find_job(reader, person.caller, job.uid)


async def contacts_of(store: Store, person: Person) -> list[Contact]:
    async with store.reading() as reader:
        return await list_contacts(reader, person.caller, offset=0, limit=1000)


async def names_of(store: Store, person: Person) -> list[str | None]:
    return [contact.first_name for contact in await contacts_of(store, person)]


def told(job: Job) -> tuple[str, int, int, int]:
    return job.status, job.done, job.failed, job.total


async def test_a_job_goes_slice_by_slice(store: Store, alice: Person) -> None:
    job = await asked(store, alice, people(8), failed=2)
    assert told(job) == ("waiting", 2, 2, 10)
    assert await names_of(store, alice) == []
    for status, done in (("running", 5), ("running", 8), ("done", 10), ("done", 10)):
        assert told(await work(store, alice, job)) == (status, done, 2, 10)
        assert await names_of(store, alice) == [f"Person {each}" for each in range(done - 2)]
    assert await actions_of(store, alice) == []
    await check_kept(store, alice)


async def test_what_is_done_is_not_kept_twice(store: Store, alice: Person) -> None:
    job = await asked(store, alice, people(1))
    await work(store, alice, job)
    async with store.reading() as reader:
        row = await reader.fetch_row(
            "select j.payload from jobs j where j.team_id = $1 and j.id = $2", alice.team.id, job.id
        )
    assert row is not None
    assert row["payload"] is None


async def test_nothing_to_import_is_done_at_once(store: Store, alice: Person) -> None:
    job = await asked(store, alice, [], failed=4)
    assert told(await work(store, alice, job)) == ("done", 4, 4, 4)


async def test_all_that_was_given_arrives(store: Store, alice: Person, bob: Person) -> None:
    async with store.transaction() as tx:
        number = await define_attribute(
            tx, alice.caller, name="children", data_type="number", label="Children", section="Own"
        )
    attributes: list[NewAttribute] = [
        new("email", "Ann@example.com", label="Work", is_primary=True),
        new("first_name", "Bert", is_partner=True),
        new("birthday", date(1969, 12, 31)),
        new("address", {"city": "Paris", "postcode": "75001"}, index=0, label="Office"),
        new(number, 2.5),
        new("tag", "Vip"),
    ]
    given = NewContact(
        attributes=attributes, owner_id=bob.user_id, ios_address_book_id="ios", android_address_book_id="android"
    )
    await work(store, alice, await asked(store, alice, [given]))
    [contact] = await contacts_of(store, alice)
    assert (contact.owner_id, contact.created_by) == (bob.user_id, alice.user_id)
    assert (contact.created_for, contact.updated_for) == ("import_json", "import_json")
    assert (contact.ios_address_book_id, contact.android_address_book_id) == ("ios", "android")
    held = await held_by(store, alice, contact)
    members = ("type", "text", "date", "number", "label", "index", "is_primary", "is_partner")
    assert [tuple(getattr(each, name) for name in members) for each in held] == [
        ("email", "Ann@example.com", None, None, "Work", None, True, False),
        ("first_name", "Bert", None, None, None, None, False, True),
        ("birthday", None, date(1969, 12, 31), None, None, None, False, False),
        ("address", None, None, None, "Office", 0, False, False),
        ("children", None, None, Decimal("2.5"), None, None, False, False),
        ("tag", "Vip", None, None, None, None, False, False),
    ]
    assert (held[3].address or {})["full"] == "Paris 75001"
    await check_kept(store, alice)


@pytest.mark.req("RC-177")
async def test_what_lacks_a_required_attribute_has_failed(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        pet = await define_attribute(
            tx, alice.caller, name="pet", data_type="text", label="Pet", section="Own", required=True
        )
    contacts = people(4)
    contacts[1] = NewContact(attributes=[new("first_name", "Owner"), new(pet, "Rex")])
    job = await asked(store, alice, contacts, failed=1)
    assert told(await work(store, alice, job)) == ("running", 4, 3, 5)
    assert told(await work(store, alice, job)) == ("done", 5, 4, 5)
    assert await names_of(store, alice) == ["Owner"]


async def test_a_definition_that_is_gone_by_then_is_left_out(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        pet = await define_attribute(tx, alice.caller, name="pet", data_type="text", label="Pet", section="Own")
    job = await asked(store, alice, [NewContact(attributes=[new("first_name", "Ann"), new(pet, "Rex")])])
    async with store.transaction() as tx:
        await remove_definition(tx, alice.caller, uid=pet.uid)
    assert told(await work(store, alice, job)) == ("done", 1, 0, 1)
    [contact] = await contacts_of(store, alice)
    assert [each.type for each in await held_by(store, alice, contact)] == ["first_name"]


async def test_it_is_done_in_the_name_of_who_asked(store: Store, alice: Person, bob: Person) -> None:
    await work(store, alice, await asked(store, bob, people(1)))
    async with store.reading() as reader:
        events = await reader.fetch(
            """select e.kind, e.actor_id, e.surface from events e
            where e.team_id = $1 and e.subject not in ('team', 'member', 'key')""",
            alice.team.id,
        )
    assert {(event["actor_id"], event["surface"]) for event in events} == {(bob.user_id, "test")}
    assert {event["kind"] for event in events} == {"job.created", "account.created", "contact.created"}


class Killed(Exception):
    """What a test kills a worker with."""


@pytest.mark.parametrize("part", ["known_definitions", "add_contacts", "put_slice"])
@pytest.mark.parametrize("after", [False, True])
async def test_a_worker_killed_in_a_slice_loses_and_doubles_nothing(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch, part: str, after: bool
) -> None:
    job = await asked(store, alice, people(7))
    before = await work(store, alice, job)
    events = await all_events(store, alice)
    real: Callable[..., Awaitable[Any]] = getattr(importing, part)

    async def die(*arguments: Any, **named: Any) -> Any:
        if after:
            await real(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(importing, part, die)
        for _ in range(2):
            with pytest.raises(Killed):
                await work(store, alice, job)
    async with store.reading() as reader:
        assert await find_job(reader, alice.caller, job.uid) == before
    assert await all_events(store, alice) == events
    assert await actions_of(store, alice) == [IMPORTING]
    for _ in range(3):
        job = await work(store, alice, job)
    assert told(job) == ("done", 7, 0, 7)
    assert await names_of(store, alice) == [f"Person {each}" for each in range(7)]


async def test_two_workers_at_once_do_each_slice_once(store: Store, alice: Person) -> None:
    job = await asked(store, alice, people(10))
    while told(job)[0] != "done":
        [job, *_] = await asyncio.gather(*(work(store, alice, job) for _ in range(3)))
    assert await names_of(store, alice) == [f"Person {each}" for each in range(10)]
    assert (job.done, job.failed) == (10, 0)


async def test_a_job_of_another_team_is_left_alone(store: Store, alice: Person, charlie: Person) -> None:
    job = await asked(store, alice, people(1))
    await perform(store, KINDS[IMPORTING], ScheduledAction(IMPORTING, charlie.team.id, job.id))
    assert await names_of(store, charlie) == await names_of(store, alice) == []
    assert told(await work(store, alice, job))[0] == "done"


async def test_workers_carry_it_to_its_end(store: Store, alice: Person) -> None:
    job = await asked(store, alice, people(20))

    async def done() -> bool:
        async with store.reading() as reader:
            return (await find_job(reader, alice.caller, job.uid)).status == "done"

    async with working(store, workers=2):
        await until(done)
    assert await names_of(store, alice) == [f"Person {each}" for each in range(20)]
