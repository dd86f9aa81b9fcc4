"""The witness watches every table, and finds the change whose event is taken out."""

from typing import Any

import pytest

from tests.factories import contact_of, task_of
from tests.isolation.catalogue import read_schema
from tests.people import Person
from tests.witness.watched import UNWATCHED, WATCHED
from tests.witness.witness import WITNESS
from touchbook.core import events
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.queries import accounts_by_id
from touchbook.core.deals.opening import open_deal
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_tasks
from touchbook.store.postgres import Store

_COLUMNS = "select a.attname from pg_attribute a where a.attrelid = $1::text::regclass and a.attnum > 0"
DELETED = {"account.deleted": "accounts", "contact.deleted": "contacts", "deal.deleted": "deals"}


async def test_every_table_is_watched_or_says_why_not(store: Store) -> None:
    schema = await read_schema(store)
    months = {name for name in schema.tables if name.startswith("events_")}
    others = {"alembic_version", *(name for name in schema.tables if name.startswith("pgqueuer"))}
    watched = {each.table for each in WATCHED}
    assert watched | UNWATCHED.keys() == schema.tables.keys() - (months - UNWATCHED.keys()) - others
    assert watched & UNWATCHED.keys() == set()


async def test_what_need_not_be_told_is_there(store: Store) -> None:
    for each in WATCHED:
        async with store.pool.acquire() as connection:
            columns = {row["attname"] for row in await connection.fetch(_COLUMNS, f"public.{each.table}")}
        assert {each.record, *each.derived} <= columns


@pytest.mark.parametrize("kind", [*DELETED, "task.deleted"])
async def test_an_event_that_is_taken_out_is_missed(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    contact = await contact_of(store, alice)
    link = NewAssociation("account", contact.account_id)
    task = await task_of(store, alice, contact_id=contact.id, associations=[link])
    async with store.transaction() as tx:
        deal = await open_deal(tx, alice.caller, title="Roof", contact_id=contact.id)
    keep = events._kept

    with monkeypatch.context() as patch:
        patch.setattr(events, "_kept", lambda told: [event for event in keep(told) if event.kind != kind])
        async with store.transaction() as tx:
            [account] = (await accounts_by_id(tx, alice.caller, [contact.account_id])).values()
            await delete_account(tx, alice.caller, account)
    ids = {"accounts": contact.account_id, "contacts": contact.id, "deals": deal.id, "tasks": task.id}
    table = DELETED.get(kind, "tasks")
    [silent] = await WITNESS.take()
    assert (silent.table, silent.change, silent.ids) == (table, "update", [ids[table]])
    assert "deleted_at" in silent.columns


async def test_a_summary_tells_of_all(store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [await task_of(store, alice) for _ in range(3)]
    monkeypatch.setattr(events, "MOST_EVENTS", 2)
    async with store.transaction() as tx:
        await change_tasks(tx, alice.caller, [task.id for task in tasks], TaskChanges(title="Other"))
    assert await WITNESS.take() == []


async def test_what_is_rolled_back_did_not_happen(store: Store, alice: Person) -> None:
    task = await task_of(store, alice)

    async def change_and_fail() -> Any:
        async with store.transaction() as tx:
            await change_tasks(tx, alice.caller, [task.id], TaskChanges(title="Other"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_and_fail()
    assert await WITNESS.take() == []


async def test_what_a_test_writes_is_its_own(store: Store, alice: Person) -> None:
    task = await task_of(store, alice)
    async with store.transaction() as tx:
        await tx.execute("update tasks set title = 'Mine' where team_id = $1 and id = $2", alice.team.id, task.id)
    assert await WITNESS.take() == []
