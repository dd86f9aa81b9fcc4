from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.core.contacts.attributes import CONTACT, EDITOR, MAKER, apply, definition_of, held, new, own_definition
from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, Removal
from touchbook.core.contacts.changing import Outcome, check_required
from touchbook.core.contacts.definition import Definitions
from touchbook.core.errors import Invalid, NotFound
from touchbook.core.identity import new_uid


def primaries(outcome: Outcome) -> list[str | None]:
    return [attribute.text for attribute in outcome.left if attribute.is_primary]


def texts(outcome: Outcome) -> list[str | None]:
    return [attribute.text for attribute in outcome.left]


def mark(attribute: Attribute, is_primary: bool = True) -> AttributeEdit:
    return AttributeEdit(uid=attribute.uid, is_primary=is_primary)


def written(attribute: Attribute) -> tuple[object, ...]:
    return attribute.updated_at, attribute.updated_by


@pytest.mark.req("RC-018", "RC-022", "RC-023")
def test_a_new_attribute_is_bare() -> None:
    outcome = apply([], new("email", "ann@example.com"))
    [email] = outcome.added
    assert (email.type, email.contact_id, email.text) == ("email", CONTACT, "ann@example.com")
    assert (email.label, email.index, email.is_primary, email.is_partner) == (None, None, False, False)
    assert (email.created_by, email.updated_by, email.created_at) == (EDITOR, None, email.updated_at)
    assert (outcome.changed, outcome.removed, outcome.left, outcome.meant) == ([], [], [email], [email])


@pytest.mark.req("RC-020")
def test_new_ones_stand_in_the_order_of_the_request() -> None:
    before = [held("email", "old@example.com")]
    changes = [new("email", f"{number}@example.com") for number in range(5)]
    assert texts(apply(before, *changes)) == ["old@example.com", *(change.value.text for change in changes)]


@pytest.mark.req("RC-047", "RC-048")
@pytest.mark.parametrize(("given", "kept"), [(None, "Home"), ("Office", "Office")])
def test_an_address_is_a_home_unless_it_says_otherwise(given: str | None, kept: str) -> None:
    [address] = apply([], new("address", {"city": "Paris"}, label=given)).added
    assert address.label == kept


@pytest.mark.req("RC-062", "RC-063", "RC-064")
def test_what_differs_is_changed_and_nothing_else() -> None:
    email, phone = held("email", "ann@example.com", label="Work"), held("phone_number", "+13125550100")
    outcome = apply([email, phone], AttributeEdit(uid=email.uid, given={"text": "Ann@EXAMPLE.org"}, index=0))
    [(was, now)] = outcome.changed
    assert was == email
    assert (now.text, now.matched, now.index) == ("Ann@EXAMPLE.org", "ann@example.org", 0)
    assert (now.label, now.created_by, now.created_at) == ("Work", MAKER, email.created_at)
    assert now.updated_at > email.updated_at
    assert now.updated_by == EDITOR
    assert outcome.left == [now, phone]
    assert outcome.meant == [now]


@pytest.mark.parametrize(
    ("attribute", "given", "member", "value"),
    [
        (held("birthday", date(1970, 1, 1)), {"date": date(1969, 12, 30)}, "date", date(1969, 12, 30)),
        (held("address", {"city": "Paris"}), {"address": {"city": "Rome"}}, "address", None),
        (held("phone_number", "1"), {"text": "(312) 555-0100"}, "matched", "+13125550100"),
    ],
)
def test_each_type_of_value_is_changed(attribute: Attribute, given: Any, member: str, value: Any) -> None:
    [(_, now)] = apply([attribute], AttributeEdit(uid=attribute.uid, given=given)).changed
    shown = getattr(now, member)
    assert (shown["full"] if member == "address" else shown) == (value or "Rome")


def test_a_label_and_an_index_can_be_taken_away() -> None:
    email = held("email", "ann@example.com", label="Work", index=0)
    [(_, now)] = apply([email], AttributeEdit(uid=email.uid, label=None, index=None)).changed
    assert (now.label, now.index, now.text) == (None, None, "ann@example.com")


@pytest.mark.req("RC-065")
def test_a_whole_contact_sent_back_changes_nothing() -> None:
    before = [
        held("first_name", "Ann"),
        held("email", "ann@example.com", is_primary=True, label="Work"),
        held("phone_number", "312 555 0100", index=2),
        held("birthday", date(1969, 12, 31)),
        held("address", {"city": "Paris", "extra": "Office"}, label="Home"),
        held("first_name", "Bert", is_partner=True),
        held("tag", "Hot"),
    ]
    back = [
        AttributeEdit(
            uid=each.uid,
            given={name: getattr(each, name) for name in ("text", "date", "number", "address")},
            label=each.label,
            index=each.index,
            is_primary=each.is_primary,
            is_partner=each.is_partner,
        )
        for each in before
    ]
    outcome = apply(before, *back)
    assert not outcome
    assert outcome.left == outcome.meant == before


def test_the_same_edit_twice_changes_once() -> None:
    email = held("email", "ann@example.com")
    edit = AttributeEdit(uid=email.uid, given={"text": "b@example.com"}, is_primary=True)
    once, twice = apply([email], edit), apply([email], edit, edit)
    assert len(twice.changed) == len(twice.meant) == 1
    assert primaries(twice) == primaries(once) == ["b@example.com"]
    assert not apply(twice.left, edit)


def test_the_last_of_two_edits_stays() -> None:
    email = held("email", "ann@example.com")
    edits = [AttributeEdit(uid=email.uid, given={"text": f"{each}@example.com"}) for each in "bc"]
    assert texts(apply([email], *edits)) == ["c@example.com"]


def test_there_and_back_again_is_told_of_as_one_change_of_time() -> None:
    email = held("email", "ann@example.com")
    edits = [AttributeEdit(uid=email.uid, given={"text": text}) for text in ("b@example.com", "ann@example.com")]
    [(was, now)] = apply([email], *edits).changed
    assert msgspec.structs.replace(now, updated_at=was.updated_at, updated_by=None) == was


def test_moved_counts_as_just_changed() -> None:
    email = held("email", "ann@example.com")
    [(_, now)] = apply([email], AttributeEdit(uid=email.uid, moved=True)).changed
    assert now.updated_at > email.updated_at


@pytest.mark.req("RC-066")
@pytest.mark.parametrize("kind", [Removal, lambda uid: AttributeEdit(uid=uid, label="x")])
def test_what_is_not_this_contact_s_is_not_found(kind: Any) -> None:
    email = held("email", "ann@example.com")
    with pytest.raises(NotFound):
        apply([email], kind(new_uid()))
    with pytest.raises(NotFound):
        apply([email], Removal(email.uid), kind(email.uid))


@pytest.mark.req("RC-019", "RC-176", "RC-178")
@pytest.mark.parametrize(
    ("attribute", "given"),
    [
        (held("email", "ann@example.com"), {"text": "ann"}),
        (held("email", "ann@example.com"), {"text": " "}),
        (held("email", "ann@example.com"), {"date": date(1970, 1, 1)}),
        (held("email", "ann@example.com"), {"text": "ann@example.com", "number": 1}),
        (held("title", "Mr."), {"text": "Duke"}),
        (held("birthday", date(1970, 1, 1)), {"text": "1970-01-01"}),
        (held("address", {"city": "Paris"}), {"address": {"city": ""}}),
    ],
)
def test_a_wrong_value_is_refused(attribute: Attribute, given: Any) -> None:
    with pytest.raises(Invalid) as refused:
        apply([attribute], AttributeEdit(uid=attribute.uid, given=given))
    assert refused.value.problems.keys() == {attribute.type}


def test_a_removal_takes_one_away() -> None:
    first, second = held("email", "a@example.com"), held("email", "b@example.com")
    outcome = apply([first, second], Removal(first.uid))
    assert (outcome.removed, outcome.left, outcome.added, outcome.changed) == ([first], [second], [], [])


def test_what_comes_and_goes_at_once_was_never_there() -> None:
    email = held("email", "a@example.com")
    outcome = apply([email], AttributeEdit(uid=email.uid, label="x"), Removal(email.uid))
    assert (outcome.removed, outcome.changed, outcome.meant) == ([email], [], [])


def test_a_second_value_of_a_singular_one_replaces_the_first() -> None:
    """The reading A-13."""
    ann = held("first_name", "Ann")
    outcome = apply([ann], new("first_name", "Bea"), new("first_name", "Cleo"))
    assert texts(outcome) == ["Cleo"]
    assert outcome.removed == [ann]
    assert [attribute.text for attribute in outcome.added] == ["Cleo"]
    assert [attribute.text for attribute in outcome.meant] == ["Cleo"]


def test_the_partner_has_singular_ones_of_its_own() -> None:
    ann, bert = held("first_name", "Ann"), held("first_name", "Bert", is_partner=True)
    outcome = apply([ann, bert], new("first_name", "Carl", is_partner=True))
    assert texts(outcome) == ["Ann", "Carl"]
    swapped = apply([ann, bert], AttributeEdit(uid=bert.uid, is_partner=False))
    assert texts(swapped) == ["Bert"]
    assert swapped.removed == [ann]


def test_an_own_definition_may_be_singular_or_not() -> None:
    for singular, left in ((True, ["Rex"]), (False, ["Tom", "Rex"])):
        pet = own_definition(singular=singular)
        outcome = apply([], new(pet, "Tom"), new(pet, "Rex"), definitions=Definitions([pet]))
        assert texts(outcome) == left
        assert {attribute.definition_id for attribute in outcome.left} == {pet.id}


@pytest.mark.req("RC-049")
def test_two_primaries_at_once_are_none() -> None:
    own = new("email", "a@example.com", is_primary=True)
    partner = new("email", "b@example.com", is_primary=True, is_partner=True)
    assert primaries(apply([], own, partner)) == []
    assert primaries(apply([], own, own)) == []
    assert primaries(apply([], own)) == ["a@example.com"]


def test_two_edits_that_mark_two_are_none_either() -> None:
    first, second = held("email", "a@example.com"), held("email", "b@example.com")
    assert primaries(apply([first, second], mark(first), mark(second))) == []
    assert primaries(apply([first], mark(first), new("email", "c@example.com", is_primary=True))) == []


def test_two_at_once_leave_the_one_that_stood() -> None:
    stood = held("email", "a@example.com", is_primary=True)
    two = [new("email", f"{each}@example.com", is_primary=True) for each in "bc"]
    outcome = apply([stood], *two)
    assert primaries(outcome) == ["a@example.com"]
    assert outcome.changed == []


@pytest.mark.req("RC-050", "RC-051")
@pytest.mark.parametrize("is_partner", [False, True])
def test_a_new_primary_unmarks_the_old_one_silently(is_partner: bool) -> None:
    old = held("phone_number", "+13125550100", is_primary=True)
    outcome = apply([old], new("phone_number", "+13125550101", is_primary=True, is_partner=is_partner))
    assert primaries(outcome) == ["+13125550101"]
    [(was, now)] = outcome.changed
    assert (was.is_primary, now.is_primary) == (True, False)
    assert written(now) == written(old)


@pytest.mark.req("RC-050", "RC-051")
def test_an_edit_that_marks_unmarks_the_old_one() -> None:
    old, other = held("email", "a@example.com", is_primary=True), held("email", "b@example.com")
    outcome = apply([old, other], mark(other))
    assert primaries(outcome) == ["b@example.com"]
    assert [written(attribute) == written(old) for attribute in outcome.left] == [True, False]


@pytest.mark.req("RC-052")
def test_types_have_a_primary_each() -> None:
    email, phone = held("email", "a@example.com", is_primary=True), held("phone_number", "1", is_primary=True)
    outcome = apply([email, phone], new("address", {"city": "Paris"}, is_primary=True))
    assert sum(attribute.is_primary for attribute in outcome.left) == 3
    assert outcome.changed == []


def test_unmarking_the_primary_leaves_none() -> None:
    old, other = held("email", "a@example.com", is_primary=True), held("email", "b@example.com")
    assert primaries(apply([old, other], mark(old, False))) == []


@pytest.mark.parametrize("stood", [True, False])
def test_who_was_marked_and_unmarked_again_crowns_nobody(stood: bool) -> None:
    old, other = held("email", "a@example.com", is_primary=stood), held("email", "b@example.com")
    assert primaries(apply([old, other], mark(other), mark(other, False))) == ["a@example.com"] * stood


def test_the_mark_that_is_left_counts_alone() -> None:
    first, second = held("email", "a@example.com"), held("email", "b@example.com")
    outcome = apply([first, second], mark(first), mark(first, False), mark(second))
    assert primaries(outcome) == ["b@example.com"]
    assert primaries(apply([first, second], mark(first), Removal(first.uid), mark(second))) == ["b@example.com"]


def test_a_primary_sent_back_beside_a_new_one_gives_way() -> None:
    old = held("email", "a@example.com", is_primary=True)
    changes: list[Change] = [mark(old), new("email", "b@example.com", is_primary=True)]
    for order in (changes, changes[::-1]):
        assert primaries(apply([old], *order)) == ["b@example.com"]


def test_to_tag_twice_is_to_tag_once() -> None:
    hot = held("tag", "Hot")
    outcome = apply([hot], new("tag", "Hot"))
    assert not outcome
    assert outcome.meant == [hot]
    assert texts(apply([], new("tag", "Hot"), new("tag", "Hot"), new("tag", "hot "))) == ["Hot"]
    assert texts(apply([], new("tag", "Caf\u00e9"), new("tag", "Cafe\u0301"), new("tag", "Cafe"))) == [
        "Caf\u00e9",
        "Cafe",
    ]
    assert texts(apply([hot], new("tag", "Hot", is_partner=True))) == ["Hot", "Hot"]


def test_a_tag_taken_away_and_given_again_is_new() -> None:
    hot = held("tag", "Hot")
    outcome = apply([hot], Removal(hot.uid), new("tag", "Hot"))
    assert (texts(outcome), len(outcome.removed), len(outcome.added)) == (["Hot"], 1, 1)


@pytest.mark.req("RC-177")
def test_a_new_contact_has_all_that_is_required() -> None:
    pet = own_definition(required=True)
    definitions = Definitions([pet])
    without = apply([], new("first_name", "Ann"), definitions=definitions)
    with pytest.raises(Invalid) as refused:
        check_required(without, definitions, new=True)
    assert refused.value.problems == {"pet": ["Pet is required."]}
    check_required(apply([], new(pet, "Rex"), definitions=definitions), definitions, new=True)
    check_required(without, Definitions(), new=True)


@pytest.mark.req("RC-177")
def test_the_last_one_required_stays() -> None:
    pet = own_definition(required=True)
    definitions = Definitions([pet])
    rex, tom = (held("note", text, type="pet") for text in ("Rex", "Tom"))
    check_required(apply([rex, tom], Removal(rex.uid), definitions=definitions), definitions, new=False)
    both = apply([rex, tom], Removal(rex.uid), Removal(tom.uid), definitions=definitions)
    with pytest.raises(Invalid):
        check_required(both, definitions, new=False)
    replaced = apply([rex], Removal(rex.uid), new(pet, "Tom"), definitions=definitions)
    check_required(replaced, definitions, new=False)


@pytest.mark.req("RC-177")
def test_who_never_had_it_may_be_changed_otherwise() -> None:
    definitions = Definitions([own_definition(required=True)])
    check_required(apply([], new("note", "x"), definitions=definitions), definitions, new=False)


def test_global_definitions_are_found_by_name_and_by_uid() -> None:
    definitions = Definitions([own_definition()])
    email = definition_of("email")
    assert definitions.named("email") is definitions.of_uid(email.uid) is email
    assert (definitions.named("fax"), definitions.of_uid(UUID(int=0))) == (None, None)
