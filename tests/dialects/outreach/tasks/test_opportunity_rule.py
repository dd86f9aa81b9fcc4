"""opportunityAssociation chooses the opportunity (A-45)."""

from typing import Any

import pytest

from tests.dialects.outreach.asking import changed, created, sent
from tests.dialects.outreach.tasks.records import act, acted, end, patched, task_for
from tests.factories import contact_of
from tests.people import Person
from touchbook.store.postgres import Store


async def sales_of(person: Person, prospect: int) -> list[int]:
    """Two; the older one changed last."""
    related = {"prospects": [("prospect", prospect)]}
    made = [
        await created(person, "/opportunities", sent("opportunity", related=related, name="A")) for _ in range(2)
    ]
    ids = [each["id"] for each in made]
    await changed(person, f"/opportunities/{ids[0]}", sent("opportunity", ids[0], name="B"))
    return ids


RULES = [("recent_updated", 0), ("recent_created", 1), ("noop", None)]


@pytest.mark.req("OU-71")
@pytest.mark.parametrize(("rule", "chosen"), RULES)
async def test_when_the_task_is_created(store: Store, alice: Person, rule: str, chosen: int | None) -> None:
    prospect = (await contact_of(store, alice)).id
    sales = await sales_of(alice, prospect)
    task = await task_for(store, alice, {"subject": ("prospect", prospect)}, opportunityAssociation=rule)
    assert task["attributes"]["opportunityAssociation"] == rule
    assert end(task, "opportunity") == (None if chosen is None else ("opportunity", sales[chosen]))


@pytest.mark.req("OU-46", "OU-71")
@pytest.mark.parametrize("by_action", [True, False])
@pytest.mark.parametrize(("rule", "chosen"), RULES)
async def test_when_it_is_set(store: Store, alice: Person, rule: str, chosen: int | None, by_action: bool) -> None:
    prospect = (await contact_of(store, alice)).id
    sales = await sales_of(alice, prospect)
    related: Any = {"subject": ("prospect", prospect), "opportunity": ("opportunity", sales[0])}
    task = await task_for(store, alice, related)
    if by_action:
        now = await acted(alice, task["id"], "updateOpportunityAssociation", opportunityAssociation=rule)
    else:
        now = await patched(alice, task["id"], opportunityAssociation=rule)
    assert now["attributes"]["opportunityAssociation"] == rule
    assert end(now, "opportunity") == ("opportunity", sales[chosen or 0])


async def test_what_is_named_goes_before_the_rule(store: Store, alice: Person) -> None:
    prospect = (await contact_of(store, alice)).id
    older, newer = await sales_of(alice, prospect)
    related: Any = {"subject": ("prospect", prospect), "opportunity": ("opportunity", older)}
    task = await task_for(store, alice, related, opportunityAssociation="recent_created")
    assert end(task, "opportunity") == ("opportunity", older)
    related = {"opportunity": ("opportunity", newer)}
    now = await patched(alice, task["id"], related, opportunityAssociation="recent_updated")
    assert (end(now, "opportunity"), now["attributes"]["opportunityAssociation"]) == (
        ("opportunity", newer),
        "recent_updated",
    )


async def test_who_has_no_opportunity_gets_none(store: Store, alice: Person) -> None:
    task = await task_for(store, alice, opportunityAssociation="recent_created")
    assert end(task, "opportunity") is None
    now = await acted(alice, task["id"], "updateOpportunityAssociation", opportunityAssociation="recent_updated")
    assert end(now, "opportunity") is None


@pytest.mark.req("OU-46")
@pytest.mark.parametrize("rule", ["", "newest", "NOOP", "null"])
async def test_other_values_are_refused(store: Store, alice: Person, rule: str) -> None:
    task = await task_for(store, alice)
    answer = await act(alice, task["id"], "updateOpportunityAssociation", opportunityAssociation=rule)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["source"] == {"parameter": "actionParams[opportunityAssociation]"}


async def test_what_stands_and_is_sent_back_stays_as_well(store: Store, alice: Person) -> None:
    prospect = (await contact_of(store, alice)).id
    older, _ = await sales_of(alice, prospect)
    related: Any = {"subject": ("prospect", prospect), "opportunity": ("opportunity", older)}
    task = await task_for(store, alice, related)
    related = {"opportunity": ("opportunity", older)}
    now = await patched(alice, task["id"], related, opportunityAssociation="recent_created")
    assert (end(now, "opportunity"), now["attributes"]["opportunityAssociation"]) == (
        ("opportunity", older),
        "recent_created",
    )
