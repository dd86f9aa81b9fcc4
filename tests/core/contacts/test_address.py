from typing import Any

import pytest

from touchbook.core.contacts.address import PARTS, assemble_address

OFFICE = {
    "house_num": "1264",
    "name": "Hyland",
    "suftype": "Circle",
    "city": "Pittsburgh",
    "state": "PA",
    "country": "United States",
    "postcode": "15213",
    "extra": "Office",
}


@pytest.mark.req("RC-042", "RC-043", "RC-044", "RC-046")
def test_two_lines_and_both_together() -> None:
    assert assemble_address(OFFICE) == {
        **OFFICE,
        "line1": "1264 Hyland Circle",
        "line2": "Pittsburgh PA 15213",
        "full": "1264 Hyland Circle, Pittsburgh PA 15213",
        "type": "stdaddr",
    }


@pytest.mark.req("RC-042")
def test_the_parts_of_a_street_stand_in_the_order_of_the_post() -> None:
    whole = {name: name for name in reversed(PARTS)}
    address = assemble_address(whole)
    assert address["line1"] == "house_num predir pretype name suftype sufdir unit"
    assert address["line2"] == "city state postcode"


@pytest.mark.req("RC-045")
def test_empty_parts_and_what_is_no_part_are_left_out() -> None:
    sent: dict[str, Any] = {"city": "Cupertino", "postcode": "", "state": " ", "unit": None, "planet": "Earth"}
    assert assemble_address(sent) == {
        "city": "Cupertino",
        "line1": "",
        "line2": "Cupertino",
        "full": "Cupertino",
        "type": "stdaddr",
    }


@pytest.mark.parametrize(
    ("parts", "full"),
    [
        ({"house_num": "1", "name": "Main"}, "1 Main"),
        ({"country": "France", "extra": "Office", "building": "B"}, ""),
        ({"box": "12", "postcode": "75001"}, "75001"),
    ],
)
def test_a_line_without_parts_brings_no_comma(parts: dict[str, str], full: str) -> None:
    assert assemble_address(parts)["full"] == full


@pytest.mark.req("RC-045")
def test_assembled_twice_it_is_the_same() -> None:
    once = assemble_address({**OFFICE, "city": "  "})
    assert assemble_address(once) == once


@pytest.mark.parametrize("parts", [{}, {"city": ""}, {"city": None}, {"line1": "1 Main"}, {"type": "stdaddr"}])
def test_without_a_part_there_is_no_address(parts: dict[str, Any]) -> None:
    assert assemble_address(parts) == {}
