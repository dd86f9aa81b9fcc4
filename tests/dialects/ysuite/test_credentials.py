import httpx
import pytest

from tests.dialects.ysuite.wire import data_of, new_task, refusal_of
from tests.factories import contact_of
from tests.people import Person, new_key, new_person, ysuite_client
from touchbook.core.teams.issuing import issue_key, revoke_key
from touchbook.core.teams.key import read_key_text
from touchbook.store.postgres import Store

PATHS = ["/tasks", "/tasks/1", "/contacts", "/contacts/1", "/deals", "/deals/1"]


def pair(access: str | None, secret: str | None) -> dict[str, str]:
    named = {"x-ysuite-access-key": access, "x-ysuite-secret-key": secret}
    return {name: value for name, value in named.items() if value is not None}


async def ask(person: Person, headers: dict[str, str], path: str = "/tasks") -> httpx.Response:
    async with httpx.AsyncClient(verify=False) as client:
        return await client.get(f"{person.url}/v1{path}", headers=headers)


@pytest.mark.req("V1-41")
@pytest.mark.parametrize("path", PATHS)
async def test_without_credentials_nothing_is_shown(alice: Person, path: str) -> None:
    answer = await ask(alice, {}, path)
    refusal_of(answer, 401)
    assert answer.json() == {"success": False, "message": "Invalid API credentials."}


@pytest.mark.req("V1-41")
async def test_half_or_wrong_credentials_are_refused(alice: Person, charlie: Person) -> None:
    access, secret = alice.ysuite.headers["x-ysuite-access-key"], alice.ysuite.headers["x-ysuite-secret-key"]
    foreign = charlie.ysuite.headers["x-ysuite-secret-key"]
    for wrong in (
        pair(access, None),
        pair(None, secret),
        pair(access, ""),
        pair("", secret),
        pair(access, secret[:-1]),
        pair(access, foreign),
        pair("tb_0", secret),
        pair("tb_" + "9" * 30, secret),
        pair(secret, access),
        pair("x", "y"),
        {"authorization": f"Bearer {alice.key}x"},
        {"authorization": "Bearer"},
        {"authorization": "Basic !!!"},
    ):
        refusal_of(await ask(alice, wrong), 401)


async def test_one_key_works_as_pair_and_as_bearer_token(alice: Person) -> None:
    access, secret = alice.ysuite.headers["x-ysuite-access-key"], alice.ysuite.headers["x-ysuite-secret-key"]
    for right in (
        pair(access, secret),
        pair(access, alice.key),
        pair(alice.key, alice.key),
        {"authorization": f"Bearer {alice.key}"},
    ):
        data_of(await ask(alice, right))


@pytest.mark.req("V1-41")
async def test_a_revoked_key_is_refused(store: Store, alice: Person) -> None:
    key = await new_key(store, alice, "write")
    text = read_key_text(key)
    assert text is not None
    async with store.transaction() as tx:
        await revoke_key(tx, key_id=text.id)
    refusal_of(await ysuite_client(alice.url, key).get("/tasks"), 401)


async def test_a_key_for_another_dialect_is_forbidden(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        key = await issue_key(tx, team_id=alice.team.id, user_id=alice.user_id, scope="write", dialects=["close"])
    refusal_of(await ysuite_client(alice.url, key).get("/tasks"), 403)


async def test_a_key_to_read_may_not_write(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    client = ysuite_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await client.post("/tasks", json=new_task(cstid=contact.id)), 403)
    assert data_of(await client.get("/tasks"))["total_records"] == 0


async def test_a_read_only_member_may_not_write_whatever_the_key(store: Store, server: str, alice: Person) -> None:
    contact = await contact_of(store, alice)
    reader = await new_person(store, server, alice.team, "Rita", role="read_only", scope="admin")
    refusal_of(await reader.ysuite.post("/tasks", json=new_task(cstid=contact.id)), 403)
    assert data_of(await reader.ysuite.get("/tasks"))["total_records"] == 0


async def test_a_path_that_is_not_there(alice: Person) -> None:
    refusal_of(await alice.ysuite.get("/activities"), 400)
