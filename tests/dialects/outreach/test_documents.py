"""What every document keeps to, of whatever resource."""

import re
from typing import Any

import pytest

from tests.core.sequences.records import replied_in_sequence
from tests.dialects.outreach.asking import JSON_API, content_of, listed, problems, shown
from tests.factories import contact_of, deal_of
from tests.people import Person, bearer_headers, new_key, outreach_client
from touchbook.core.accounts.opening import open_account
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import Linked, Many, Resource
from touchbook.store.postgres import Store

TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
each_resource = pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.kind)


@pytest.fixture
async def some(store: Store, alice: Person) -> None:
    await contact_of(store, alice)
    await deal_of(store, alice)
    async with store.transaction() as tx:
        await open_account(tx, alice.caller, kind="company", name="Cyberdyne")
    await replied_in_sequence(store, alice)


@pytest.mark.req("OU-02")
@each_resource
async def test_a_list_has_resources_of_its_type(some: None, alice: Person, resource: Resource[Any]) -> None:
    content = await listed(alice, resource.path)
    assert content["data"]
    for item in content["data"]:
        assert item["type"] == resource.kind
        assert isinstance(item["id"], int)
        assert item["links"] == {"self": f"{alice.url}/api/v2{resource.path}/{item['id']}"}
        assert "meta" not in item
    assert content.keys() == {"data", "links"}


@each_resource
async def test_show_is_what_the_list_shows(some: None, alice: Person, resource: Resource[Any]) -> None:
    for item in (await listed(alice, resource.path))["data"]:
        assert await shown(alice, f"{resource.path}/{item['id']}") == item
        assert await shown(alice, f"{resource.path}/{item['id']}/") == item


@each_resource
async def test_all_attributes_are_there_in_camel_case(some: None, alice: Person, resource: Resource[Any]) -> None:
    named = {
        re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in resource.attributes.__struct_fields__
    }
    # A custom attribute is there with a value.
    named -= {name for name, member in resource.kept.items() if member.sparse}
    for item in (await listed(alice, resource.path))["data"]:
        assert item["attributes"].keys() == named


@pytest.mark.req("OU-02")
@pytest.mark.req("OU-05")
@each_resource
async def test_relationships_are_objects(some: None, alice: Person, resource: Resource[Any]) -> None:
    for item in (await listed(alice, resource.path))["data"]:
        found = item.get("relationships", {})
        assert found.keys() == resource.relationships.keys()
        for name, relationship in resource.relationships.items():
            if isinstance(relationship, Linked):
                related = f"{alice.url}/api/v2{relationship.path}?filter[{relationship.filter}][id]={item['id']}"
                assert found[name] == {"links": {"related": related}}
                content_of(await alice.outreach.get(related))
            elif isinstance(relationship, Many):
                assert all(one["type"] in relationship.types for one in found[name]["data"])
            else:
                data = found[name]["data"]
                assert data is None or (data["type"] in relationship.types and isinstance(data["id"], int))


@pytest.mark.req("OU-09")
@each_resource
async def test_times_have_milliseconds_and_z(some: None, alice: Person, resource: Resource[Any]) -> None:
    for item in (await listed(alice, resource.path))["data"]:
        for name, value in item["attributes"].items():
            if name.endswith("At") and value is not None:
                assert TIME.fullmatch(value), name
        assert not {"createdAt", "updatedAt"} & {
            name for name, value in item["attributes"].items() if value is None
        }


@pytest.mark.parametrize("name", ["1x", "-1", "null", "9" * 40, "%2F", "١"])
@each_resource
async def test_what_is_no_id_is_not_found(alice: Person, resource: Resource[Any], name: str) -> None:
    found = problems(await alice.outreach.get(f"{resource.path}/{name}"), 404)
    assert found[None].startswith(f"Could not find '{resource.kind}' with ID '")


async def test_an_unknown_id_is_not_found(alice: Person) -> None:
    answer = await alice.outreach.get("/prospects/999999999")
    assert content_of(answer, 404) == {
        "errors": [
            {
                "id": "resourceNotFound",
                "title": "Resource Not Found",
                "detail": "Could not find 'prospect' with ID '999999999'.",
            }
        ]
    }


async def test_links_stand_on_the_host_that_was_asked(alice: Person) -> None:
    port = alice.url.rpartition(":")[2]
    answer = await alice.outreach.get("/users", headers={"host": f"localhost:{port}"})
    content = content_of(answer)
    assert content["links"]["first"] == f"http://localhost:{port}/api/v2/users"
    assert content["data"][0]["links"]["self"].startswith(f"http://localhost:{port}/api/v2/users/")


@pytest.mark.parametrize("host", ["evil.example/path", "a b", 'x"y', "<script>"])
async def test_what_is_no_host_is_in_no_link(alice: Person, host: str) -> None:
    answer = await alice.outreach.get("/users", headers={"host": host})
    if answer.status_code == 200:
        assert content_of(answer)["links"]["first"].startswith(alice.url)


async def test_the_path_answers_with_a_slash_too(alice: Person) -> None:
    assert (await listed(alice, "/stages/"))["data"] == (await listed(alice, "/stages"))["data"]


@pytest.mark.req("OU-70")
async def test_without_a_token_nothing_is_served(alice: Person) -> None:
    for method, path in (
        ("GET", "/prospects"),
        ("POST", "/prospects"),
        ("GET", "/users/1"),
        ("DELETE", "/accounts/1"),
    ):
        for headers in ({"authorization": ""}, bearer_headers("tb_1_wrong")):
            answer = await alice.outreach.request(method, path, headers=headers)
            assert problems(answer, 401)


async def test_a_method_that_a_path_lacks(alice: Person) -> None:
    answer = await alice.outreach.put("/prospects/1", json={})
    assert problems(answer, 405)
    assert answer.headers["allow"]
    assert problems(await alice.outreach.delete("/users/1"), 405)


async def test_a_key_that_only_reads_may_not_write(store: Store, alice: Person) -> None:
    client = outreach_client(alice.url, await new_key(store, alice, "read"))
    answer = await client.post("/accounts", json={"data": {"type": "account", "attributes": {"name": "x"}}})
    assert content_of(answer, 403)["errors"][0]["id"] == "unauthorizedOauthScope"


BODIES = {"data": {"type": "account", "attributes": {"name": "Cyberdyne"}}}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.req("OU-66")
async def test_a_body_says_that_it_is_json_api(store: Store, alice: Person, method: str, kind: str) -> None:
    path = "/accounts"
    if method == "PATCH":
        async with store.transaction() as tx:
            path += f"/{(await open_account(tx, alice.caller, kind='company', name='Old')).id}"
    answer = await alice.outreach.request(method, path, json=BODIES, headers={"content-type": kind})
    error = content_of(answer, 415)["errors"][0]
    assert (error["id"], error["title"]) == ("unsupportedMediaType", "Unsupported Media Type")


@pytest.mark.parametrize("kind", [JSON_API, f"{JSON_API}; charset=utf-8", "Application/Vnd.API+JSON"])
async def test_json_api_is_read(alice: Person, kind: str) -> None:
    answer = await alice.outreach.post("/accounts", json=BODIES, headers={"content-type": kind})
    assert content_of(answer, 201)


@pytest.mark.parametrize("kind", ["application/json", "text/html", ""])
async def test_without_a_body_any_kind_will_do(store: Store, alice: Person, kind: str) -> None:
    contact = await contact_of(store, alice)
    path = f"/prospects/{contact.id}"
    headers = {"content-type": kind}
    assert (await alice.outreach.get(path, headers=headers)).status_code == 200
    answer = await alice.outreach.request("DELETE", path, headers=headers, content=b"{}")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.req("OU-67")
@pytest.mark.req("OU-68")
async def test_answers_and_errors_are_json_api(alice: Person) -> None:
    """`content_of` looks at the kind of each, `problems` at the members of each error."""
    content_of(await alice.outreach.get("/users"))
    content_of(await alice.outreach.post("/accounts", json=BODIES), 201)
    assert problems(await alice.outreach.get("/users/0"), 404)
    assert problems(await alice.outreach.get("/users?sort=x"), 400)
    assert problems(await alice.outreach.post("/accounts", json={"data": {"type": "account"}}), 422)
    assert problems(await alice.outreach.get("/nothing"), 404)
