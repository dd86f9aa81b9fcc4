"""A contact with many attributes: no change looks through all of them, and there is an end to their number."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tests.core.contacts.attributes import apply, held, new
from tests.core.contacts.rows import add, edit
from tests.people import Person
from touchbook.core.contacts import changing
from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, Removal
from touchbook.core.contacts.changing import MOST_ATTRIBUTES, TooManyAttributes
from touchbook.core.contacts.plain import PlainMembers, edit_contact
from touchbook.core.errors import Invalid
from touchbook.store.postgres import Store


def steps_of(work: Callable[[], Any]) -> int:
    """How many lines of `changing.py` were run."""
    steps = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal steps
        if frame.f_code.co_filename != changing.__file__:
            return None
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def of_many(kind: str, count: int) -> list[Attribute]:
    return [held(kind, f"{kind} {number}") for number in range(count)]


CHANGES: dict[str, Callable[[int], tuple[list[Attribute], list[Change]]]] = {
    "new notes": lambda count: ([], [new("note", f"n{number}") for number in range(count)]),
    "new tags": lambda count: ([], [new("tag", f"t{number}") for number in range(count)]),
    "the same tag": lambda count: (of_many("tag", count), [new("tag", f"tag {each}") for each in range(count)]),
    "a singular one": lambda count: ([], [new("first_name", f"n{number}") for number in range(count)]),
    "edits": lambda count: (
        notes := of_many("note", count),
        [AttributeEdit(uid=each.uid, given={"text": "x"}) for each in notes],
    ),
    "edits of tags": lambda count: (
        tags := of_many("tag", count),
        [AttributeEdit(uid=each.uid, given={"text": f"{each.text}!"}) for each in tags],
    ),
    "removals": lambda count: (notes := of_many("note", count), [Removal(each.uid) for each in notes]),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_twice_as_many_changes_are_twice_the_work(kind: str) -> None:
    few, many = (CHANGES[kind](count) for count in (200, 400))
    once, twice = (steps_of(lambda made=made: apply(made[0], *made[1])) for made in (few, many))  # type: ignore[misc]
    assert once > 200
    assert twice <= 2 * once


def test_a_contact_has_a_thousand_attributes() -> None:
    notes = [new("note", f"n{number}") for number in range(MOST_ATTRIBUTES)]
    full = apply([], *notes)
    assert len(full.left) == MOST_ATTRIBUTES
    with pytest.raises(TooManyAttributes):
        apply([], *notes, new("tag", "Hot"))
    with pytest.raises(TooManyAttributes):
        apply(full.left, new("tag", "Hot"))
    assert len(apply(full.left, Removal(full.left[0].uid), new("tag", "Hot")).left) == MOST_ATTRIBUTES


def test_who_had_more_before_keeps_them_and_gets_no_more() -> None:
    many = of_many("note", MOST_ATTRIBUTES + 5)
    assert len(apply(many, AttributeEdit(uid=many[0].uid, label="x")).left) == len(many)
    assert len(apply(many, Removal(many[0].uid)).left) == len(many) - 1
    with pytest.raises(TooManyAttributes):
        apply(many, new("note", "one more"))


async def test_members_that_come_to_too_many_are_named(store: Store, alice: Person) -> None:
    contact = await add(store, alice, *(new("note", f"n{number}") for number in range(MOST_ATTRIBUTES)))
    with pytest.raises(Invalid) as refused:
        async with store.transaction() as tx:
            await edit_contact(
                tx, alice.caller, contact, PlainMembers(emails=["a@example.com"], tags=["Hot"], job_title=None)
            )
    assert refused.value.problems.keys() == {"emails", "tags"}
    assert not (await edit(store, alice, contact)).outcome
