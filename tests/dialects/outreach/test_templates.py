"""Templates, and which step says which."""

from typing import Any

import pytest

from tests.core.sequences.records import do, open_task_of
from tests.dialects.outreach.asking import changed, created, ids, patched, problems, sent, shown
from tests.dialects.outreach.campaigns import enrolment, new_link, new_sequence, new_step, new_template
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.enrolments.queries import find_state
from touchbook.store.postgres import Store


async def test_a_template_is_created_as_it_was_written(alice: Person, bob: Person) -> None:
    made = await new_template(alice, "<p>Hi {{ first_name }}</p><script>x</script>")
    assert {name: value for name, value in made["attributes"].items() if not name.endswith("At")} == {
        "bodyHtml": "<p>Hi {{ first_name }}</p><script>x</script>",
        "name": "Hello",
        "subject": "Hello",
    }
    assert made["relationships"]["owner"]["data"] == {"type": "user", "id": alice.user_id}
    assert await shown(bob, f"/templates/{made['id']}") == made
    bare = await created(alice, "/templates", sent("template", name="Bare"))
    assert (bare["attributes"]["bodyHtml"], bare["attributes"]["subject"]) == ("", None)


async def test_only_what_is_sent_changes(alice: Person, bob: Person) -> None:
    made = await new_template(alice)
    path = f"/templates/{made['id']}"
    assert await changed(alice, path, {"data": made}) == made
    body = sent("template", related={"owner": ("user", bob.user_id)}, bodyHtml="Ho", subject=None)
    after = await changed(alice, path, body)
    assert after["attributes"] == {
        **made["attributes"],
        "bodyHtml": "Ho",
        "subject": None,
        "updatedAt": after["attributes"]["updatedAt"],
    }
    assert after["relationships"]["owner"]["data"]["id"] == bob.user_id


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("bodyHtml", "one\n{{ shoe_size }}", "line 2"),
        ("bodyHtml", "{% for x in y %}{% endfor %}", "line 1"),
        ("bodyHtml", "x" * 100_001, "100,000"),
        ("bodyHtml", None, ""),
        ("subject", "{{ first_name", "line 1"),
        ("subject", 5, ""),
        ("name", "", ""),
        ("name", None, ""),
    ],
)
async def test_what_cannot_be_said_is_refused(alice: Person, name: str, value: Any, said: str) -> None:
    made = await new_template(alice)
    for answer in (
        await patched(alice, f"/templates/{made['id']}", sent("template", **{name: value})),
        await alice.outreach.post("/templates", json=sent("template", **{"name": "x", name: value})),
    ):
        found = problems(answer, 422)
        assert found.keys() == {f"/data/attributes/{name}"}
        assert said in found[f"/data/attributes/{name}"]
    assert await ids(alice, "/templates") == [made["id"]]


async def test_templates_are_found(alice: Person, bob: Person, charlie: Person) -> None:
    made, other = await new_template(alice), await new_template(bob, name="Zoo")
    for query, found in (
        ({"sort": "-name"}, [other, made]),
        ({"filter[name]": "Zoo"}, [other]),
        ({"filter[owner][id]": alice.user_id}, [made]),
    ):
        assert await ids(alice, "/templates", **query) == [each["id"] for each in found]
        assert await ids(charlie, "/templates", **query) == []
    assert problems(await patched(charlie, f"/templates/{made['id']}", sent("template")), 404)
    assert problems(await charlie.outreach.delete(f"/templates/{made['id']}"), 404)
    assert problems(await alice.outreach.put(f"/templates/{made['id']}", json={}), 405)


async def test_a_step_says_it(store: Store, alice: Person) -> None:
    sequence = await new_sequence(alice)
    step = await new_step(alice, sequence, stepType="email")
    template = await new_template(alice)
    link = await new_link(alice, step, template)
    assert link["attributes"]["enabled"] is True
    assert link["relationships"]["template"]["data"] == {"type": "template", "id": template["id"]}
    assert link["relationships"]["sequenceStep"]["data"] == {"type": "sequenceStep", "id": step["id"]}
    assert await shown(alice, f"/sequenceTemplates/{link['id']}") == link
    contact = await contact_of(store, alice)
    made = await created(alice, "/sequenceStates", enrolment(contact.id, sequence))
    task = await open_task_of(store, alice, await do(store, alice, find_state, state_id=made["id"]))
    mailing = await shown(alice, f"/mailings/{task.mailing_id}")
    assert mailing["attributes"]["bodyHtml"] == "Hi Sarah"


async def test_a_link_is_switched_and_keeps_its_ends(alice: Person) -> None:
    step = await new_step(alice, await new_sequence(alice), stepType="email")
    link, other = await new_link(alice, step, await new_template(alice)), await new_template(alice)
    path = f"/sequenceTemplates/{link['id']}"
    assert await changed(alice, path, {"data": link}) == link
    body = sent("sequenceTemplate", related={"template": ("template", other["id"])}, enabled=False)
    off = await changed(alice, path, body)
    assert off["attributes"]["enabled"] is False
    assert off["relationships"]["template"] == link["relationships"]["template"]
    for query, found in (
        ({"filter[enabled]": "false"}, [link["id"]]),
        ({"filter[enabled]": "true"}, []),
        ({"filter[sequenceStep][id]": step["id"]}, [link["id"]]),
        ({"filter[template][id]": other["id"]}, []),
        ({"filter[template][name]": "Hello"}, [link["id"]]),
    ):
        assert await ids(alice, "/sequenceTemplates", **query) == found
    answer = await patched(alice, path, sent("sequenceTemplate", enabled=None))
    assert problems(answer, 422).keys() == {"/data/attributes/enabled"}
    assert (await alice.outreach.delete(path)).status_code == 204
    assert problems(await alice.outreach.get(path), 404)


async def test_a_template_takes_its_links_with_it(alice: Person) -> None:
    step, template = await new_step(alice, await new_sequence(alice), stepType="sms"), await new_template(alice)
    await new_link(alice, step, template, enabled=False)
    answer = await alice.outreach.delete(f"/templates/{template['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert await ids(alice, "/sequenceTemplates") == await ids(alice, "/templates") == []


async def test_both_ends_are_needed_and_of_the_team(alice: Person, charlie: Person) -> None:
    names = {"/data/relationships/sequenceStep", "/data/relationships/template"}
    answer = await alice.outreach.post("/sequenceTemplates", json=sent("sequenceTemplate"))
    assert problems(answer, 422).keys() == names
    step = await new_step(charlie, await new_sequence(charlie), stepType="sms")
    template = await new_template(charlie)
    related = {"sequenceStep": ("sequenceStep", step["id"]), "template": ("template", template["id"])}
    answer = await alice.outreach.post("/sequenceTemplates", json=sent("sequenceTemplate", related=related))
    assert problems(answer, 422).keys() == names
    link = await new_link(charlie, step, template)
    for method in ("GET", "PATCH", "DELETE"):
        path = f"/sequenceTemplates/{link['id']}"
        assert problems(await alice.outreach.request(method, path, json=sent("sequenceTemplate")), 404)
