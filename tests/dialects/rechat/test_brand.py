"""X-RECHAT-BRAND: for which of the caller's teams a request is (A-02)."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import msgspec
import pytest

from tests.people import Person, bearer_headers, new_team
from tests.serving import bare_server, serving
from tests.signing_in import desk_of
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.team import Team
from touchbook.core.transaction import Reader
from touchbook.dialects.rechat.routes import RECHAT
from touchbook.http.call import Answer, Call
from touchbook.http.mounting import mount
from touchbook.http.route import Route
from touchbook.store.postgres import Store


async def _say_brand(call: Call[Reader]) -> Answer:
    return Answer(msgspec.json.encode({"brand": call.caller.team_uid, "scope": call.caller.scope}))


@pytest.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """Of the dialect with one route, that says which brand a request is for."""
    route = Route(method="GET", path="/contacts/brand", handler=_say_brand, summary="Say the brand")
    app = mount(bare_server(store), msgspec.structs.replace(RECHAT, routes=(route,)))
    async with serving(app) as url, httpx.AsyncClient(base_url=url, verify=False) as client:
        yield client


@pytest.fixture
async def second(store: Store, alice: Person) -> Team:
    """Alice's, joined later, where she may only read."""
    team = await new_team(store)
    async with store.transaction() as tx:
        email = await tx.fetch_value("select email from users where id = $1", alice.user_id)
        await join_team(tx, team_id=team.id, email=email, role="read_only")
    return team


async def ask(client: httpx.AsyncClient, token: str, brand: object = None) -> httpx.Response:
    named = {} if brand is None else {"X-RECHAT-BRAND": str(brand)}
    return await client.get("/contacts/brand", headers={**bearer_headers(token), **named})


async def test_a_token_is_for_any_of_its_persons_teams(
    store: Store, client: httpx.AsyncClient, alice: Person, second: Team, charlie: Person
) -> None:
    token = (await (await desk_of(store, alice)).tokens())["access_token"]
    for _ in range(2):
        assert (await ask(client, token)).json() == {"brand": str(alice.team.uid), "scope": "admin"}
        assert (await ask(client, token, alice.team.uid)).json()["brand"] == str(alice.team.uid)
        assert (await ask(client, token, str(second.uid).upper())).json() == {
            "brand": str(second.uid),
            "scope": "read",
        }
        for foreign in (charlie.team.uid, uuid4()):
            refused = await ask(client, token, foreign)
            assert (refused.status_code, refused.json()["code"]) == (403, "Forbidden")


async def test_who_left_the_first_team_is_in_the_second(
    store: Store, client: httpx.AsyncClient, alice: Person, second: Team
) -> None:
    token = (await (await desk_of(store, alice)).tokens())["access_token"]
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = now() where team_id = $1 and user_id = $2", alice.team.id, alice.user_id
        )
    assert (await ask(client, token)).json()["brand"] == str(second.uid)
    assert (await ask(client, token, alice.team.uid)).status_code == 403


async def test_a_key_is_for_its_own_team_alone(
    store: Store, client: httpx.AsyncClient, alice: Person, second: Team, charlie: Person
) -> None:
    by_key = (await (await desk_of(store, alice)).refresh(alice.key)).json()["access_token"]
    for credential in (alice.key, by_key):
        for own in (None, alice.team.uid):
            assert (await ask(client, credential, own)).json()["brand"] == str(alice.team.uid)
        for foreign in (second.uid, charlie.team.uid, uuid4()):
            assert (await ask(client, credential, foreign)).status_code == 403


@pytest.mark.parametrize("junk", ["", "7", "none", "{brand}", "0" * 32, "x" * 36, "é"])
async def test_what_is_no_uuid(client: httpx.AsyncClient, alice: Person, junk: str) -> None:
    headers = [(b"authorization", f"Bearer {alice.key}".encode()), (b"x-rechat-brand", junk.encode("latin-1"))]
    answer = await client.get("/contacts/brand", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "Validation")
    assert set(answer.json()["attributes"]) == {"X-RECHAT-BRAND"}


async def test_without_a_credential_the_brand_is_nobodys_concern(client: httpx.AsyncClient, alice: Person) -> None:
    for token in ("none", "tba_1_x", alice.key[:-1]):
        for brand in (alice.team.uid, "junk"):
            assert (await ask(client, token, brand)).status_code == 401


@pytest.mark.req("RC-169")
@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer None",
        "Bearer tb_1_x",
        "Bearer tba_1_x",
        "Bearer tbr_1_x",
        "Basic dGJfMV94Og==",
        "tb_1_x",
    ],
)
async def test_without_a_valid_token_it_is_401(server: str, authorization: str) -> None:
    """Every path of the dialect, but the one where tokens are given."""
    async with httpx.AsyncClient(base_url=server, verify=False) as client:
        for route in RECHAT.routes:
            if route.public:
                continue
            path = route.path.replace("{", "").replace("}", "")
            answer = await client.request(route.method, path, headers={"authorization": authorization})
            assert (answer.status_code, answer.json()["code"]) == (401, "Unauthorized"), path
            assert answer.headers["www-authenticate"].startswith("Bearer")
