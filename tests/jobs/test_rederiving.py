"""What is folded is folded anew when the fold changes, and numbers are read anew when the team's region does."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.core.contacts.rows import all_events
from tests.factories import contact_of, task_of
from tests.jobs.working import QUICK, ahead, until, until_idle, working
from tests.people import Person
from touchbook.core import refolding
from touchbook.core.caller import Caller
from touchbook.core.contacts import rederiving as contacts
from touchbook.core.contacts.defining import define_attribute
from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import list_contacts
from touchbook.core.deals.opening import open_deal
from touchbook.core.deals.participants import add_participant
from touchbook.core.lists.keeping import make_list
from touchbook.core.rederiving import PARTS, REDERIVING, rederive, rederive_all
from touchbook.core.sequences.building import create_sequence
from touchbook.core.tags.adding import add_tag
from touchbook.core.teams.authenticating import team_caller
from touchbook.core.teams.settings import set_region
from touchbook.core.templates.templating import create_template
from touchbook.core.transaction import Transaction
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.upkeep import fold_anew
from touchbook.store.postgres import Store

# Each folded column, and the condition by which a row is the team's.
FOLDED = {
    "users": (
        "email_key, first_name_folded, last_name_folded",
        "x.id in (select m.user_id from members m where m.team_id = $1)",
    ),
    "accounts": ("name_key, name_folded", "x.team_id = $1"),
    "contacts": ("display_key, sort_key, tag_keys", "x.team_id = $1"),
    "contact_attributes": ("matched", "x.team_id = $1"),
    "contact_texts": ("folded", "x.team_id = $1"),
    "attribute_definitions": ("name_key", "x.team_id = $1"),
    "deals": ("title_folded", "x.team_id = $1"),
    "deal_roles": ("matched_email, matched_phone_number", "x.team_id = $1"),
    "tags": ("text_key", "x.team_id = $1"),
    "contact_lists": ("name_key", "x.team_id = $1"),
    "tasks": ("sort_title", "x.team_id = $1"),
    "task_texts": ("title, folded", "x.team_id = $1"),
    "sequences": ("name_folded, tag_keys", "x.team_id = $1"),
    **dict.fromkeys(
        ("stages", "personas", "task_dispositions", "task_purposes", "templates"),
        ("name_folded", "x.team_id = $1"),
    ),
}


@pytest.fixture(autouse=True)
def in_small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that each part takes several jobs."""
    for module in PARTS.values():
        for name in ("SLICE", "_SLICE"):
            owner = __import__("sys").modules[getattr(module, "func", module).__module__]
            if hasattr(owner, name):
                monkeypatch.setattr(owner, name, 2)
    monkeypatch.setattr(refolding, "SLICE", 2)
    monkeypatch.setattr(refolding.last_of, "__defaults__", (2,))


@pytest.fixture
async def everything(store: Store, alice: Person) -> None:
    await _fill(store, alice)


async def _fill(store: Store, person: Person) -> None:
    for name in ("Zoë O’Brien", "Łukasz Ng", "Anne‑Marie Weiß"):
        contact = await contact_of(
            store, person, name, company=f"{name} & Co", tags=[f"Ä {name}", "VIP"], emails=["É@x.com"],
            phone_numbers=["(312) 555-0100"],
        )  # fmt: skip
        await task_of(store, person, title=f"Call {name}", description="Straße", contact_id=contact.id)
        async with store.transaction() as tx:
            deal = await open_deal(tx, person.caller, title=f"{name}’s roof", contact_id=contact.id)
            await add_participant(
                tx, person.caller, deal, role="Buyer", email="É@x.com", phone_number="312 555 0100"
            )
            await make_list(tx, person.caller, name=f"Friends of {name}")
            await define_attribute(
                tx, person.caller, name=f"Größe {name}", data_type="text", label="Size", section=""
            )
            await create_sequence(tx, person.caller, name=f"Für {name}", tags=[f"Ä {name}", "VIP"])
            await create_template(tx, person.caller, name=f"An {name}")


async def folded_of(store: Store, person: Person) -> dict[str, list[tuple[Any, ...]]]:
    return await folded_columns(store, person.team.id)


async def folded_columns(store: Store, team_id: int) -> dict[str, list[tuple[Any, ...]]]:
    shown = {}
    async with store.pool.acquire() as connection:
        for table, (columns, condition) in FOLDED.items():
            rows = await connection.fetch(f"select {columns} from {table} x where {condition}", team_id)
            shown[table] = sorted((tuple(row) for row in rows), key=repr)
    return shown


async def spoil(store: Store, person: Person) -> None:
    """As another fold might have left it."""
    async with store.pool.acquire() as connection:
        await connection.execute("update teams set fold_version = 0 where id = $1", person.team.id)
        for table, (columns, condition) in FOLDED.items():
            for column in columns.split(", "):
                other = "array['?']" if column == "tag_keys" else f"'?' || {'x.id' if 'key' in column else '0'}"
                await connection.execute(
                    f"update {table} x set {column} = {other} where {condition} and {column} is not null",
                    person.team.id,
                )


async def version_of(store: Store, person: Person) -> int:
    async with store.reading() as reader:
        version: int = await reader.fetch_value("select fold_version from teams where id = $1", person.team.id)
    return version


async def left_of(store: Store, person: Person) -> int:
    async with store.reading() as reader:
        left: int = await reader.fetch_value(
            "select count(*) from derivations d where d.team_id = $1", person.team.id
        )
    return left


@pytest.mark.usefixtures("everything")
async def test_all_that_is_folded_is_folded_anew(store: Store, alice: Person, charlie: Person) -> None:
    await _fill(store, charlie)
    before, theirs, events = (
        await folded_of(store, alice),
        await folded_of(store, charlie),
        await all_events(store, alice),
    )
    assert all(before.values())
    await spoil(store, alice)
    assert all(before[table] != rows for table, rows in (await folded_of(store, alice)).items())
    await fold_anew(store)
    assert (await version_of(store, alice), await left_of(store, alice)) == (1, len(PARTS))
    async with working(store):
        await until_idle(store, alice)
    assert await left_of(store, alice) == 0
    assert await folded_of(store, alice) == before
    assert await folded_of(store, charlie) == theirs
    assert await all_events(store, alice) == events
    await fold_anew(store)
    assert await left_of(store, alice) == 0


@pytest.mark.usefixtures("everything")
async def test_a_slice_is_followed_by_the_next_at_once(store: Store, alice: Person) -> None:
    """No other look at what is due comes before the test has given up."""
    before = await folded_of(store, alice)
    await spoil(store, alice)
    async with store.transaction() as tx:
        await rederive_all(tx, await team_caller(tx, alice.team.id))
    async with working(store, policy=msgspec.structs.replace(QUICK, sweep=3600)):
        await until_idle(store, alice)
    assert (await left_of(store, alice), await folded_of(store, alice)) == (0, before)


@pytest.mark.usefixtures("everything")
async def test_it_goes_on_where_it_was_broken_off(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await folded_of(store, alice)
    await spoil(store, alice)
    async with store.transaction() as tx:
        await rederive_all(tx, await team_caller(tx, alice.team.id))
    seen: list[int] = []
    whole = PARTS["contacts"]

    async def breaks(tx: Transaction, caller: Caller, after: int) -> int | None:
        seen.append(after)
        if len(seen) == 2:
            await whole(tx, caller, after)
            raise RuntimeError("broken off")
        return await whole(tx, caller, after)

    monkeypatch.setitem(PARTS, "contacts", breaks)
    action = ScheduledAction(REDERIVING, alice.team.id, alice.team.id)
    for _ in range(60):
        try:
            await perform(store, rederive, action)
        except RuntimeError:
            continue
    assert seen[0] == 0 < seen[1] == seen[2]
    assert (await left_of(store, alice), await folded_of(store, alice)) == (0, before)


async def test_tags_that_are_one_now_become_one(store: Store, alice: Person) -> None:
    """The older one stays: new tags of a contact come to be in the order of their keys."""
    contact = await contact_of(store, alice, tags=["Café", "Cafe"])
    async with store.transaction() as tx:
        await add_tag(tx, alice.caller, text="Cafe", touch_freq=9)
    async with store.pool.acquire() as connection:
        await connection.execute(
            "update tags set text = 'CAFE' || E'\\u0301', text_key = 'x' where team_id = $1 and text = 'Cafe'",
            alice.team.id,
        )
    async with store.transaction() as tx:
        await rederive_all(tx, await team_caller(tx, alice.team.id))
    async with working(store):
        await until_idle(store, alice)
    tags = (await alice.rechat.get("/contacts/tags")).json()["data"]
    assert [tag["text"] for tag in tags if tag["text"].startswith(("Caf", "CAF"))] == ["CAFE\u0301"]
    assert "tag.merged" in await all_events(store, alice)
    assert contact.tags


async def test_lists_that_are_one_now_stay_two(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        for name in ("Café", "Cafe"):
            await make_list(tx, alice.caller, name=name)
    async with store.pool.acquire() as connection:
        await connection.execute(
            "update contact_lists set name = 'CAFÉ' where team_id = $1 and name = 'Cafe'", alice.team.id
        )
    async with store.transaction() as tx:
        await rederive_all(tx, await team_caller(tx, alice.team.id))
    async with working(store):
        await until_idle(store, alice)
    keys = [key for (key,) in (await folded_of(store, alice))["contact_lists"]]
    assert len(keys) == 2
    assert keys[0] == "café"
    assert keys[1].startswith("café\n")


async def test_another_region_reads_the_numbers_anew(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, "Sarah", phone_numbers=["030 901820"])
    filters = ContactFilter(search="+49 30 901820")

    async def found() -> list[int]:
        async with store.reading() as reader:
            caller = await team_caller(reader, alice.team.id)
            return [each.id for each in await list_contacts(reader, caller, filters, offset=0, limit=9)]

    assert await found() == []
    async with store.transaction() as tx:
        await set_region(tx, alice.caller, region="DE")
    assert await left_of(store, alice) == 2
    async with working(ahead(store, timedelta(minutes=1))):

        async def is_done() -> bool:
            return await left_of(store, alice) == 0

        await until(is_done)
    assert await found() == [contact.id]
    for typed in ("030/901820", "0049 30 901820", "011 49 30 901820", "901820", "1820", "+49 (0)30 901820 ext. 4"):
        params = {"query": f'phone:"{typed}"'}
        assert len((await alice.close.get("/lead/", params=params)).json()["data"]) == 1, typed
    assert contacts.rederive_contacts is PARTS["contacts"]
