"""What is made while its parent is being deleted goes along or is refused: nothing stands under what is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from msgspec import Struct

from tests.dialects.close.records import new_contact, new_lead
from tests.dialects.outreach.asking import account_of, created, sent
from tests.dialects.touchbook.records import a, person_named
from tests.people import Person
from touchbook.store.postgres import Store

ROUNDS = [5, pytest.param(100, marks=pytest.mark.long)]
SECONDS = 20

_ORPHANS = """
select 'contact' as noun, count(*) from contacts x join accounts a on a.team_id = $1 and a.id = x.account_id
    where x.team_id = $1 and x.deleted_at is null and a.deleted_at is not null
union all select 'deal', count(*) from deals x join accounts a on a.team_id = $1 and a.id = x.account_id
    where x.team_id = $1 and x.deleted_at is null and a.deleted_at is not null
union all select 'task', count(*) from tasks x join accounts a on a.team_id = $1 and a.id = x.account_id
    where x.team_id = $1 and x.deleted_at is null and a.deleted_at is not null
"""


class Parent(Struct, frozen=True):
    """A lead or an account, with one contact."""

    id: Any
    contact: Any


Post = Callable[[Person, Parent], Awaitable[httpx.Response]]


async def lead_of(person: Person) -> Parent:
    lead = await new_lead(person)
    return Parent(lead["id"], (await new_contact(person, lead))["id"])


async def delete_lead(person: Person, lead: Parent) -> httpx.Response:
    return await person.close.delete(f"/lead/{lead.id}/")


def in_close(path: str, **members: Any) -> Post:
    async def post(person: Person, lead: Parent) -> httpx.Response:
        known = {"lead": lead.id, "contact": lead.contact}
        named = {name: known.get(value, value) for name, value in members.items()}
        return await person.close.post(path, json=named)

    return post


async def account_with_prospect(person: Person) -> Parent:
    account = await account_of(person)
    related = {"account": ("account", account)}
    prospect = await created(person, "/prospects", sent("prospect", related=related, firstName="Sarah"))
    return Parent(account, prospect["id"])


async def delete_account(person: Person, account: Parent) -> httpx.Response:
    return await person.outreach.delete(f"/accounts/{account.id}")


def in_outreach(kind: str, *, related: dict[str, str], **attributes: Any) -> Post:
    """`related`: relationship -> the type of what it leads to."""

    async def post(person: Person, account: Parent) -> httpx.Response:
        known = {"account": account.id, "prospect": account.contact, "user": person.user_id}
        ends: dict[str, Any] = {name: (noun, known[noun]) for name, noun in related.items()}
        if "prospects" in ends:
            ends["prospects"] = [ends["prospects"]]
        path = "/opportunities" if kind == "opportunity" else f"/{kind}s"
        return await person.outreach.post(path, json=sent(kind, related=ends, **attributes))

    return post


CLOSE = {
    "a contact": in_close("/contact/", lead_id="lead", name="Kyle"),
    "a task": in_close("/task/", lead_id="lead", text="Call"),
    "a task about the contact": in_close("/task/", lead_id="lead", contact_id="contact", text="Call"),
    "an opportunity": in_close("/opportunity/", lead_id="lead"),
    "an opportunity with the contact": in_close("/opportunity/", lead_id="lead", contact_id="contact"),
}
OUTREACH = {
    "a prospect": in_outreach("prospect", related={"account": "account"}, firstName="Kyle"),
    "a task": in_outreach("task", related={"owner": "user", "subject": "account"}),
    "a task about the prospect": in_outreach("task", related={"owner": "user", "subject": "prospect"}),
    "an opportunity": in_outreach("opportunity", related={"account": "account"}, name="Roof"),
    "an opportunity with the prospect": in_outreach("opportunity", related={"prospects": "prospect"}, name="Roof"),
}


async def answers_of(*requests: Awaitable[httpx.Response]) -> list[int]:
    async with asyncio.timeout(SECONDS):
        return [answer.status_code for answer in await asyncio.gather(*requests)]


async def orphans(store: Store, person: Person) -> dict[str, int]:
    async with store.reading() as reader:
        return {row["noun"]: row["count"] for row in await reader.fetch(_ORPHANS, person.team.id)}


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("post", CLOSE.values(), ids=CLOSE)
async def test_of_a_lead(store: Store, alice: Person, bob: Person, post: Post, rounds: int) -> None:
    await check(store, alice, bob, (lead_of, delete_lead, post), rounds)


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("post", OUTREACH.values(), ids=OUTREACH)
async def test_of_an_account(store: Store, alice: Person, bob: Person, post: Post, rounds: int) -> None:
    await check(store, alice, bob, (account_with_prospect, delete_account, post), rounds)


async def check(store: Store, alice: Person, bob: Person, deeds: Any, rounds: int) -> None:
    make, delete, post = deeds
    statuses = []
    for number in range(rounds):
        parent = await make(alice)
        children = [post(bob, parent) for _ in range(3)]
        place = number % (len(children) + 1)
        requests = [*children[:place], delete(alice, parent), *children[place:]]
        statuses += await answers_of(*requests)
        assert await orphans(store, alice) == dict.fromkeys(("contact", "deal", "task"), 0)
    assert max(statuses) < 500, statuses


@pytest.mark.parametrize("rounds", ROUNDS)
async def test_a_tag_is_renamed_while_activities_are_recorded(alice: Person, bob: Person, rounds: int) -> None:
    people = [await person_named(alice, name, a("tag", "Cold")) for name in ("Ann", "Bea", "Cid", "Dot")]
    statuses = []
    for number in range(rounds):
        old, new = ("Cold", "Frozen") if number % 2 == 0 else ("Frozen", "Cold")
        some = [{"contacts": order, "kind": "call"} for order in (people, people[::-1], people[1:3])]
        statuses += await answers_of(
            *(bob.touchbook.post("/activities", json=each) for each in some),
            alice.rechat.patch(f"/contacts/tags/{old}", json={"tag": new}),
            *(bob.touchbook.post("/activities", json=each) for each in some),
        )
    assert set(statuses) == {201, 204}
