from typing import Any

import pytest

from tests.conformance.rechat.matching import MISSING, Difference, at, find_differences, find_disorder

NOW = 1_800_000_000.0
UID = "80a227b2-29a0-11e7-b636-e4a7a08e15d4"


def paths(expected: Any, answer: Any) -> list[str]:
    return [difference.path for difference in find_differences(expected, answer, now=NOW)]


@pytest.mark.parametrize(
    ("mask", "fitting", "failing"),
    [
        ("<any>", [None, "", 0, [], {"a": 1}], []),
        ("<uuid>", [UID], [UID.upper(), UID[:-1], f"{UID}0", "", None, 7]),
        (
            "<url>",
            ["https://example.com", "http://a/b?c=d"],
            ["example.com", "ftp://a/b", "https://", "http://a b", 7],
        ),
        ("<int>", [0, -3, 2**40], [1.0, True, "1", None]),
        ("<number>", [0, 1.5, -2], [False, "1.5", None, [1]]),
        ("<iso>", ["1970-01-12T00:00:00.000Z", "2026-01-01T10:00:00Z"], ["2026-01-01", "2026-01-01T10:00:00", 7]),
        (
            "<clock>",
            ["9:14 PM - Sunday Dec 07, 2025", "12:00 AM - Monday Jan 01, 2024"],
            [
                "09:14 PM - Sunday Dec 07, 2025",
                "9:14 pm - Sunday Dec 07, 2025",
                "9:14 PM - Sunday Dec 7, 2025",
                "9:14 PM - Sonntag Dez 07, 2025",
                "13:14 PM - Sunday Dec 07, 2025",
                None,
            ],
        ),
        ("<time>", [NOW, NOW - 120, NOW + 119.9, int(NOW)], [NOW - 121, NOW + 121, str(NOW), None, True]),
        ("<time+7d>", [NOW + 7 * 86400, NOW + 7 * 86400 - 60], [NOW, NOW + 6 * 86400, None]),
    ],
)
def test_each_mask_takes_what_it_means_and_nothing_else(mask: str, fitting: list[Any], failing: list[Any]) -> None:
    assert [value for value in fitting if paths(mask, value)] == []
    assert [value for value in failing if not paths(mask, value)] == []


def test_same_is_the_value_at_another_place_of_the_answer() -> None:
    expected = {"email": "<same data.emails.0>", "data": "<any>"}
    emails = {"emails": ["a@example.com", "b@example.com"]}

    assert paths(expected, {"email": "a@example.com", "data": emails}) == []
    assert paths(expected, {"email": "b@example.com", "data": emails}) == ["email"]
    assert paths(expected, {"email": "a@example.com", "data": {}}) == ["email"]


def test_a_mask_that_does_not_exist_is_a_mistake_in_the_step() -> None:
    with pytest.raises(ValueError, match="<uid> is no mask"):
        paths("<uid>", UID)


def test_markup_is_no_mask() -> None:
    assert paths("<html></html>", "<html></html>") == []
    assert paths("<html></html>", "<p></p>") == ["body"]


@pytest.mark.parametrize(
    ("expected", "actual", "fits"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (None, False, False),
        (None, "", False),
        ("1", 1, False),
        ([], {}, False),
        ([], None, False),
        ({}, None, False),
        ("a", "a", True),
        ("a", "A", False),
        (1778871721.440857, 1778871721.440858, False),
    ],
)
def test_plain_values(expected: Any, actual: Any, fits: bool) -> None:
    assert (not paths(expected, actual)) is fits


def test_objects_have_exactly_the_members_given() -> None:
    assert find_differences({"a": 1, "b": 2}, {"b": 2, "c": 3}, now=NOW) == [
        Difference("a", 1, MISSING),
        Difference("c", MISSING, 3),
    ]
    assert paths({"a": None}, {}) == ["a"]


def test_with_more_they_have_at_least_these() -> None:
    assert paths({"a": 1, "<more>": True}, {"a": 1, "b": 2}) == []
    assert paths({"a": 1, "<more>": True}, {"b": 2}) == ["a"]


def test_lists_fit_element_by_element() -> None:
    assert paths([1, 2], [1, 2]) == []
    assert paths([1, 2], [2, 1]) == ["0", "1"]
    assert paths([1, 2], [1]) == ["body"]
    assert paths([1, 2], [1, 2, 3]) == ["body"]


def test_after_more_further_elements_may_follow() -> None:
    assert paths([1, "<more>"], [1]) == []
    assert paths([1, "<more>"], [1, 2, 3]) == []
    assert paths([1, "<more>"], [2, 1]) == ["0"]
    assert paths([1, "<more>"], []) == ["body"]


def test_in_any_order() -> None:
    assert paths(["<unordered>", 1, 2, 3], [3, 1, 2]) == []
    assert paths(["<unordered>", 1, 2, 3], [3, 1, 1]) == ["2"]
    assert paths(["<unordered>", 1, 2], [1, 2, 3]) == ["body"]
    assert paths(["<unordered>", 1, 1], [1, 2]) == ["1"]
    assert paths(["<unordered>", 1, "<more>"], [3, 2, 1]) == []
    assert paths(["<unordered>", 1, "<more>"], [3, 2]) != []


def test_in_any_order_a_loose_element_leaves_the_only_place_to_a_strict_one() -> None:
    assert paths(["<unordered>", "<any>", "<number>", 1], [1, 2, "x"]) == []
    assert paths(["<unordered>", "<number>", "<any>", 1], [1, "x", "y"]) != []


def test_in_any_order_the_nearest_element_is_told() -> None:
    expected = ["<unordered>", {"id": 1, "a": 1, "b": 1}, {"id": 2, "a": 1, "b": 1}]
    actual = [{"id": 2, "a": 1, "b": 1}, {"id": 1, "a": 9, "b": 1}]

    assert find_differences({"data": expected}, {"data": actual}, now=NOW) == [Difference("data.1.a", 1, 9)]


def test_a_difference_names_its_path_and_both_values() -> None:
    answer = {"data": [{"tags": ["foo"]}, {"tags": ["bar", "baz"]}]}
    expected = {"data": [{"tags": ["foo"]}, {"tags": ["bar", None]}]}

    (difference,) = find_differences(expected, answer, now=NOW)

    assert str(difference) == "data.1.tags.1: expected None, got 'baz'"


def test_at_goes_down_by_key_position_and_member() -> None:
    answer = {"data": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}

    assert at(answer, "data.1.n") == 2
    assert at(answer, "data.[id=b].n") == 2


@pytest.mark.parametrize("path", ["data.2", "data.[id=c]", "data.0.m", "data.x", "data.0.n.k", "rest"])
def test_at_nothing(path: str) -> None:
    with pytest.raises(LookupError):
        at({"data": [{"id": "a", "n": 1}]}, path)


def test_disorder() -> None:
    up, down = {"data": [{"at": 1}, {"at": 2}, {"at": 2}]}, {"data": [{"at": 2}, {"at": 1}]}

    assert find_disorder({"data": "at"}, up) == []
    assert find_disorder({"data": "-at"}, down) == []
    assert [one.path for one in find_disorder({"data": "-at"}, up)] == ["data"]
    assert [one.path for one in find_disorder({"data": "at"}, down)] == ["data"]
