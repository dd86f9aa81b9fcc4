import pytest

from tests.dialects.close.records import new_lead, new_opportunity
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.people import Person

LISTS = ["/status/lead/", "/status/opportunity/"]
FIELDS = [f"/custom_field/{kind}/" for kind in ("lead", "contact", "opportunity")]


async def test_leads_have_statuses(alice: Person) -> None:
    statuses = data_of(await alice.close.get("/status/lead/"))
    assert [status["label"] for status in statuses] == ["Potential", "Qualified", "Customer", "Bad Fit", "Lost"]
    for status in statuses:
        assert status.keys() == {"id", "label"}
        lead = await new_lead(alice, status_id=status["id"])
        assert (lead["status_id"], lead["status_label"]) == (status["id"], status["label"])


async def test_opportunities_have_statuses(alice: Person) -> None:
    statuses = data_of(await alice.close.get("/status/opportunity/"))
    assert [(status["label"], status["type"]) for status in statuses] == [
        ("Active", "active"),
        ("Won", "won"),
        ("Lost", "lost"),
    ]
    lead = await new_lead(alice)
    for status in statuses:
        made = await new_opportunity(alice, lead, status_id=status["id"])
        assert (made["status_id"], made["status_type"]) == (status["id"], status["type"])


@pytest.mark.parametrize("path", LISTS)
async def test_statuses_belong_to_the_team(alice: Person, bob: Person, charlie: Person, path: str) -> None:
    own = ids_of(await alice.close.get(path))
    assert own == ids_of(await bob.close.get(path))
    assert len(set(own)) == len(own)
    assert set(own).isdisjoint(ids_of(await charlie.close.get(path)))


async def test_a_status_is_of_its_own_kind(alice: Person) -> None:
    of_deals = ids_of(await alice.close.get("/status/opportunity/"))
    answer = await alice.close.post("/lead/", json={"name": "Acme", "status_id": of_deals[0]})
    assert refusal_of(answer, 400) == {"status_id": "Object does not exist."}


@pytest.mark.parametrize("path", LISTS)
async def test_pages_hold_every_status_once(alice: Person, path: str) -> None:
    everything = ids_of(await alice.close.get(path))
    shown: list[str] = []
    for skip in range(len(everything)):
        answer = await alice.close.get(path, params={"_limit": 1, "_skip": skip, "_fields": "id"})
        assert answer.json()["has_more"] is (skip < len(everything) - 1)
        shown += ids_of(answer)
    assert shown == everything


@pytest.mark.parametrize("path", [*LISTS, *FIELDS])
async def test_statuses_are_read_alone(alice: Person, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = await alice.close.request(method, path, json={})
        refusal_of(answer, 405)
        assert answer.headers["allow"] == "GET"
    for query in ("_limit=0", "_limit=1001", "_skip=x"):
        refusal_of(await alice.close.get(f"{path}?{query}"), 400)
