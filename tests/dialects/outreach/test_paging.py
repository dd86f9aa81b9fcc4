"""Pages: by cursor, and in the older style."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.counting import counting
from tests.dialects.outreach.asking import content_of, ids, listed, problems, refused
from tests.factories import contact_of
from tests.people import Person
from touchbook.store.postgres import Store


async def prospects(store: Store, person: Person, count: int) -> list[int]:
    return [(await contact_of(store, person, f"Person {number}")).id for number in range(count)]


async def follow(person: Person, content: Any, step: str) -> Any:
    """From a page by its links `step` to the last one."""
    pages = []
    while step in content["links"]:
        content = content_of(await person.outreach.get(content["links"][step]))
        pages.append([each["id"] for each in content["data"]])
    return content, pages


def parameter(link: str, name: str) -> str:
    return parse_qs(urlsplit(link).query)[name][0]


@pytest.mark.req("OU-60")
@pytest.mark.parametrize("sort", ["id", "-id", "firstName", "-title", "title,-firstName", "createdAt,id"])
async def test_one_walks_forwards_and_back(store: Store, alice: Person, sort: str) -> None:
    await prospects(store, alice, 11)
    order = await ids(alice, "/prospects", sort=sort)
    first = await listed(alice, "/prospects", sort=sort, **{"page[size]": 3})
    assert first["links"].keys() == {"first", "next"}
    last, forwards = await follow(alice, first, "next")
    assert [[each["id"] for each in first["data"]], *forwards] == [order[at : at + 3] for at in range(0, 11, 3)]
    assert last["links"].keys() == {"first", "prev"}
    start, back = await follow(alice, last, "prev")
    assert back == [order[6:9], order[3:6], order[0:3]]
    assert start["links"].keys() == {"first", "next"}
    again = content_of(await alice.outreach.get(last["links"]["first"]))
    assert again == first


async def test_a_page_has_fifty_unless_another_size_is_sent(store: Store, alice: Person) -> None:
    made = await prospects(store, alice, 51)
    assert await ids(alice, "/prospects") == made[:50]
    content = await listed(alice, "/prospects", **{"page[size]": 51})
    assert [each["id"] for each in content["data"]] == made
    assert content["links"].keys() == {"first"}
    assert await ids(alice, "/prospects", **{"page[size]": 1000}) == made


@pytest.mark.parametrize("text", ["0", "1001", "-1", "x", "", "1.5", "²", "9" * 30, "1 "])
@pytest.mark.parametrize("name", ["page[size]", "page[limit]"])
async def test_a_size_that_is_none_is_refused(alice: Person, name: str, text: str) -> None:
    assert await refused(alice, "/prospects", **{name: text}) == name


@pytest.mark.parametrize("name", ["page[after]", "page[before]"])
async def test_a_cursor_that_is_none_is_refused(alice: Person, name: str) -> None:
    cursor = parameter((await listed(alice, "/stages", **{"page[size]": 2}))["links"]["next"], "page[after]")
    changed = [cursor[:-1], cursor + "x", cursor[1:], cursor.swapcase(), "x" + cursor[1:]]
    for text in ("", "1", "null", "abc.def", *changed):
        assert await refused(alice, "/stages", **{name: text}) == name


async def test_a_cursor_is_of_its_list_alone(alice: Person, charlie: Person) -> None:
    query = {"page[size]": "2", "sort": "name", "filter[id]": "1..inf"}
    cursor = parameter((await listed(alice, "/stages", **query))["links"]["next"], "page[after]")
    at = {"page[after]": cursor}
    assert await ids(alice, "/stages", **{**query, **at, "page[size]": "3"})
    assert await refused(alice, "/personas", **query, **at) == "page[after]"
    assert await refused(alice, "/stages", **{**query, "sort": "-name"}, **at) == "page[after]"
    assert await refused(alice, "/stages", **{**query, "filter[id]": "2..inf"}, **at) == "page[after]"
    assert await refused(charlie, "/stages", **query, **at) == "page[after]"


async def test_one_goes_one_way_at_a_time(alice: Person) -> None:
    cursor = parameter((await listed(alice, "/stages", **{"page[size]": 2}))["links"]["next"], "page[after]")
    assert await refused(alice, "/stages", **{"page[after]": cursor, "page[before]": cursor}) == "page[before]"
    assert await refused(alice, "/stages", **{"page[size]": 2, "page[offset]": 2})


async def test_from_a_page_whose_rows_have_gone_one_comes_back(store: Store, alice: Person) -> None:
    """To where it was asked from: what still stands there is not passed over."""
    made = await prospects(store, alice, 6)
    first = await listed(alice, "/prospects", **{"page[size]": 3})
    for each in made[3:]:
        await alice.outreach.delete(f"/prospects/{each}")
    empty = content_of(await alice.outreach.get(first["links"]["next"]))
    assert (empty["data"], empty["links"].keys()) == ([], {"first", "prev"})
    back = content_of(await alice.outreach.get(empty["links"]["prev"]))
    assert [each["id"] for each in back["data"]] == made[:3]


async def test_what_comes_meanwhile_shifts_no_page(store: Store, alice: Person) -> None:
    made = await prospects(store, alice, 4)
    page = await listed(alice, "/prospects", sort="-id", **{"page[size]": 2})
    new = await prospects(store, alice, 3)
    later = content_of(await alice.outreach.get(page["links"]["next"]))
    assert [each["id"] for each in later["data"]] == [made[1], made[0]]
    before = content_of(await alice.outreach.get(later["links"]["prev"]))
    assert [each["id"] for each in before["data"]] == [made[3], made[2]]
    assert [each for page in (await follow(alice, before, "prev"))[1] for each in page] == [new[1], new[0], new[2]]


async def test_the_older_style_counts(store: Store, alice: Person) -> None:
    made = await prospects(store, alice, 7)
    first = await listed(alice, "/prospects", **{"page[limit]": 3})
    assert first["links"].keys() == {"first", "next", "last"}
    assert "meta" not in first
    last, pages = await follow(alice, first, "next")
    assert pages == [made[3:6], made[6:]]
    assert (await follow(alice, last, "prev"))[1] == [made[3:6], made[:3]]
    assert content_of(await alice.outreach.get(first["links"]["last"])) == last
    assert await ids(alice, "/prospects", **{"page[offset]": 5}) == made[5:]
    assert await ids(alice, "/prospects", **{"page[offset]": 10_000}) == []


@pytest.mark.parametrize("text", ["-1", "10001", "x", "", "9" * 30])
async def test_an_offset_that_is_none_is_refused(alice: Person, text: str) -> None:
    assert await refused(alice, "/prospects", **{"page[offset]": text}) == "page[offset]"


async def test_pages_of_an_empty_list(alice: Person) -> None:
    assert (await listed(alice, "/prospects"))["links"].keys() == {"first"}
    older = await listed(alice, "/prospects", **{"page[limit]": 5, "count": "true"})
    assert older["links"].keys() == {"first", "last"}
    assert older["meta"] == {"count": 0, "count_truncated": False}


@pytest.mark.req("OU-61")
async def test_a_count_is_asked_for(store: Store, alice: Person) -> None:
    await prospects(store, alice, 3)
    content = await listed(alice, "/prospects", **{"count": "true", "page[size]": 1})
    assert content["meta"] == {"count": 3, "count_truncated": False}
    filtered = await listed(alice, "/prospects", **{"count": "true", "filter[lastName]": "1,2"})
    assert filtered["meta"]["count"] == 2
    for count in ({}, {"count": "false"}):
        assert "meta" not in await listed(alice, "/prospects", **count)


@pytest.mark.req("OU-61")
async def test_without_a_count_nothing_is_counted(alice: Person) -> None:
    with counting() as count:
        await listed(alice, "/prospects")
        assert not [sql for sql in count.take() if "count(" in sql or "totals" in sql]
        await listed(alice, "/prospects", count="true")
        assert [sql for sql in count.take() if "totals" in sql]
        await listed(alice, "/prospects", count="true", **{"filter[firstName]": "Sarah"})
        assert [sql for sql in count.take() if "count(" in sql]


@pytest.mark.req("OU-61")
async def test_beyond_its_end_a_count_says_so(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("touchbook.dialects.outreach.jsonapi.reading.MOST_COUNTED", 8)
    assert (await listed(alice, "/stages", count="true"))["meta"] == {"count": 8, "count_truncated": False}
    monkeypatch.setattr("touchbook.dialects.outreach.jsonapi.reading.MOST_COUNTED", 7)
    assert (await listed(alice, "/stages", count="true"))["meta"] == {"count": 7, "count_truncated": True}


async def test_a_secret_of_another_signs_nothing(alice: Person) -> None:
    unsigned = "WyJ4IixbMV0sZmFsc2Vd.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    assert problems(await alice.outreach.get("/stages", params={"page[after]": unsigned}), 400)
