"""For tests of sign-in: a client, a password, and the token calls of both dialects."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Address
from itertools import count
from typing import Any

import httpx

from tests.conformance.watching import Watching
from tests.jobs.working import ahead
from tests.people import Person, bearer_headers
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.teams.client import ClientText
from touchbook.core.teams.password import hash_password
from touchbook.core.teams.queries import users_by_id
from touchbook.core.teams.registering import register_client
from touchbook.core.teams.securing import set_password
from touchbook.store.postgres import Store

PASSWORD = "correct horse battery"
_HASH = hash_password(PASSWORD)

_numbers = count(1)
RECHAT, OUTREACH = "/oauth2/token", "/oauth/token"


@dataclass(frozen=True)
class Desk:
    """Where a client asks for tokens. `name` is the person's e-mail address; `address` where the desk stands."""

    url: str
    client: ClientText
    name: str
    address: str = field(default_factory=lambda: str(IPv4Address(0x0A000000 + next(_numbers))))

    async def ask(
        self, grant_type: str, *, path: str = RECHAT, form: bool = False, **members: Any
    ) -> httpx.Response:
        """`members` are added to client and grant type; None takes one away."""
        proven = {"client_id": self.client.uid, "client_secret": self.client.secret, "grant_type": grant_type}
        body = {name: value for name, value in (proven | members).items() if value is not None}
        sent: dict[str, Any] = {"data": body} if form else {"json": body}
        return await self.send(path, **sent)

    async def send(self, path: str = RECHAT, method: str = "POST", **request: Any) -> httpx.Response:
        headers = {"x-forwarded-for": self.address, **request.pop("headers", {})}
        async with httpx.AsyncClient(base_url=self.url, verify=False, timeout=60) as client:
            return await client.request(method, path, headers=headers, **request)

    def at(self, url: str) -> "Desk":
        """The same at another server."""
        return replace(self, url=url)

    async def ask_by_basic(
        self, grant_type: str, *, path: str = RECHAT, form: bool = False, basic: str | None = None, **members: Any
    ) -> httpx.Response:
        """The client's id and secret in the header (`basic`: that text in their place), and not in the body."""
        text = basic if basic is not None else f"{self.client.uid}:{self.client.secret}"
        sent: dict[str, Any] = {"data" if form else "json": {"grant_type": grant_type, **members}}
        return await self.send(
            path, headers={"authorization": f"Basic {b64encode(text.encode()).decode()}"}, **sent
        )

    async def sign_in(self, **members: Any) -> httpx.Response:
        return await self.ask("password", **({"username": self.name, "password": PASSWORD} | members))

    async def refresh(self, token: str, **members: Any) -> httpx.Response:
        return await self.ask("refresh_token", refresh_token=token, **members)

    async def tokens(self) -> dict[str, Any]:
        return given(await self.sign_in())


def given(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def new_client(store: Store) -> ClientText:
    async with store.transaction() as tx:
        return await register_client(tx, name="Tests")


async def give_password(store: Store, person: Person) -> str:
    """PASSWORD; answers the e-mail address."""
    async with store.transaction() as tx:
        await set_password(tx, user_id=person.user_id, password_hash=_HASH)
        return (await users_by_id(tx, person.caller, [person.user_id]))[person.user_id].email


async def desk_of(store: Store, person: Person) -> Desk:
    return Desk(person.url, await new_client(store), await give_password(store, person))


@asynccontextmanager
async def later(store: Store, by: timedelta) -> AsyncIterator[str]:
    """A server where it is later, and nothing is remembered."""
    async with serving(Watching(build_app(Settings(rate_limit=None), ahead(store, by)))) as url:
        yield url


async def status(url: str, token: str, path: str = "/v1/tasks", method: str = "GET", **request: Any) -> int:
    async with httpx.AsyncClient(base_url=url, verify=False) as client:
        return (await client.request(method, path, headers=bearer_headers(token), **request)).status_code


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 401
