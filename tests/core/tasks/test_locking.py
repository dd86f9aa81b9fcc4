"""A verb that waited for another transaction sees what that one left, and beside it nothing older."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.core.tasks.rows import read
from tests.factories import contact_of, task_of
from tests.jobs.working import until
from tests.people import Person
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.plain import PlainMembers, add_contact, edit_contact
from touchbook.core.tasks.associating import replace_first_record
from touchbook.core.tasks.locking import lock_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store

_WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and $1::int = any(pg_blocking_pids(pid))
"""
Change = Callable[[Transaction, Person, Task, Contact], Awaitable[object]]


async def delete_contact(tx: Transaction, person: Person, task: Task, contact: Contact) -> None:
    await delete_contacts(tx, person.caller, [contact.id])


async def replace_contact(tx: Transaction, person: Person, task: Task, contact: Contact) -> None:
    """By one that the one who waits cannot have seen when it began."""
    other = await add_contact(tx, person.caller, PlainMembers(first_name="Kate"))
    await replace_first_record(tx, person.caller, task_id=task.id, kind="contact", record=other.id)


async def move_contact(tx: Transaction, person: Person, task: Task, contact: Contact) -> None:
    """To an account that the one who waits cannot have seen either."""
    await edit_contact(tx, person.caller, contact, PlainMembers(company="Cyberdyne"))


@pytest.mark.parametrize("change", [delete_contact, replace_contact, move_contact])
async def test_what_others_left_is_read(store: Store, alice: Person, change: Change) -> None:
    contact = await contact_of(store, alice)
    task = await task_of(store, alice, contact_id=contact.id)

    async def lock() -> Task:
        async with store.transaction() as tx:
            return await lock_task(tx, alice.caller, task.id)

    async with store.transaction() as tx:
        me = await tx.fetch_value("select pg_backend_pid()")
        await change(tx, alice, task, contact)
        locking = asyncio.create_task(lock())

        async def waiting() -> bool:
            async with store.reading() as reader:
                return bool(await reader.fetch_value(_WAITING, me))

        await until(waiting)
    held = await locking
    assert held == await read(store, alice, task)
    assert (held.contacts, held.account_id) != (task.contacts, task.account_id)
