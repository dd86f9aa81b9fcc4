"""The filters of GET /opportunity/."""

from typing import Any

import pytest

from tests.dialects.close.records import my_id, new_lead, new_opportunity
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.people import Person


@pytest.fixture
async def there(alice: Person, bob: Person) -> dict[str, str]:
    """What is sent in a filter, by name."""
    lead = await new_lead(alice)
    active, won, lost = [each["id"] for each in data_of(await alice.close.get("/status/opportunity/"))]
    me, he = await my_id(alice), await my_id(bob)
    for note, members in {
        "roof": {"value_period": "monthly", "status_id": won, "date_won": "2026-12-01"},
        "cellar": {"value_period": "annual", "user_id": he, "date_won": "2026-12-02"},
        "garden": {"status_id": lost, "confidence": 10},
    }.items():
        await new_opportunity(alice, lead, note=note, **members)
    return {"active": active, "won": won, "lost": lost, "me": me, "he": he, "lead": lead["id"]}


FILTERS: list[tuple[dict[str, str], list[str]]] = [
    ({"value_period": "monthly"}, ["roof"]),
    ({"value_period": "monthly,annual"}, ["roof", "cellar"]),
    ({"value_period__in": "annual,one_time"}, ["cellar", "garden"]),
    ({"value_period": "monthly", "value_period__in": "annual"}, []),
    ({"value_period": "weekly"}, []),
    ({"status_id": "{won}"}, ["roof"]),
    ({"status_id__in": "{won},{active}"}, ["roof", "cellar"]),
    ({"status_label": "Lost"}, ["garden"]),
    ({"status_type": "active"}, ["cellar"]),
    ({"status_type__in": "active,lost"}, ["cellar", "garden"]),
    ({"status_type": "won", "status_label": "Lost"}, []),
    ({"status_id": "stat_x"}, []),
    ({"user_id": "{he}"}, ["cellar"]),
    ({"user_id__in": "{he},{me}"}, ["roof", "cellar", "garden"]),
    ({"user_id": "user_x"}, []),
    ({"user_id__in": ""}, []),
    ({"date_won__gte": "2026-12-02"}, ["cellar"]),
    ({"date_won__gt": "2026-12-01T10:00:00+00:00"}, ["cellar"]),
    ({"date_won__lte": "2026-12-01"}, ["roof"]),
    ({"date_won__lt": "2026-12-01"}, []),
    ({"date_won__gte": "2026-12-01", "date_won__lte": "2026-12-02"}, ["roof", "cellar"]),
    ({"lead_id": "{lead}", "status_type": "won", "query": "roof"}, ["roof"]),
    ({"lead_id": "{lead}", "status_type": "won", "query": "cellar"}, []),
]


@pytest.mark.parametrize(("given", "found"), FILTERS)
async def test_only_what_matches_is_found(
    alice: Person, there: dict[str, str], given: dict[str, str], found: list[str]
) -> None:
    params = {name: text.format(**there) for name, text in given.items()}
    assert [each["note"] for each in data_of(await alice.close.get("/opportunity/", params=params))] == found


async def test_a_team_finds_its_own(there: dict[str, str], charlie: Person) -> None:
    params: Any = {"user_id": there["me"], "status_type": "won"}
    assert ids_of(await charlie.close.get("/opportunity/", params=params)) == []


async def test_what_is_no_day_is_refused(alice: Person) -> None:
    answer = await alice.close.get("/opportunity/", params={"date_won__lt": "soon"})
    assert refusal_of(answer, 400).keys() == {"date_won__lt"}
