"""`filter[name]` and its like find a text in whichever case, accents and apostrophes it is sent."""

from typing import Any
from uuid import uuid4

import pytest

from tests.dialects.outreach.asking import changed, choice_of, ids, sent
from tests.dialects.outreach.campaigns import new_sequence, new_template
from tests.dialects.outreach.tasks.records import task_for
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.teams.joining import join_team
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.store.postgres import Store

NAME = "José O’Brien‑Łódź"
SPELLINGS = ["José O’Brien‑Łódź", "jose o'brien-lodz", "JOSE\u0301 O'BRIEN-ŁÓDŹ"]
OTHERS = ["Jose", "José O’Brien", "jose obrien-lodz"]
# What has one of a few words for its values is found by that word alone.
VOCABULARIES = {"callsOptStatus", "emailsOptStatus", "state", "stepType", "taskType", "sequenceStep.stepType"}


def test_every_text_is_found_folded() -> None:
    plain = {
        name
        for resource in RESOURCES.values()
        for name, column in resource.filters.items()
        if (found := resource.schema.column(column)).kind == "text"
        and found.fold is None
        # What is only kept is found as it was sent.
        and not column.startswith("kept ")
    }
    assert plain == VOCABULARIES


async def finds(person: Person, path: str, name: str, expected: int) -> None:
    """Only the record is found, by each spelling; and by none that is another text."""
    for text in SPELLINGS:
        assert await ids(person, path, **{f"filter{name}": text}) == [expected], text
        new = {f"filter{name}[]": [text, "nobody"], "newFilterSyntax": "true"}
        assert await ids(person, path, **new) == [expected], text
    for text in OTHERS:
        assert await ids(person, path, **{f"filter{name}": text}) == [], text


async def test_sequences_and_templates(alice: Person) -> None:
    sequence, template = await new_sequence(alice, name=NAME), await new_template(alice, name=NAME)
    other, another = await new_sequence(alice), await new_template(alice)
    await finds(alice, "/sequences", "[name]", sequence["id"])
    await finds(alice, "/templates", "[name]", template["id"])
    # A name that is changed is found by its new one.
    await changed(alice, f"/sequences/{sequence['id']}", sent("sequence", sequence["id"], name="Elm Street"))
    await changed(alice, f"/templates/{template['id']}", sent("template", template["id"], name="Elm Street"))
    assert await ids(alice, "/sequences", **{"filter[name]": SPELLINGS[1]}) == []
    assert await ids(alice, "/sequences", **{"filter[name]": "ELM STREET"}) == [sequence["id"]]
    assert await ids(alice, "/templates", **{"filter[name]": "ELM STREET"}) == [template["id"]]
    assert await ids(alice, "/sequences", sort="name") == [sequence["id"], other["id"]]
    assert await ids(alice, "/templates", sort="-name") == [another["id"], template["id"]]


async def test_tags_of_sequences(store: Store, alice: Person) -> None:
    """A tag is the same in each case and each normal form, but not without its accents, as a prospect's."""
    sequence = await new_sequence(alice, tags=["Café", "VIP", "vip"])
    await new_sequence(alice, tags=["Cafe"])
    for text in ("Café", "CAFE\u0301", "vip", " Vip"):
        assert await ids(alice, "/sequences", **{"filter[tags]": text}) == [sequence["id"]], text
        assert await ids(alice, "/tasks", **{"filter[sequence][tags]": text}) == []
    assert await ids(alice, "/sequences", **{"filter[tags]": "ca"}) == []
    await changed(alice, f"/sequences/{sequence['id']}", sent("sequence", sequence["id"], tags=["New"]))
    assert await ids(alice, "/sequences", **{"filter[tags]": "VIP"}) == []
    assert await ids(alice, "/sequences", **{"filter[tags]": "new"}) == [sequence["id"]]


@pytest.mark.parametrize(
    ("path", "name"),
    [("/stages", "not interested"), ("/personas", "BUYER"), ("/taskDispositions", "no show"),
     ("/taskPurposes", "check‐in"), ("/taskPriorities", "HIGH")],
)  # fmt: skip
async def test_choices(alice: Person, path: str, name: str) -> None:
    assert len(await ids(alice, path, **{"filter[name]": name})) == 1
    assert await ids(alice, path, **{"filter[name]": name[:-1]}) == []


async def test_users(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        user = await join_team(
            tx, team_id=alice.team.id, email=f"{uuid4()}@x.com", first_name=NAME, last_name="Ńg"
        )
    await finds(alice, "/users", "[firstName]", user.id)
    assert await ids(alice, "/users", **{"filter[lastName]": "ng"}) == [user.id]
    task = await task_for(store, alice, {"owner": ("user", user.id)})
    await task_for(store, alice)
    await finds(alice, "/tasks", "[owner][firstName]", task["id"])


async def test_prospects(store: Store, alice: Person) -> None:
    """Theirs, and those of what they belong to."""
    contact = await contact_of(store, alice, "Ann", job_title=NAME, company=NAME)
    await contact_of(store, alice, "Bo", job_title="Agent", company="Agents")
    for name in ("[title]", "[company]", "[account][name]"):
        await finds(alice, "/prospects", name, contact.id)
    stage, persona = await choice_of(alice, "/stages", 2), await choice_of(alice, "/personas")
    related: dict[str, Any] = {"stage": ("stage", stage), "persona": ("persona", persona)}
    await changed(alice, f"/prospects/{contact.id}", sent("prospect", contact.id, related))
    assert await ids(alice, "/prospects", **{"filter[stage][name]": "approaching"}) == [contact.id]
    assert await ids(alice, "/prospects", **{"filter[persona][name]": "buyer"}) == [contact.id]


async def test_priorities_of_tasks(store: Store, alice: Person) -> None:
    task = await task_for(store, alice, {"taskPriority": ("taskPriority", 4)})
    none = await task_for(store, alice, {"taskPriority": None})
    assert await ids(alice, "/tasks", **{"filter[taskPriority][name]": "HIGH"}) == [task["id"]]
    assert await ids(alice, "/tasks", **{"filter[taskPriority][name]": "hig"}) == []
    assert await ids(alice, "/tasks", **{"filter[taskPriority][name]": "__null__"}) == [none["id"]]
