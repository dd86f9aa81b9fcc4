"""Sequences, steps and templates: made, changed, taken away."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from tests.core.sequences.records import (
    DAY,
    do,
    enroll,
    kinds_of_events,
    sequence_of,
    state_now,
    template_of,
)
from tests.people import Person
from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.core.sequences.attaching import attach_template, detach_template, switch_sequence_template
from touchbook.core.sequences.building import SequenceChanges, change_sequence, create_sequence, delete_sequence
from touchbook.core.sequences.queries import find_sequence, find_step, steps_of_sequences, template_of_step
from touchbook.core.sequences.stepping import StepChanges, add_step, change_step, delete_step
from touchbook.core.teams.leaving import leave_team
from touchbook.core.templates.queries import find_template
from touchbook.core.templates.templating import TemplateChanges, change_template, create_template, delete_template
from touchbook.store.postgres import Store

Changing = Callable[..., Awaitable[Any]]


async def order_of(store: Store, person: Person, sequence_id: int) -> list[str]:
    steps = await do(store, person, steps_of_sequences, sequence_ids=[sequence_id])
    return [step.kind for step in steps.get(sequence_id, [])]


async def test_a_sequence_is_made_changed_and_deleted(store: Store, alice: Person, bob: Person) -> None:
    made = await do(store, alice, create_sequence, name="Buyers", tags=["warm", "warm", "new"])
    assert (made.enabled, made.owner_id, made.tags) == (True, alice.user_id, ["warm", "new"])
    edited = await do(
        store,
        alice,
        change_sequence,
        sequence_id=made.id,
        changes=SequenceChanges(name="Sellers", owner_id=bob.user_id, enabled=False),
    )
    assert (edited.name, edited.owner_id, edited.enabled, edited.tags) == (
        "Sellers",
        bob.user_id,
        False,
        ["warm", "new"],
    )
    await do(store, alice, delete_sequence, sequence_id=made.id)
    with pytest.raises(NotFound):
        await do(store, alice, find_sequence, sequence_id=made.id)
    assert await kinds_of_events(store, alice, "sequence", made.id) == [
        "sequence.created",
        "sequence.updated",
        "sequence.deleted",
    ]


async def test_another_team_has_none_of_it(store: Store, alice: Person, charlie: Person) -> None:
    made = await sequence_of(store, alice, "call")
    template = await template_of(store, alice, made.steps[0], "Hi")
    with pytest.raises(NotFound):
        await do(store, charlie, find_sequence, sequence_id=made.id)
    with pytest.raises(NotFound):
        await do(store, charlie, change_sequence, sequence_id=made.id, changes=SequenceChanges(name="Mine"))
    with pytest.raises(NotFound):
        await do(store, charlie, add_step, sequence_id=made.id, kind="call")
    with pytest.raises(NotFound):
        await do(store, charlie, change_step, step_id=made.steps[0].id, changes=StepChanges(delay=1))
    with pytest.raises(UnknownRecord):
        await do(store, charlie, attach_template, step_id=made.steps[0].id, template_id=template.id)
    with pytest.raises(UnknownRecord):
        await do(store, charlie, create_sequence, name="Mine", owner_id=alice.user_id)


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"kind": "smoke_signal"}, "kind"),
        ({"kind": "call", "delay": -1}, "delay"),
        ({"kind": "call", "delay": 400 * DAY}, "delay"),
        ({"kind": "call", "autoskip_after": 0}, "autoskip_after"),
        ({"kind": "call", "priority": 5}, "priority"),
        ({"kind": "call", "position": 0}, "position"),
    ],
)
async def test_what_a_step_cannot_be(store: Store, alice: Person, members: dict[str, Any], named: str) -> None:
    made = await sequence_of(store, alice)
    with pytest.raises(Invalid) as refusal:
        await do(store, alice, add_step, sequence_id=made.id, **members)
    assert set(refusal.value.problems) == {named}


async def test_steps_stand_in_order(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "email")
    await do(store, alice, add_step, sequence_id=made.id, kind="sms", position=2)
    assert await order_of(store, alice, made.id) == ["call", "sms", "email"]
    await do(store, alice, change_step, step_id=made.steps[1].id, changes=StepChanges(position=1))
    assert await order_of(store, alice, made.id) == ["email", "call", "sms"]
    await do(store, alice, delete_step, step_id=made.steps[0].id)
    await do(store, alice, add_step, sequence_id=made.id, kind="task")
    assert await order_of(store, alice, made.id) == ["email", "sms", "task"]
    with pytest.raises(NotFound):
        await do(store, alice, find_step, step_id=made.steps[0].id)


async def test_a_broken_template_is_not_kept(store: Store, alice: Person) -> None:
    with pytest.raises(Invalid):
        await do(store, alice, create_template, name="Hello", body="{{ nobody }}")
    made = await do(store, alice, create_template, name="Hello", subject="Hi", body="Hi {{ first_name }}")
    with pytest.raises(Invalid):
        await do(
            store, alice, change_template, template_id=made.id, changes=TemplateChanges(subject="{{ nobody }}")
        )
    edited = await do(store, alice, change_template, template_id=made.id, changes=TemplateChanges(body="Hey"))
    assert (edited.subject, edited.body) == ("Hi", "Hey")


async def test_a_step_says_the_oldest_template_that_is_enabled(store: Store, alice: Person) -> None:
    step = (await sequence_of(store, alice, "email")).steps[0]
    templates = [await do(store, alice, create_template, name=name, body=name) for name in ("one", "two", "three")]
    links = [
        await do(store, alice, attach_template, step_id=step.id, template_id=template.id) for template in templates
    ]

    async def said() -> str | None:
        found = await do(store, alice, template_of_step, step_id=step.id)
        return found.template.body if found else None

    assert {link.sequence_id for link in links} == {step.sequence_id}
    assert await said() == "one"
    await do(store, alice, switch_sequence_template, sequence_template_id=links[0].id, enabled=False)
    assert await said() == "two"
    await do(store, alice, detach_template, sequence_template_id=links[1].id)
    assert await said() == "three"
    await do(store, alice, delete_template, template_id=templates[2].id)
    assert await said() is None
    with pytest.raises(NotFound):
        await do(store, alice, find_template, template_id=templates[2].id)


async def test_only_what_differs_is_written_and_told(store: Store, alice: Person, bob: Person) -> None:
    sequence = await do(store, alice, create_sequence, name="Buyers", tags=["warm"])
    step = await do(store, alice, add_step, sequence_id=sequence.id, kind="email", delay=DAY)
    template = await do(store, alice, create_template, name="Hello", subject="Hi", body="Hi")
    changes: dict[str, tuple[Changing, int, msgspec.Struct, dict[str, Any]]] = {
        "sequence": (
            change_sequence,
            sequence.id,
            SequenceChanges(name="Sellers", description=None, tags=["warm", "warm"], owner_id=bob.user_id),
            {"name": "Sellers", "owner": str(bob.caller.user_uid)},
        ),
        "sequence_step": (
            change_step,
            step.id,
            StepChanges(kind="email", delay=0, note="Be kind", position=1),
            {"delay": 0, "note": "Be kind"},
        ),
        "template": (
            change_template,
            template.id,
            TemplateChanges(name="Hello", subject=None, body="Ho"),
            {"subject": None, "body": "Ho"},
        ),
    }
    for noun, (change, record, requested, told) in changes.items():
        for done in (True, False):
            async with store.transaction() as tx:
                assert (await change(tx, alice.caller, record, requested) is not None) == done
        assert await updates_of(store, alice, noun, record) == [told]


async def test_a_link_switched_to_what_it_is_tells_nothing(store: Store, alice: Person) -> None:
    step = (await sequence_of(store, alice, "email")).steps[0]
    template = await do(store, alice, create_template, name="Hello", body="Hi")
    link = await do(store, alice, attach_template, step_id=step.id, template_id=template.id)
    for enabled in (True, False, False):
        await do(store, alice, switch_sequence_template, sequence_template_id=link.id, enabled=enabled)
    assert await updates_of(store, alice, "sequence_template", link.id) == [{"enabled": False}]


async def test_steps_that_make_room_tell_it(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "email", "sms")
    await do(store, alice, delete_step, step_id=made.steps[1].id)
    await do(store, alice, change_step, step_id=made.steps[2].id, changes=StepChanges(position=1))
    told = [await updates_of(store, alice, "sequence_step", step.id) for step in made.steps]
    assert told == [[{"position": 2}], [], [{"position": 1}]]


async def test_an_owner_who_has_left_is_no_change_but_nobody_new(store: Store, alice: Person, bob: Person) -> None:
    made = await do(store, alice, create_sequence, name="Buyers", owner_id=bob.user_id)
    await do(store, alice, leave_team, user_id=bob.user_id)
    same = SequenceChanges(name="Sellers", owner_id=bob.user_id)
    changed = await do(store, alice, change_sequence, sequence_id=made.id, changes=same)
    assert (changed.name, changed.owner_id) == ("Sellers", bob.user_id)
    template = await do(store, alice, create_template, name="Hello", body="Hi")
    with pytest.raises(UnknownRecord):
        await do(
            store,
            alice,
            change_template,
            template_id=template.id,
            changes=TemplateChanges(owner_id=bob.user_id),
        )


async def test_what_goes_with_them_is_told(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "email")
    template = await template_of(store, alice, made.steps[0], "Hi")
    state = await enroll(store, alice, made)
    await do(store, alice, delete_template, template_id=template.id)
    await do(store, alice, delete_sequence, sequence_id=made.id)
    assert (await state_now(store, alice, state)).finish_reason == "sequence_deleted"
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.kind from events e where e.team_id = $1
            and e.kind = any(array['template.deleted', 'sequence_template.deleted', 'sequence_step.deleted',
                'sequence.deleted', 'sequence_state.finished', 'task.cancelled']) order by e.at, e.id""",
            alice.team.id,
        )
    assert [row["kind"] for row in rows] == [
        "template.deleted",
        "sequence_template.deleted",
        "sequence_step.deleted",
        "sequence.deleted",
        "sequence_state.finished",
        "task.cancelled",
    ]


async def updates_of(store: Store, person: Person, noun: str, record: int) -> list[dict[str, Any]]:
    """Of each the fields that it told."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.changes from events e where e.team_id = $1 and e.kind = $2 and e.subject_id = $3
            order by e.at, e.id""",
            person.team.id,
            f"{noun}.updated",
            record,
        )
    return [msgspec.json.decode(row["changes"]) for row in rows]
