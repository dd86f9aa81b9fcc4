"""The most expensive requests that a client may send, each within every bound of its document."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import asyncpg
import httpx
import pytest

from tests.dialects.rechat.records import a
from tests.long.site import Site
from tests.people import bearer_headers, close_headers

pytestmark = pytest.mark.long

# Seconds of the server's CPU for a request that reads or writes one record, and for each of many.
ONE, EACH = 0.5, 0.01
# Of attributes there are fewer than one may have: tags come to them.
MOST_ATTRIBUTES, MOST_PARTS, MOST_FILTERS = 980, 100, 50
_numbers = count()


@dataclass
class Client:
    """`contact` has as many attributes as one may have; `task` leads to as much as one may lead to."""

    http: httpx.AsyncClient
    demo: dict[str, Any]
    contact: Any = None
    task: Any = None

    async def rechat(self, method: str, path: str, **more: Any) -> Any:
        return await self._ask(method, path, bearer_headers, **more)

    async def close(self, method: str, path: str, **more: Any) -> Any:
        return await self._ask(method, f"/api/v1{path}", close_headers, **more)

    async def outreach(self, method: str, path: str, **more: Any) -> Any:
        return await self._ask(method, f"/api/v2{path}", bearer_headers, **more)

    async def _ask(self, method: str, path: str, headers: Callable[[str], dict[str, str]], **more: Any) -> Any:
        answer = await self.http.request(method, path, headers=headers(self.demo["users"][0]["key"]), **more)
        assert answer.is_success, f"{answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def new_contact(self, attributes: int) -> dict[str, Any]:
        texts = [a("note", f"note {next(_numbers)} ") for _ in range(attributes)]
        return {"user": self.demo["users"][0]["uid"], "attributes": [a("first_name", "Ada"), *texts[1:]]}

    async def add(self, contacts: int, attributes: int) -> Any:
        sent = {"contacts": [self.new_contact(attributes) for _ in range(contacts)]}
        return await self.rechat("POST", "/contacts", json=sent, params={"get": "true"})


async def _add_contact(client: Client) -> None:
    await client.add(1, MOST_ATTRIBUTES)


async def _show_contact(client: Client) -> None:
    await client.rechat("GET", f"/contacts/{client.contact['id']}", params={"associations": "contact.attributes"})


async def _list_contacts(client: Client) -> int:
    """Each of a page has as many attributes as one may have."""
    params = {"associations": "contact.attributes", "limit": 50, "q": "Ada"}
    return sum(
        len(each["attributes"]) for each in (await client.rechat("GET", "/contacts", params=params))["data"]
    )


async def _import_contacts(client: Client) -> int:
    await client.add(1000, 5)
    return 1000


async def _tag_all(client: Client) -> int:
    sent = {"attributes": [a("tag", f"tag {next(_numbers)}")]}
    await client.rechat("POST", "/contacts/attributes", json=sent, params={"q": "Ada"})
    return 1000


async def _filter_contacts(client: Client) -> None:
    terms = [{"attribute_type": "note", "value": f"note {number}"} for number in range(MOST_FILTERS)]
    await client.rechat("POST", "/contacts/filter", json={"filter": terms}, params={"filter_type": "or"})


async def _search_leads(client: Client) -> None:
    words = " ".join(f"phone:{number}{number}{number}{number}55" for number in range(1, 5))
    await client.close("GET", "/lead/", params={"query": f"{words} {' '.join('abcdef')}", "_limit": 1000})


async def _add_lead(client: Client) -> int:
    def contact(number: int) -> dict[str, Any]:
        emails = [
            {"email": f"a{number}.{each}.{next(_numbers)}@example.com", "type": "office"} for each in range(10)
        ]
        phones = [{"phone": f"+1 512 555 {each:04}", "type": "mobile"} for each in range(10)]
        return {"name": f"Ada {number}", "emails": emails, "phones": phones}

    await client.close(
        "POST", "/lead/", json={"name": "Lovelace", "contacts": [contact(each) for each in range(100)]}
    )
    return 101


async def _change_task(client: Client) -> None:
    sent = {
        **client.task,
        "title": f"Call {next(_numbers)}",
        "metadata": {str(each): each for each in range(1000)},
    }
    await client.rechat("PUT", f"/crm/tasks/{client.task['id']}", json=sent)


async def _change_all_tasks(client: Client) -> int:
    sent = {"date": f"2027-01-{next(_numbers) % 28 + 1:02}"}
    params = {"_type": "all", "is_complete": "false"}
    return int((await client.close("PUT", "/task/", json=sent, params=params))["count"])


async def _list_prospects(client: Client) -> int:
    names = ",".join(f"name {number}" for number in range(900))
    params = {"page[size]": "1000", "include": "owner,account,stage,persona", "count": "true"}
    narrowed = {"filter[firstName]": f"Ada,{names}"[:2000], "sort": "-updatedAt,lastName,firstName"}
    return len((await client.outreach("GET", "/prospects", params=params | narrowed))["data"])


async def _loop_template(client: Client) -> None:
    loop = "{% for a in (1..1000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}{{ first_name }}"
    loop += "{% endfor %}" * 3
    answer = await client.http.post(
        "/api/v2/templates",
        headers={**bearer_headers(client.demo["users"][0]["key"]), "content-type": "application/vnd.api+json"},
        content=httpx.Request(
            "POST",
            "http://x",
            json={"data": {"type": "template", "attributes": {"name": "Loop", "subject": "x", "bodyHtml": loop}}},
        ).content,
    )
    assert answer.status_code in (201, 422), answer.text


# Each returns how many records it wrote or showed, where these are many.
COSTLY: Sequence[Callable[[Client], Awaitable[int | None]]] = [
    _add_contact,
    _show_contact,
    _list_contacts,
    _import_contacts,
    _tag_all,
    _filter_contacts,
    _search_leads,
    _add_lead,
    _change_task,
    _change_all_tasks,
    _list_prospects,
    _loop_template,
]


async def test_none_costs_more_than_its_share(site: Site) -> None:
    wrong = []
    async with httpx.AsyncClient(base_url=site.running.url, timeout=120) as http:
        client = await _filled(Client(http, site.demo))
        await _analyze(site.database_url)
        for ask in COSTLY:
            name = ask.__name__.removeprefix("_").replace("_", " ")
            await ask(client)
            async with site.others():
                used = site.seconds()
                records = await ask(client)
                used = site.seconds() - used
            bound = ONE if records is None else ONE + EACH * records
            print(f"{name}: {used:.2f} s of CPU for {records or 'one'}, at most {bound:.2f}")
            if used > bound:
                wrong.append(name)
    assert not wrong


async def _analyze(url: str) -> None:
    """Do what autovacuum does within a minute."""
    connection = await asyncpg.connect(url)
    await connection.execute("analyze")
    await connection.close()


async def _filled(client: Client) -> Client:
    for _ in range(5):
        client.contact = (await client.add(10, MOST_ATTRIBUTES))["data"][0]
    contacts = (await client.add(MOST_PARTS, 1))["data"]
    links = [{"association_type": "contact", "contact": each["id"]} for each in contacts]
    reminders = [
        {"is_relative": True, "timestamp": 1_900_000_000 - 60 * each} for each in range(1, MOST_PARTS + 1)
    ]
    sent = {"title": "Call", "due_date": 1_900_000_000, "task_type": "Call", "status": "PENDING"}
    client.task = (
        await client.rechat("POST", "/crm/tasks", json={**sent, "associations": links, "reminders": reminders})
    )["data"]
    return client
