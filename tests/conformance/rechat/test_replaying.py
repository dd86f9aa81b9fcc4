"""The replay against a server of a few lines, which answers as it is told."""

import email
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.conformance.rechat.replaying import Outcome, Replay, judge
from tests.conformance.rechat.steps import Step, read_steps


class Notes:
    """Keeps what is posted; lists it from the `late`th time on."""

    def __init__(self, late: int = 0) -> None:
        self.kept: list[dict[str, Any]] = []
        self._late = late

    async def post(self, request: Request) -> Response:
        self.kept.append({"id": str(uuid4()), "text": (await request.json())["text"]})
        return JSONResponse(self.kept[-1])

    async def list_(self, request: Request) -> Response:
        self._late -= 1
        return JSONResponse({"data": self.kept if self._late < 0 else []})

    async def get(self, request: Request) -> Response:
        found = [note for note in self.kept if note["id"] == request.path_params["id"]]
        return JSONResponse(found[0]) if found else Response(status_code=404)

    async def delete(self, request: Request) -> Response:
        self.kept = [note for note in self.kept if note["id"] != request.path_params["id"]]
        return Response(status_code=204)

    async def upload(self, request: Request) -> Response:
        sent = email.message_from_bytes(
            b"Content-Type: %b\r\n\r\n%b" % (request.headers["content-type"].encode(), await request.body())
        )
        part = next(part for part in sent.walk() if part.get_filename())
        file = {"name": part.get_filename(), "mime": part.get_content_type()}
        field = part.get_param("name", header="content-disposition")
        return JSONResponse({**file, "field": field, "size": len(part.get_payload(decode=True) or b"")})

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/notes", self.post, methods=["POST"]),
                Route("/notes", self.list_, methods=["GET"]),
                Route("/notes/upload", self.upload, methods=["POST"]),
                Route("/notes/{id}", self.get, methods=["GET"]),
                Route("/notes/{id}", self.delete, methods=["DELETE"]),
            ]
        )


@pytest.fixture
def notes() -> Notes:
    return Notes(late=2)


@pytest.fixture
async def replay(notes: Notes) -> AsyncIterator[Replay]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=notes.app), base_url="http://notes") as client:
        yield Replay(client, {})


def step(name: str, method: str | None, path: str = "", status: int | None = 200, **members: Any) -> Step:
    members = {"expect": None, **members}
    return Step(name=name, kind="check", req=[], method=method, path=path, status=status, **members)


WRITE = step(
    "write",
    "POST",
    "/notes",
    body={"text": "hello"},
    bind={"note": "id"},
    expect={"id": "{{note}}", "text": "hello"},
)
LIST = step("list", "GET", "/notes", expect={"data": [{"id": "{{note}}", "text": "hello"}]}, wait=5)
DELETE = step("delete", "DELETE", "/notes/{{note}}", 204)
GONE = step("gone", "GET", "/notes/{{note}}", 404)


def told(outcomes: list[Outcome], not_yet: Mapping[str, str] | None = None) -> list[str]:
    return judge(outcomes, not_yet or {})


async def test_steps_that_fit_leave_nothing_to_say(replay: Replay) -> None:
    assert told(await replay.run([WRITE, LIST, DELETE, GONE])) == []


async def test_a_step_that_differs_names_itself_the_place_and_both_values(replay: Replay) -> None:
    outcomes = await replay.run([WRITE, msgspec.structs.replace(WRITE, name="again", body={"text": "bye"})])

    assert told(outcomes) == ["step 1, again (POST /notes)\n    text: expected 'hello', got 'bye'"]


async def test_another_status_is_told_with_the_answer(replay: Replay) -> None:
    (line,) = told(await replay.run([WRITE, step("get", "GET", "/notes/{{note}}", 201)]))

    assert line.startswith("step 1, get (GET /notes/{{note}})\n    status: expected 201, got (200, {'id': ")


async def test_an_empty_body_is_not_any_body(replay: Replay) -> None:
    assert len(told(await replay.run([WRITE, step("get", "GET", "/notes/{{note}}")]))) == 1


async def test_a_step_without_patience_sees_what_is_there(replay: Replay) -> None:
    steps = [WRITE, LIST]

    assert len(told(await replay.run(steps, hasty=["list"]))) == 1
    assert told(await replay.run([LIST])) == []


async def test_waiting_ends(notes: Notes, replay: Replay) -> None:
    notes._late = 10**6

    assert len(told(await replay.run([WRITE, msgspec.structs.replace(LIST, wait=0.2)]))) == 1


async def test_after_a_difference_nothing_is_waited_for(replay: Replay) -> None:
    outcomes = await replay.run([WRITE, step("bad", "GET", "/notes/x"), LIST])

    assert [one.number for one in outcomes if one.differences] == [1, 2]


async def test_after_an_expected_one_waiting_goes_on(replay: Replay) -> None:
    outcomes = await replay.run([WRITE, step("bad", "GET", "/notes/x"), LIST], hasty=["bad"])

    assert [one.number for one in outcomes if one.differences] == [1]


@pytest.mark.parametrize(("order", "wrong"), [("text", 0), ("-text", 1)])
async def test_a_list_in_another_order_differs(notes: Notes, replay: Replay, order: str, wrong: int) -> None:
    notes.kept, notes._late = [{"text": "a"}, {"text": "b"}], 0

    assert (
        len(told(await replay.run([step("list", "GET", "/notes", expect="<any>", sorted={"data": order})])))
        == wrong
    )


async def test_what_needs_an_unbound_name_is_not_sent(notes: Notes, replay: Replay) -> None:
    outcomes = await replay.run([DELETE, step("write", "POST", "/notes", body={"text": "{{note}}"})])

    assert [str(difference) for one in outcomes for difference in one.differences] == [
        "request: expected 'a value for note', got None"
    ] * 2
    assert notes.kept == []


async def test_an_expectation_with_an_unbound_name_differs(replay: Replay) -> None:
    (outcome,) = await replay.run([step("list", "GET", "/notes", expect=["{{note}}"])])

    assert [one.path for one in outcome.differences] == ["expectation"]


async def test_an_upload_is_a_multipart_request(replay: Replay) -> None:
    upload = {"field": "attachment", "file": "files/contacts.csv", "name": "mine.csv", "mime": "text/csv"}
    one = msgspec.convert(
        {
            "name": "upload",
            "kind": "example",
            "req": [],
            "method": "POST",
            "path": "/notes/upload",
            "upload": upload,
            "status": 200,
            "expect": {"name": "mine.csv", "mime": "text/csv", "field": "attachment", "size": 919},
        },
        Step,
    )
    assert told(await replay.run([one])) == []


async def test_a_hook_is_given_what_it_names(notes: Notes) -> None:
    seen: list[Mapping[str, Any]] = []

    async def record(hook: Mapping[str, Any]) -> None:
        seen.append(hook)

    steps = [WRITE, step("mail", None, status=None, hook={"record": "email", "of": ["{{note}}"]})]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=notes.app), base_url="http://notes") as client:
        assert told(await Replay(client, {}, {"email": record}).run(steps)) == []
        assert len(told(await Replay(client, {}).run(steps))) == 1

    assert seen == [{"record": "email", "of": [notes.kept[0]["id"]]}]


async def test_a_step_that_waits_for_a_later_part_must_not_fit(replay: Replay) -> None:
    outcomes = await replay.run([WRITE, step("touch", "PATCH", "/notes/{{note}}/touch")])

    assert told(outcomes, {"touch": "touches"}) == []
    assert told(outcomes, {"touch": "touches", "write": "notes"}) == [
        "step 0, write, goes as recorded: take it from the list of what waits for notes"
    ]
    assert told(outcomes, {"touch": "touches", "tuoch": "touches"}) == ["tuoch is no step"]


@pytest.mark.parametrize(("name", "count"), [("contacts.json", 66), ("tasks.json", 20)])
def test_every_recorded_step_is_read_and_has_a_name_of_its_own(name: str, count: int) -> None:
    steps = read_steps(name)

    assert len({one.name for one in steps}) == len(steps) == count
    assert [one.name for one in steps if (one.method is None) == (one.hook is None)] == []
    assert [one.name for one in steps if (one.kind == "example") != (one.title is not None)] == []
