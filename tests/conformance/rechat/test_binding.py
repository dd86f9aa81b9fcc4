from typing import Any

import pytest

from tests.conformance.rechat.binding import Unbound, bind, fill

JOHNNY = "80a227b2-29a0-11e7-b636-e4a7a08e15d4"
KATE = "601b91e2-f50c-45d0-bcf4-c1c0a2298a3a"


def test_a_placeholder_alone_keeps_the_type() -> None:
    bound = {"created.johnny": 1.5, "def.email": {"id": "d"}, "contact.johnny": JOHNNY}

    assert fill({"a": ["{{created.johnny}}", 7], "b": "{{def.email}}"}, bound) == {"a": [1.5, 7], "b": {"id": "d"}}
    assert fill("/contacts/{{contact.johnny}}/owner", bound) == f"/contacts/{JOHNNY}/owner"
    assert fill("{{contact.johnny}},{{contact.johnny}}", bound) == f"{JOHNNY},{JOHNNY}"


def test_what_nothing_was_bound_to_is_said() -> None:
    with pytest.raises(Unbound, match=r"contact\.kate"):
        fill(["{{contact.kate}}"], {})


def test_binding_takes_values_out_of_the_answer() -> None:
    bound: dict[str, Any] = {}
    answer = {"data": [{"id": JOHNNY, "created_at": 1.5}]}

    assert list(bind({"contact.johnny": "data.0.id", "created.johnny": "data.0.created_at"}, answer, bound)) == []
    assert bound == {"contact.johnny": JOHNNY, "created.johnny": 1.5}


def test_a_later_bind_replaces() -> None:
    bound = {"contact.johnny": JOHNNY}

    assert list(bind({"contact.johnny": "id"}, {"id": KATE}, bound)) == []
    assert bound == {"contact.johnny": KATE}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({}, "id: expected 'something to call contact.kate', got None"),
        ({"id": 7}, "id: expected 'a uuid to call contact.kate', got 7"),
        ({"id": JOHNNY}, "id: expected 'an id for contact.kate alone', got 'that of contact.johnny'"),
    ],
)
def test_an_id_is_there_is_a_uuid_and_is_nobody_elses(answer: Any, told: str) -> None:
    found = list(bind({"contact.kate": "id"}, answer, {"contact.johnny": JOHNNY}))

    assert [str(difference) for difference in found] == [told]


def test_times_and_definitions_are_no_ids() -> None:
    names = {"created.kate": "at", "updated.kate": "at", "def.email": "def"}

    assert list(bind(names, {"at": 1.5, "def": {"id": JOHNNY}}, {"created.johnny": 1.5})) == []
