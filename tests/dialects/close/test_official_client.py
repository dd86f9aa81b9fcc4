"""The vendor's own client, `closeio`, with nothing changed but the host."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from closeio_api import API, APIError, ValidationError

from tests.conformance.watching import Watching
from tests.people import Person, new_person
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.http import limiting
from touchbook.store.postgres import Store


def client_of(person: Person, **members: Any) -> Any:
    return API(f"{person.url}/api/v1/", person.key, **members)


async def say(call: Callable[..., Any], *args: Any, **members: Any) -> Any:
    """The client waits for its answer, so it does that beside the server's loop."""
    return await asyncio.to_thread(call, *args, **members)


@pytest.fixture
def client(alice: Person) -> Any:
    return client_of(alice, tz_offset="-8")


@pytest.fixture
async def lead(client: Any) -> Any:
    return await say(client.post, "lead", {"name": "Cyberdyne", "contacts": [{"name": "Miles Dyson"}]})


async def texts(client: Any, **given: Any) -> list[str]:
    return [task["text"] for task in (await say(client.get, "task", params=given))["data"]]


async def test_a_task_from_its_making_to_its_end(client: Any, lead: Any) -> None:
    made = await say(client.post, "task", {"lead_id": lead["id"], "text": "Call", "date": "2015-01-12"})
    assert (made["_type"], made["date"], made["is_complete"]) == ("lead", "2015-01-12", False)
    path = f"task/{made['id']}"
    assert await say(client.get, path) == made
    changed = await say(client.put, path, {"is_complete": True, "text": "Call back"})
    assert (changed["is_complete"], changed["text"]) == (True, "Call back")
    assert await say(client.put, path, changed) == changed
    assert await say(client.delete, path) == {}
    with pytest.raises(APIError) as gone:
        await say(client.get, path)
    assert gone.value.response.status_code == 404


async def test_lists_are_filtered_and_ordered_by_the_clients_day(client: Any, lead: Any) -> None:
    dates = ["2015-01-12T08:00:00", "2015-01-12", "2015-01-12T07:00:00"]
    for date in dates:
        await say(client.post, "task", {"lead_id": lead["id"], "text": date, "date": date})
    await say(client.post, "task", {"lead_id": lead["id"], "text": "done", "is_complete": True})
    assert await texts(client, view="inbox") == dates[::-1]
    assert await texts(client, view="archive") == ["done"]
    assert await texts(client, is_complete=False, _order_by="-date") == dates
    assert await texts(client, is_complete=False, date__lt="2015-01-12") == dates[2:]
    assert await texts(client, lead_id=lead["id"], is_complete=True, _type="lead") == ["done"]


async def test_many_are_changed_by_a_filter(client: Any, lead: Any) -> None:
    made = [await say(client.post, "task", {"lead_id": lead["id"], "text": text}) for text in "abc"]
    chosen = ",".join(task["id"] for task in made[:2])
    answer = await say(client.put, "task", {"is_complete": True}, params={"id__in": chosen})
    assert answer == {"count": 2}
    assert await texts(client, is_complete=True) == ["a", "b"]
    with pytest.raises(ValidationError) as refused:
        await say(client.put, "task", {"is_complete": True})
    assert refused.value.field_errors
    assert await texts(client, is_complete=False) == ["c"]


async def test_its_loop_by_has_more_finds_each_task_once(client: Any, lead: Any) -> None:
    for number in range(7):
        await say(client.post, "task", {"lead_id": lead["id"], "text": str(number)})
    found: list[str] = []
    more, skip = True, 0
    while more:
        page = await say(client.get, "task", params={"_skip": skip, "_limit": 3, "_fields": "text"})
        found += [task["text"] for task in page["data"]]
        more, skip = page["has_more"], skip + 3
    assert sorted(found) == list("0123456")


async def test_a_query_too_long_for_an_address_is_posted(client: Any, lead: Any) -> None:
    made = [await say(client.post, "task", {"lead_id": lead["id"], "text": text}) for text in "abc"]
    wanted = {"id__in": [task["id"] for task in made[1:]], "is_complete": False}
    headers = {"x-http-method-override": "GET"}
    found = await say(client.post, "task", {"_params": wanted}, headers=headers)
    assert [task["text"] for task in found["data"]] == ["b", "c"]


async def test_errors_are_of_its_own_classes(alice: Person, client: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        await say(client.post, "task", {"text": "Call"})
    assert refused.value.field_errors == {"lead_id": "This field is required."}
    assert refused.value.errors == []
    with pytest.raises(APIError) as unknown:
        await say(client.get, "task/task_x")
    assert unknown.value.response.status_code == 404
    with pytest.raises(APIError) as stranger:
        await say(API(client.base_url, f"{alice.key}x").get, "me")
    assert stranger.value.response.status_code == 401
    assert stranger.value.response.json()["error"]


@pytest.mark.parametrize(
    ("place", "sent", "changed"),
    [
        (
            "contact",
            {"name": "Kate", "emails": [{"email": "kate@example.com", "type": "office"}]},
            {"name": "Cate"},
        ),
        ("opportunity", {"note": "Roof", "value": 500000, "date_won": "2026-12-01"}, {"value": 600000}),
    ],
)
async def test_what_belongs_to_a_lead(client: Any, lead: Any, place: str, sent: Any, changed: Any) -> None:
    made = await say(client.post, place, {"lead_id": lead["id"], **sent})
    assert {name: made[name] for name in sent} == sent
    path = f"{place}/{made['id']}"
    assert await say(client.get, path) == made
    assert made in (await say(client.get, place, params={"lead_id": lead["id"]}))["data"]
    after = await say(client.put, path, {**made, **changed})
    assert after == {**made, **after, **changed}
    assert await say(client.delete, path) == {}
    with pytest.raises(APIError):
        await say(client.get, path)


async def test_leads(client: Any, lead: Any) -> None:
    path = f"lead/{lead['id']}"
    assert await say(client.get, path) == lead
    found = await say(client.get, "lead", params={"query": 'name:"cyber"', "_fields": "id,name"})
    assert found == {"data": [{"id": lead["id"], "name": "Cyberdyne"}], "has_more": False}
    statuses = (await say(client.get, "status/lead"))["data"]
    changed = await say(client.put, path, {"status_id": statuses[1]["id"]})
    assert changed["status_label"] == statuses[1]["label"]
    assert await say(client.delete, path) == {}
    assert (await say(client.get, "lead"))["data"] == []


ADA = {
    "name": "Ada Lovelace",
    "contacts": [
        {
            "name": "Ada Lovelace",
            "emails": [{"email": "Ada@Engines.example", "type": "office"}],
            "phones": [{"phone": "(312) 555-0100", "type": "office"}],
        }
    ],
}


@pytest.mark.parametrize(
    "query",
    [
        'email_address:"ada@engines.example"',
        'name:"Ada Lovelace"',
        'company:"Ada Lovelace"',
        'phone:"+1 312-555-0100"',
        'status:"Potential" name:"Ada Lovelace" email_address:"ada@engines.example"',
        '"Ada Lovelace"',
        "ada lovelace",
    ],
)
async def test_a_script_that_finds_or_creates_makes_one_lead(client: Any, lead: Any, query: str) -> None:
    """Each run is what scripts of the field do before they write: look, and create where nothing was found."""

    async def find_or_create() -> str:
        found = (await say(client.get, "lead", params={"query": query, "_fields": "id,name", "_limit": 1}))["data"]
        return str((found or [await say(client.post, "lead", ADA)])[0]["id"])

    first, second = await find_or_create(), await find_or_create()
    assert first == second != lead["id"]
    named = [each["name"] for each in (await say(client.get, "lead"))["data"]]
    assert named == ["Ada Lovelace", "Cyberdyne"]


async def test_a_script_learns_what_a_search_does_not_know(client: Any, lead: Any) -> None:
    for query in ('name:"Cyberdyne" sort:updated', 'custom.Source:"Web"', "Cyberdyne or Skynet", "contacts > 1"):
        with pytest.raises(ValidationError) as refused:
            await say(client.get, "lead", params={"query": query})
        assert refused.value.field_errors.keys() == {"query"}


async def test_who_is_there_and_what_there_is(client: Any, bob: Person) -> None:
    me = await say(client.get, "me")
    users = (await say(client.get, "user"))["data"]
    assert [user["first_name"] for user in users] == ["Alice", "Bob"]
    assert (await say(client.get, f"user/{me['id']}"))["email"] == me["email"]
    organization = await say(client.get, f"organization/{me['organizations'][0]['id']}")
    assert organization["name"] == me["organizations"][0]["name"]
    for kind in ("lead", "opportunity"):
        assert (await say(client.get, f"status/{kind}"))["data"] == organization[f"{kind}_statuses"]
    assert (await say(client.get, "custom_field/lead"))["data"] == []


async def test_it_waits_as_long_as_it_is_told_and_goes_on(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiting, "WINDOW", 1.0)
    async with serving(Watching(build_app(Settings(rate_limit=3), store))) as url:
        person = await new_person(store, url, alice.team, "Rita")
        client = client_of(person, max_retries=2)
        answers: list[Any] = []
        client.session.hooks["response"].append(lambda answer, **_: answers.append(answer))
        start = monotonic()
        for _ in range(4):
            assert (await say(client.get, "me"))["first_name"] == "Rita"
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 200]
    assert monotonic() - start >= 1
    assert [answer.headers["RateLimit"] for answer in answers] == [
        f"limit=3, remaining={left}, reset=1" for left in (2, 1, 0, 0, 2)
    ]
    refused = answers[3]
    for name in ("Retry-After", "RateLimit-Reset", "X-Rate-Limit-Reset"):
        assert refused.headers[name] == "1"
    assert refused.headers["X-Rate-Limit-Remaining"] == "0"
    assert refused.json()["error"]["rate_limit"] == 3
    assert refused.json()["rate_reset"] == refused.json()["error"]["rate_reset"] == 1.0
