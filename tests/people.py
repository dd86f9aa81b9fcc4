"""Alice owns the team, Bob is her teammate, Charlie has another team; every test has its own three."""

from base64 import b64encode
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal
from uuid import uuid4

import httpx

from touchbook.core.caller import Caller, Role, Scope
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.issuing import issue_key
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store

ZONE = "America/Chicago"
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """`caller` is what the core knows of them; `ysuite` and later clients speak for them over HTTP."""

    name: str
    team: Team
    caller: Caller
    key: str
    url: str

    @property
    def user_id(self) -> int:
        assert self.caller.user_id is not None
        return self.caller.user_id

    @property
    def ysuite(self) -> httpx.AsyncClient:
        return ysuite_client(self.url, self.key)

    @property
    def close(self) -> httpx.AsyncClient:
        return close_client(self.url, self.key)

    @property
    def rechat(self) -> httpx.AsyncClient:
        return rechat_client(self.url, self.key)

    @property
    def outreach(self) -> httpx.AsyncClient:
        return outreach_client(self.url, self.key)

    @property
    def touchbook(self) -> httpx.AsyncClient:
        return touchbook_client(self.url, self.key)


_clients: dict[tuple[str, ...], httpx.AsyncClient] = {}


def ysuite_headers(key: str) -> dict[str, str]:
    number, secret = key.removeprefix("tb_").split("_", 1)
    return {"x-ysuite-access-key": f"tb_{number}", "x-ysuite-secret-key": secret}


def close_headers(key: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}


def bearer_headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def outreach_headers(token: str) -> dict[str, str]:
    return {**bearer_headers(token), "content-type": "application/vnd.api+json"}


def ysuite_client(url: str, key: str) -> httpx.AsyncClient:
    return _client("ysuite", url, key, base_url=f"{url}/v1", headers=ysuite_headers(key))


def close_client(url: str, key: str) -> httpx.AsyncClient:
    return _client("close", url, key, base_url=f"{url}/api/v1", headers=close_headers(key))


def rechat_client(url: str, token: str) -> httpx.AsyncClient:
    """`token`: a key, or an access token."""
    return _client("rechat", url, token, base_url=url, headers=bearer_headers(token))


def outreach_client(url: str, token: str) -> httpx.AsyncClient:
    """What it sends, with a body or without one, it calls JSON:API."""
    return _client("outreach", url, token, base_url=f"{url}/api/v2", headers=outreach_headers(token))


def touchbook_client(url: str, token: str) -> httpx.AsyncClient:
    base = f"{url}/touchbook/v1"
    return _client("touchbook", url, token, base_url=base, headers=bearer_headers(token))


def _client(*name: str, **members: Any) -> httpx.AsyncClient:
    if name not in _clients:
        # Plain HTTP: reading the certificates of this machine for every person would take longer than the test.
        _clients[name] = httpx.AsyncClient(verify=False, **members)
    return _clients[name]


async def close_clients() -> None:
    for client in _clients.values():
        await client.aclose()
    _clients.clear()


async def new_team(store: Store, *, zone: str = ZONE) -> Team:
    async with store.transaction() as tx:
        return await found_team(tx, name=f"Team {next(_numbers)} {uuid4().hex[:8]}", zone=zone)


async def new_person(
    store: Store,
    url: str,
    team: Team,
    name: str,
    *,
    role: Role = "member",
    scope: Scope = "write",
) -> Person:
    async with store.transaction() as tx:
        user = await join_team(
            tx,
            team_id=team.id,
            email=f"{name.lower()}.{uuid4().hex[:12]}@example.com",
            role=role,
            first_name=name,
            last_name="Example",
        )
        key = await issue_key(tx, team_id=team.id, user_id=user.id, scope=scope)
        caller = await authenticate_key(tx, key, surface="test")
    return Person(name, team, caller, key, url)


async def new_key(store: Store, person: Person, scope: Literal["read", "write", "admin"]) -> str:
    async with store.transaction() as tx:
        return await issue_key(tx, team_id=person.team.id, user_id=person.user_id, scope=scope)
