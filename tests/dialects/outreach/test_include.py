"""`include` and `fields`."""

from typing import Any

import pytest

from tests.core.sequences.records import replied_in_sequence
from tests.counting import counting
from tests.dialects.outreach.asking import account_of, changed, choice_of, created, listed, refused, sent
from tests.factories import contact_of
from tests.people import Person
from touchbook.store.postgres import Store


def identities(resources: Any) -> list[tuple[str, int]]:
    return [(each["type"], each["id"]) for each in resources]


async def opportunity_of(person: Person, owner: Person) -> Any:
    """With a prospect of the owner's in an account."""
    account = await account_of(person)
    related: dict[str, Any] = {"account": ("account", account), "owner": ("user", owner.user_id)}
    prospect = await created(person, "/prospects", sent("prospect", related=related, firstName="Miles"))
    related = {"prospects": [("prospect", prospect["id"])], "owner": ("user", owner.user_id)}
    return await created(person, "/opportunities", sent("opportunity", related=related, name="Roof"))


async def test_what_is_included_is_there_once(alice: Person, bob: Person) -> None:
    sales = [await opportunity_of(alice, bob) for _ in range(3)]
    content = await listed(
        alice, "/opportunities", include="owner,prospects.account.creator,prospects.owner,creator"
    )
    included = identities(content["included"])
    assert len(included) == len(set(included))
    accounts = {sale["relationships"]["account"]["data"]["id"] for sale in sales}
    prospects = {sale["relationships"]["prospects"]["data"][0]["id"] for sale in sales}
    assert set(included) == {
        ("user", alice.user_id),
        ("user", bob.user_id),
        *(("account", each) for each in accounts),
        *(("prospect", each) for each in prospects),
    }


async def test_what_is_included_is_as_its_own_path_shows_it(alice: Person, bob: Person) -> None:
    await opportunity_of(alice, bob)
    for included in (await listed(alice, "/opportunities", include="owner,account,prospects"))["included"]:
        answer = await alice.outreach.get(included["links"]["self"])
        assert answer.json()["data"] == included


async def test_what_is_listed_is_not_included_again(store: Store, alice: Person) -> None:
    sale = await opportunity_of(alice, alice)
    answer = await alice.outreach.get(f"/opportunities/{sale['id']}", params={"include": "prospects.account"})
    assert [kind for kind, _ in identities(answer.json()["included"])] == ["prospect", "account"]


async def test_without_include_nothing_is_included(alice: Person) -> None:
    assert "included" not in await listed(alice, "/users")
    assert (await listed(alice, "/stages", include="creator"))["included"] == []


async def test_a_write_answers_with_what_is_included(alice: Person) -> None:
    answer = await alice.outreach.post("/accounts?include=creator", json=sent("account", name="Cyberdyne"))
    assert identities(answer.json()["included"]) == [("user", alice.user_id)]


@pytest.mark.parametrize("path", ["x", "owner.x", "opportunities", ".", "owner,", "stage.prospects", "owner..id"])
async def test_what_cannot_be_included_is_refused(alice: Person, path: str) -> None:
    assert await refused(alice, "/prospects", include=path) == "include"


async def test_an_include_that_is_wrong_undoes_the_write(alice: Person) -> None:
    answer = await alice.outreach.post("/accounts?include=x", json=sent("account", name="Cyberdyne"))
    assert answer.status_code == 400
    assert (await listed(alice, "/accounts"))["data"] == []


async def test_fields_are_the_members_that_come(store: Store, alice: Person) -> None:
    await contact_of(store, alice)
    [item] = (await listed(alice, "/prospects", **{"fields[prospect]": "firstName,owner"}))["data"]
    assert item["attributes"] == {"firstName": "Sarah"}
    assert item["relationships"].keys() == {"owner"}
    assert item["links"]


async def test_fields_are_asked_for_each_type(store: Store, alice: Person) -> None:
    await contact_of(store, alice)
    content = await listed(
        alice,
        "/prospects",
        include="owner",
        **{"fields[prospect]": "", "fields[user]": "email,x", "fields[y]": "z"},
    )
    assert content["data"][0]["attributes"] == {} == content["data"][0]["relationships"]
    assert content["included"][0]["attributes"].keys() == {"email"}


async def test_who_is_deleted_is_not_included(store: Store, alice: Person) -> None:
    sale = await opportunity_of(alice, alice)
    prospect = sale["relationships"]["prospects"]["data"][0]["id"]
    await alice.outreach.delete(f"/prospects/{prospect}")
    content = await listed(alice, "/opportunities", include="prospects,account")
    assert [kind for kind, _ in identities(content["included"])] == ["account"]


async def test_stage_and_persona_are_included(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    stage, persona = await choice_of(alice, "/stages", 2), await choice_of(alice, "/personas", 3)
    related = {"stage": ("stage", stage), "persona": ("persona", persona)}
    await changed(alice, f"/prospects/{contact.id}", sent("prospect", contact.id, related))
    content = await listed(alice, "/prospects", include="stage,persona")
    assert identities(content["included"]) == [("persona", persona), ("stage", stage)]


async def test_as_many_statements_for_fifty_as_for_one(alice: Person, bob: Person) -> None:
    wide = {
        "include": "owner,account.creator,prospects.stage,prospects.owner,creator",
        "provideDataConnections": "true",
        "provideAuthorizationMeta": "true",
        "count": "true",
    }

    async def statements(**query: str) -> int:
        with counting() as count:
            await listed(alice, "/opportunities", **query)
        return count()

    async def more(owner: Person, position: int) -> None:
        sale = await opportunity_of(alice, owner)
        prospect = sale["relationships"]["prospects"]["data"][0]["id"]
        related = {"stage": ("stage", await choice_of(alice, "/stages", position))}
        await changed(alice, f"/prospects/{prospect}", sent("prospect", prospect, related))

    await more(bob, 1)
    asked: list[dict[str, str]] = [{}, wide, {**wide, "filter[owner][email]": "x", "sort": "-amount,name"}]
    one = [await statements(**query) for query in asked]
    assert one[0] == 1
    for number in range(15):
        await more((alice, bob)[number % 2], number % 8 + 1)
    assert [await statements(**query) for query in asked] == one


async def test_as_many_statements_for_many_in_sequences_as_for_one(
    store: Store, alice: Person, bob: Person
) -> None:
    asked = {
        "/sequenceStates": "prospect.owner,sequence.owner,sequenceStep.taskPriority,creator",
        "/sequenceSteps": "sequence.creator,taskPriority,updater",
        "/sequenceTemplates": "sequenceStep.sequence,template.owner",
        "/mailings": "prospect,sequence,sequenceState,sequenceStep,template.creator,user",
        "/calls": "prospect,sequence.owner,sequenceState.sequenceStep,sequenceStep,user",
    }

    async def statements(path: str) -> int:
        with counting() as count:
            content = await listed(alice, path, include=asked[path], count="true")
        assert content["included"]
        return count()

    await replied_in_sequence(store, alice)
    one = [await statements(path) for path in asked]
    for person in (alice, bob) * 3:
        await replied_in_sequence(store, person)
    assert [await statements(path) for path in asked] == one
