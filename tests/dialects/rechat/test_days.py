"""A day is sent as the seconds of any instant of it, in UTC."""

from datetime import date
from math import inf, nan

import pytest

from tests.core.contacts.rows import all_events
from tests.dialects.rechat.wire import data_of, rows_of
from tests.factories import contact_of
from tests.people import Person
from touchbook.dialects.rechat.times import day_of
from touchbook.store.postgres import Store


@pytest.mark.req("RC-024", "RC-027")
@pytest.mark.parametrize(
    ("seconds", "day"),
    [
        (1_000_000, date(1970, 1, 12)),
        (950_400, date(1970, 1, 12)),
        (950_399.999, date(1970, 1, 11)),
        (950_399.9999999, date(1970, 1, 11)),
        (0, date(1970, 1, 1)),
        (-0.25, date(1969, 12, 31)),
        (-1e-9, date(1969, 12, 31)),
        (-86_400, date(1969, 12, 31)),
        (-86_400.5, date(1969, 12, 30)),
        (-2_208_988_800, date(1900, 1, 1)),
        (253_402_300_799, date(9999, 12, 31)),
    ],
)
def test_seconds_are_floored_to_the_day(seconds: float, day: date) -> None:
    assert day_of(seconds) == day


@pytest.mark.parametrize("seconds", [nan, inf, -inf, 1e18, -1e18, 253_402_300_800, -62_135_596_801, 10**400])
def test_beyond_all_calendars_is_no_day(seconds: float) -> None:
    assert day_of(seconds) is None


@pytest.mark.req("RC-065")
async def test_a_day_sent_back_as_any_second_of_it_changes_nothing(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    path = f"/contacts/{contact.uid}/attributes"
    sent = {"attributes": [{"attribute_type": "birthday", "date": 950_400}]}
    [birthday] = rows_of(await alice.rechat.post(path, json=sent))
    before = await all_events(store, alice)
    for seconds in (950_400, 1_000_000, 1_036_799.5):
        changed = await alice.rechat.put(f"{path}/{birthday['id']}", json={"date": seconds})
        assert data_of(changed)["date"] == 950_400
    assert await all_events(store, alice) == before


async def test_what_is_no_day_is_refused(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    path = f"/contacts/{contact.uid}/attributes"
    for body in ({"attribute_type": "birthday", "date": 1e18}, {"attribute_type": "birthday", "text": "1990"}):
        assert (await alice.rechat.post(path, json={"attributes": [body]})).status_code == 400
    wanted = {"filter": [{"attribute_type": "birthday", "value": 1e18}]}
    assert (await alice.rechat.post("/contacts/filter", json=wanted)).status_code == 400
