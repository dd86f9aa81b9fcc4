from typing import Any

import pytest

from tests.dialects.ysuite.wire import data_of, new_task, refusal_of
from tests.factories import contact_of, deal_of, tag_of
from tests.people import Person
from touchbook.core.tasks.queries import find_task, find_task_by_uid
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store


async def created_by(person: Person, **members: Any) -> dict[str, Any]:
    """The task as GET shows it, after a POST of `members`."""
    made = data_of(await person.ysuite.post("/tasks", json=new_task(**members)))
    shown: dict[str, Any] = data_of(await person.ysuite.get(f"/tasks/{made['activity_id']}"))
    return shown


async def refused(person: Person, **members: Any) -> list[str]:
    """The names of the fields that were wrong; nothing was written."""
    errors = refusal_of(await person.ysuite.post("/tasks", json=new_task(**members)), 422)
    assert data_of(await person.ysuite.get("/tasks"))["total_records"] == 0
    return sorted(errors)


async def stored(store: Store, person: Person, task_id: int) -> Task:
    async with store.reading() as reader:
        return await find_task(reader, person.caller, task_id)


@pytest.mark.req("V1-24", "V1-25")
async def test_create_answers_with_the_three_members(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    answer = await alice.ysuite.post("/tasks", json=new_task(cstid=contact.id))
    number = data_of(answer)["activity_id"]
    assert answer.json() == {
        "success": True,
        "message": "Task activity created successfully.",
        "data": {"activity_id": number, "title": "Follow up with Sarah", "activity_type": "Task"},
    }
    assert type(number) is int


@pytest.mark.req("V1-40", surface="core")
async def test_a_created_task_is_whole_in_the_core(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    shown = await created_by(alice, cstid=contact.id)
    by_id = await stored(store, alice, shown["activity_id"])
    async with store.reading() as reader:
        by_uid = await find_task_by_uid(reader, alice.caller, by_id.uid)
    assert by_uid == by_id
    assert (by_id.title, by_id.description) == ("Follow up with Sarah", "Discuss contract renewal terms")
    assert by_id.due_at is not None
    assert by_id.due_at.isoformat() == "2026-07-15T15:00:00+00:00"
    assert by_id.end_at is not None
    assert by_id.end_at.isoformat() == "2026-07-15T16:00:00+00:00"
    assert (by_id.first("contact"), by_id.account_id) == (contact.id, contact.account_id)
    assert (by_id.created_by, by_id.status, by_id.kind) == (alice.user_id, "open", "todo")


@pytest.mark.req("V1-30")
async def test_a_deal_alone_or_with_a_contact_is_enough(store: Store, alice: Person) -> None:
    deal, contact = await deal_of(store, alice), await contact_of(store, alice)
    alone = await created_by(alice, deal_id=deal.id)
    assert (alone["deal_id"], alone["cstid"]) == (deal.id, None)
    both = await created_by(alice, deal_id=deal.id, cstid=contact.id)
    assert (both["deal_id"], both["cstid"]) == (deal.id, contact.id)


@pytest.mark.req("V1-32")
async def test_priority_is_medium_and_status_open_unless_said(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    shown = await created_by(alice, cstid=contact.id, priority=None)
    assert (shown["priority"], shown["status"]) == (2, 0)


@pytest.mark.parametrize("number", range(5))
async def test_every_status_and_priority_may_be_set(store: Store, alice: Person, number: int) -> None:
    contact = await contact_of(store, alice)
    shown = await created_by(alice, cstid=contact.id, priority=number, status=number)
    assert (shown["priority"], shown["status"]) == (number, number)
    task = await stored(store, alice, shown["activity_id"])
    assert (task.completed_at is not None, task.completed_by) == (
        (True, alice.user_id) if number > 1 else (False, None)
    )


@pytest.mark.req("V1-35")
@pytest.mark.parametrize("sent", ["Call", "", 7])
async def test_the_type_is_task_whatever_was_sent(store: Store, alice: Person, sent: Any) -> None:
    contact = await contact_of(store, alice)
    assert (await created_by(alice, cstid=contact.id, activity_type=sent))["activity_type"] == "Task"


@pytest.mark.req("V1-27")
@pytest.mark.parametrize("letter", ["x", "é", "🏡"])
async def test_a_title_has_at_most_150_characters(store: Store, alice: Person, letter: str) -> None:
    contact = await contact_of(store, alice)
    assert await refused(alice, cstid=contact.id, title=letter * 151) == ["title"]
    assert (await created_by(alice, cstid=contact.id, title=letter * 150))["title"] == letter * 150


@pytest.mark.req("V1-26")
@pytest.mark.parametrize("title", [None, "", "   ", 7, ["x"], {}])
async def test_a_title_is_required(store: Store, alice: Person, title: Any) -> None:
    contact = await contact_of(store, alice)
    assert await refused(alice, cstid=contact.id, title=title) == ["title"]


async def test_a_refusal_is_told_in_words(store: Store, alice: Person) -> None:
    answer = await alice.ysuite.post("/tasks", json={"cstid": (await contact_of(store, alice)).id})
    assert answer.json() == {
        "success": False,
        "message": "The title field is required.",
        "errors": {
            "title": ["The title field is required."],
            "start_datetime": ["The start datetime field is required."],
        },
    }


@pytest.mark.req("V1-28")
@pytest.mark.parametrize(
    "start",
    [
        None,
        "",
        "soon",
        "2026-13-01T10:00:00",
        "2026-02-30T10:00:00",
        "2026-07-15T25:00:00",
        "2026-07-15T10:00:00Z",
        "2026-07-15T10:00:00+05:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        1784196000,
    ],
)
async def test_a_start_is_required(store: Store, alice: Person, start: Any) -> None:
    contact = await contact_of(store, alice)
    assert "start_datetime" in await refused(alice, cstid=contact.id, start_datetime=start, end_datetime=None)


@pytest.mark.req("V1-29")
async def test_a_contact_or_a_deal_is_required(alice: Person) -> None:
    assert await refused(alice) == ["cstid", "deal_id"]
    answer = await alice.ysuite.post("/tasks", json=new_task() | {"cstid": None, "deal_id": None})
    refusal_of(answer, 422)
    assert answer.json()["errors"] == {
        "cstid": ["The cstid field is required when deal id is not present."],
        "deal_id": ["The deal id field is required when cstid is not present."],
    }


@pytest.mark.req("V1-31")
async def test_a_contact_and_a_deal_must_be_the_teams(store: Store, alice: Person, charlie: Person) -> None:
    contact, deal = await contact_of(store, alice), await deal_of(store, alice)
    foreign_contact, foreign_deal = await contact_of(store, charlie), await deal_of(store, charlie)
    unknown: Any
    for unknown in (foreign_contact.id, 2**62, 0, -1, "x", 1.5, True):
        assert await refused(alice, cstid=unknown, deal_id=deal.id) == ["cstid"]
    for unknown in (foreign_deal.id, 2**62, 0, -1, [deal.id]):
        assert await refused(alice, cstid=contact.id, deal_id=unknown) == ["deal_id"]


@pytest.mark.req("V1-33")
@pytest.mark.parametrize("member", ["priority", "status"])
@pytest.mark.parametrize("level", [5, -1, "2", 1.5, True, 2**70, []])
async def test_a_level_beyond_the_five_is_refused(store: Store, alice: Person, member: str, level: Any) -> None:
    contact = await contact_of(store, alice)
    answer = await alice.ysuite.post("/tasks", json=new_task(cstid=contact.id, **{member: level}))
    if level == 2**70:
        refusal_of(answer, 400)
    else:
        assert refusal_of(answer, 422).keys() == {member}
    assert data_of(await alice.ysuite.get("/tasks"))["total_records"] == 0


@pytest.mark.req("V1-34")
async def test_an_end_before_the_start_is_refused(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    assert await refused(alice, cstid=contact.id, end_datetime="2026-07-15T09:59:59") == ["end_datetime"]
    shown = await created_by(alice, cstid=contact.id, end_datetime="2026-07-15T10:00:00")
    assert shown["end_datetime"] == shown["start_datetime"]


@pytest.mark.req("V1-36")
async def test_description_and_tags_come_back(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    tags = [(await tag_of(store, alice, text)).id for text in ("Hot", "Cold", "Buyer")]
    sent = {"description": "  <b>as it came</b>\n" + "x" * 10_000, "tags": [tags[2], tags[0]]}
    shown = await created_by(alice, cstid=contact.id, **sent)
    assert {name: shown[name] for name in sent} == sent


@pytest.mark.req("V1-37")
async def test_tags_must_be_the_teams(store: Store, alice: Person, charlie: Person) -> None:
    contact, tag, foreign = (
        await contact_of(store, alice),
        await tag_of(store, alice),
        await tag_of(store, charlie),
    )
    wrong: Any
    for wrong in ([foreign.id], [tag.id, 2**62], ["Hot"], [[tag.id]], [None], [0], tag.id, "Hot", {}):
        assert await refused(alice, cstid=contact.id, tags=wrong) == ["tags"]
    assert (await created_by(alice, cstid=contact.id, tags=[tag.id, tag.id]))["tags"] == [tag.id]
    assert "tags" not in await created_by(alice, cstid=contact.id, tags=[])


@pytest.mark.req("V1-38")
async def test_an_assignee_must_be_of_the_team(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    contact = await contact_of(store, alice)
    for wrong in (charlie.user_id, 2**62, 0, -1, "x", [bob.user_id]):
        assert await refused(alice, cstid=contact.id, assigned_user_id=wrong) == ["assigned_user_id"]
    shown = await created_by(alice, cstid=contact.id, assigned_user_id=bob.user_id)
    assert shown["assigned_user_id"] == bob.user_id


@pytest.mark.req("V1-39")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"title=x",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"7",
        b"\xff\xfe",
        b'{"title": "\\u0000"}',
        b'{"title": "\\ud800"}',
        b'{"title": 1' + b"0" * 400 + b"}",
        b'{"title": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"title": NaN}',
    ],
)
async def test_a_body_that_is_no_object_is_refused(alice: Person, body: bytes) -> None:
    answer = await alice.ysuite.post("/tasks", content=body, headers={"content-type": "application/json"})
    refusal_of(answer, 400)
    assert data_of(await alice.ysuite.get("/tasks"))["total_records"] == 0


async def test_a_body_of_more_than_a_mebibyte_is_too_large(alice: Person) -> None:
    refusal_of(await alice.ysuite.post("/tasks", json=new_task(description="x" * 2**20)), 413)
    assert data_of(await alice.ysuite.get("/tasks"))["total_records"] == 0


@pytest.mark.parametrize("path", ["/tasks/", "//tasks", "/tasks//"])
async def test_create_takes_slashes_without_a_redirect(store: Store, alice: Person, path: str) -> None:
    contact = await contact_of(store, alice)
    data_of(await alice.ysuite.post(f"{alice.url}/v1{path}", json=new_task(cstid=contact.id)))
    assert data_of(await alice.ysuite.get("/tasks"))["total_records"] == 1


async def test_what_is_created_belongs_to_the_team(
    store: Store, alice: Person, bob: Person, charlie: Person
) -> None:
    contact = await contact_of(store, alice)
    shown = await created_by(bob, cstid=contact.id)
    assert data_of(await alice.ysuite.get("/tasks"))["data"] == [shown]
    assert data_of(await charlie.ysuite.get("/tasks"))["data"] == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_the_list_takes_get_and_post_alone(alice: Person, method: str) -> None:
    answer = await alice.ysuite.request(method, "/tasks", json=new_task())
    refusal_of(answer, 405)
    assert answer.headers["allow"] == "GET, POST"
