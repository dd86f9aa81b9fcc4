"""`Idempotency-Key`: one row and one answer, however often a POST is repeated."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from tests.clock import utc_now
from tests.dialects.ysuite.wire import data_of, new_task, refusal_of
from tests.factories import contact_of
from tests.people import Person, new_key, ysuite_client
from tests.serving import bare_server, serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.transaction import Transaction
from touchbook.dialects.ysuite.routes import YSUITE
from touchbook.http.call import Answer, Call
from touchbook.http.idempotency import forget_answers
from touchbook.http.mounting import mount
from touchbook.http.route import Dialect, Route
from touchbook.store.postgres import Store

REPLAYED = "idempotent-replayed"


async def post(
    client: httpx.AsyncClient, body: dict[str, Any], key: str = "one", path: str = "/tasks"
) -> httpx.Response:
    return await client.post(path, json=body, headers={"idempotency-key": key})


async def count_of(person: Person, path: str = "/tasks") -> int:
    total: int = data_of(await person.ysuite.get(path))["total_records"]
    return total


@pytest.fixture
async def body(store: Store, alice: Person) -> dict[str, Any]:
    return new_task(cstid=(await contact_of(store, alice)).id)


async def test_a_repeat_is_answered_byte_for_byte(alice: Person, body: dict[str, Any]) -> None:
    first = await post(alice.ysuite, body)
    second = await post(alice.ysuite, body, path="/tasks/")
    data_of(first)
    assert REPLAYED not in first.headers
    assert second.headers[REPLAYED] == "true"
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["content-type"] == first.headers["content-type"]
    assert await count_of(alice) == 1


async def test_without_a_key_every_post_is_a_new_one(alice: Person, body: dict[str, Any]) -> None:
    await alice.ysuite.post("/tasks", json=body)
    await alice.ysuite.post("/tasks", json=body)
    assert await count_of(alice) == 2


async def test_another_body_is_refused(alice: Person, body: dict[str, Any]) -> None:
    await post(alice.ysuite, body)
    refusal_of(await post(alice.ysuite, body | {"title": "Other"}), 422)
    refusal_of(await post(alice.ysuite, body, path="/tasks?x=1"), 422)
    assert (await post(alice.ysuite, body)).headers[REPLAYED] == "true"
    assert await count_of(alice) == 1


async def test_another_key_is_another_request(alice: Person, body: dict[str, Any]) -> None:
    answers = [await post(alice.ysuite, body, key) for key in ("a", "b", "A", "a b", "b" * 255)]
    assert len({data_of(answer)["activity_id"] for answer in answers}) == 5


async def test_another_caller_is_another_request(
    store: Store, alice: Person, bob: Person, charlie: Person, body: dict[str, Any]
) -> None:
    hers, his = await post(alice.ysuite, body), await post(bob.ysuite, body)
    foreign = await post(charlie.ysuite, body | {"cstid": (await contact_of(store, charlie)).id})
    assert len({data_of(answer)["activity_id"] for answer in (hers, his, foreign)}) == 3
    assert (await count_of(alice), await count_of(charlie)) == (2, 1)


async def test_a_persons_second_key_is_the_same_caller(store: Store, alice: Person, body: dict[str, Any]) -> None:
    first = await post(alice.ysuite, body)
    second = await post(ysuite_client(alice.url, await new_key(store, alice, "write")), body)
    assert second.content == first.content


async def test_who_may_not_write_is_given_no_answer(store: Store, alice: Person, body: dict[str, Any]) -> None:
    await post(alice.ysuite, body)
    refusal_of(await post(ysuite_client(alice.url, await new_key(store, alice, "read")), body), 403)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"title": "x" * 151}, 422),
        ({"cstid": 2**62}, 422),
        ({"assigned_user_id": 2**62}, 422),
        ({"title": "\0"}, 400),
    ],
)
async def test_a_refused_request_stores_nothing(
    alice: Person, body: dict[str, Any], wrong: dict[str, Any], status: int
) -> None:
    for _ in range(2):
        refused = await post(alice.ysuite, body | wrong)
        refusal_of(refused, status)
        assert REPLAYED not in refused.headers
    answer = await post(alice.ysuite, body)
    data_of(answer)
    assert REPLAYED not in answer.headers
    assert await count_of(alice) == 1


async def test_a_key_has_at_most_255_characters(alice: Person, body: dict[str, Any]) -> None:
    refusal_of(await post(alice.ysuite, body, "k" * 256), 422)
    data_of(await post(alice.ysuite, body, "k" * 255))
    assert await count_of(alice) == 1


async def test_a_get_is_never_answered_from_memory(alice: Person, body: dict[str, Any]) -> None:
    keyed = {"idempotency-key": "one"}
    before = data_of(await alice.ysuite.get("/tasks", headers=keyed))
    await post(alice.ysuite, body)
    assert (before["total_records"], await count_of(alice)) == (0, 1)


async def test_a_new_server_gives_the_first_answer(
    database_url: str, settings: Settings, alice: Person, body: dict[str, Any]
) -> None:
    first = await post(alice.ysuite, body)
    later = await Store.open(database_url)
    async with serving(build_app(settings, later)) as url:
        second = await post(ysuite_client(url, alice.key), body)
    await later.close()
    assert (second.content, second.headers[REPLAYED]) == (first.content, "true")
    assert await count_of(alice) == 1


@pytest.mark.parametrize(("hours", "tasks"), [(23.99, 1), (24.01, 2)])
async def test_an_answer_is_kept_for_a_day(
    store: Store, settings: Settings, alice: Person, body: dict[str, Any], hours: float, tasks: int
) -> None:
    first = await post(alice.ysuite, body)
    tomorrow = Store(store.pool, clock=lambda: utc_now() + timedelta(hours=hours))
    async with serving(build_app(settings, tomorrow)) as url:
        client = ysuite_client(url, alice.key)
        second, third = await post(client, body), await post(client, body)
    assert (second.content == first.content) == (tasks == 1)
    assert (third.content, third.headers[REPLAYED]) == (second.content, "true")
    assert await count_of(alice) == tasks


async def test_forgetting_takes_what_is_older(store: Store, alice: Person, body: dict[str, Any]) -> None:
    first = await post(alice.ysuite, body)
    async with store.transaction() as tx:
        await forget_answers(tx, before=utc_now() - timedelta(hours=24))
    assert (await post(alice.ysuite, body)).content == first.content


async def test_parallel_repeats_make_one_row_and_one_answer(alice: Person, body: dict[str, Any]) -> None:
    """32 clients at once send the same 15 keys, through a pool of ten connections."""

    async def send_all() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            base_url=alice.ysuite.base_url, headers=alice.ysuite.headers, timeout=60, verify=False
        ) as client:
            return [await post(client, body | {"title": f"Task {key}"}, str(key)) for key in range(15)]

    answers = [answer for sent in await asyncio.gather(*(send_all() for _ in range(32))) for answer in sent]
    assert {answer.status_code for answer in answers} == {200}
    firsts = Counter(answer.content for answer in answers if REPLAYED not in answer.headers)
    assert sorted(firsts.values()) == [1] * 15
    assert Counter(answer.content for answer in answers) == Counter(dict.fromkeys(firsts, 32))
    assert await count_of(alice) == 15


async def test_parallel_repeats_through_two_servers(
    store: Store, settings: Settings, alice: Person, body: dict[str, Any]
) -> None:
    """Nothing in one process knows of the other: the database alone decides."""
    async with serving(build_app(settings, store)) as url:
        clients = (alice.ysuite, ysuite_client(url, alice.key))
        answers = await asyncio.gather(
            *(post(client, body, str(key)) for key in range(8) for client in clients for _ in range(4))
        )
    assert Counter(answer.content for answer in answers).most_common() == [
        (content, 8) for content in dict.fromkeys(answer.content for answer in answers)
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert await count_of(alice) == 8


async def test_a_key_under_way_keeps_no_other_waiting(store: Store, alice: Person, body: dict[str, Any]) -> None:
    """What waits for its first answer holds no connection: here it waits for a row that the test holds."""
    async with store.transaction() as tx:
        await tx.execute("select 1 from teams where id = $1 for update", alice.team.id)
        waiting = [asyncio.create_task(post(alice.ysuite, body)) for _ in range(32)]
        await asyncio.sleep(0.2)
        assert await asyncio.wait_for(count_of(alice), 5) == 0
        assert not any(task.done() for task in waiting)
    answers = await asyncio.gather(*waiting)
    assert len({answer.content for answer in answers}) == 1
    assert await count_of(alice) == 1


async def add_person(call: Call[Transaction]) -> Answer:
    contact = await add_contact(call.tx, call.caller, PlainMembers(first_name="Added"))
    return Answer(msgspec.json.encode({"success": True, "data": {"secret": contact.id}}))


def dialect_with(path: str, *, shows_secret: bool) -> Dialect:
    route = Route(
        method="POST", path=path, handler=add_person, summary="Add", scope="write", shows_secret=shows_secret
    )
    return msgspec.structs.replace(YSUITE, name="other", prefix="/other", routes=(route,))


async def test_an_answer_that_shows_a_secret_is_not_kept(store: Store, alice: Person) -> None:
    server = bare_server(store)
    async with serving(mount(server, dialect_with("/keys", shows_secret=True))) as url:
        client = ysuite_client(url, alice.key)
        answers = [await post(client, {}, path=f"{url}/other/keys") for _ in range(2)]
    secrets = {data_of(answer)["secret"] for answer in answers}
    assert len(secrets) == 2
    assert not any(REPLAYED in answer.headers for answer in answers)
    async with store.reading() as reader:
        kept = await reader.fetch_value("select count(*) from idempotency where team_id = $1", alice.team.id)
    assert kept == 0


async def test_the_same_path_of_another_dialect_is_another_request(
    store: Store, alice: Person, body: dict[str, Any]
) -> None:
    first = await post(alice.ysuite, body)
    server = bare_server(store)
    async with serving(mount(server, dialect_with("/tasks", shows_secret=False))) as url:
        client = ysuite_client(url, alice.key)
        others = [await post(client, body, path=f"{url}/other/tasks") for _ in range(2)]
    assert "secret" in data_of(others[0])
    assert others[1].content == others[0].content != first.content
