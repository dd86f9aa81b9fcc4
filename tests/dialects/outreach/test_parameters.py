"""The query as a whole: what is known, what comes twice, what is refused."""

from urllib.parse import quote

import pytest

from tests.dialects.outreach.asking import content_of, ids, listed, problems, refused
from tests.people import Person


@pytest.mark.parametrize(
    "name", ["foo", "filters[id]", "page", "page[number]", "page[]", "filter", "fields", "fields[user", "sorts"]
)
async def test_an_unknown_parameter_is_refused(alice: Person, name: str) -> None:
    assert await refused(alice, "/users", **{name: "1"}) == name


@pytest.mark.parametrize("name", ["filter[id]", "sort", "page[size]", "count", "newFilterSyntax"])
async def test_one_resource_is_not_a_list(alice: Person, name: str) -> None:
    assert await refused(alice, f"/users/{alice.user_id}", **{name: "1"}) == name


@pytest.mark.parametrize("name", ["_", "utm_source", "x-y", "cacheBuster"])
async def test_a_clients_own_parameter_is_passed_over(alice: Person, name: str) -> None:
    """JSON:API keeps for itself the names of small letters alone."""
    assert await ids(alice, "/users", **{name: "1"}) == [alice.user_id]


@pytest.mark.parametrize(
    "name", ["count", "newFilterSyntax", "provideAuthorizationMeta", "provideDataConnections"]
)
async def test_what_is_neither_true_nor_false_is_refused(alice: Person, name: str) -> None:
    for text in ("1", "yes", "True", "null"):
        assert await refused(alice, "/users", **{name: text}) == name
    assert await ids(alice, "/users", **{name: "false"}) == [alice.user_id]


async def test_equal_duplicates_are_one(alice: Person) -> None:
    answer = await alice.outreach.get("/stages?page[size]=2&page[size]=2&sort=name&sort=name&page%5Bsize%5D=2")
    assert len(content_of(answer)["data"]) == 2


@pytest.mark.parametrize(
    "pair", ["page[size]=2&page[size]=3", "sort=name&sort=-name", "filter[id]=1&filter%5Bid%5D=2"]
)
async def test_duplicates_that_differ_are_refused(alice: Person, pair: str) -> None:
    assert problems(await alice.outreach.get(f"/stages?{pair}"), 400).keys() == {pair.partition("=")[0]}


async def test_all_parameters_come_again_beside_the_next_link(alice: Person) -> None:
    given = {"page[size]": "3", "sort": "-name", "include": "creator", "filter[id]": "1..inf", "count": "true"}
    first = await listed(alice, "/stages", **given)
    again = "&".join(f"{quote(name)}={value}" for name, value in given.items())
    for second in (first["links"]["next"], f"{first['links']['next']}&{again}"):
        content = content_of(await alice.outreach.get(second))
        assert len(content["data"]) == 3
        assert not {each["id"] for each in content["data"]} & {each["id"] for each in first["data"]}


async def test_brackets_come_raw_and_encoded(alice: Person) -> None:
    for query in ("page[size]=1&filter[name]=Replied", "page%5Bsize%5D=1&filter%5Bname%5D=Replied"):
        content = content_of(await alice.outreach.get(f"/stages?{query}"))
        assert [each["attributes"]["name"] for each in content["data"]] == ["Replied"]


async def test_what_no_column_can_hold_is_refused(alice: Person) -> None:
    for query in ("filter[name]=%00", "sort=%00", "filter[%00]=1", "include=%00", "page[after]=%00"):
        assert problems(await alice.outreach.get(f"/stages?{query}"), 400)
