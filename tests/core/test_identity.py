from uuid import UUID

import pytest
from hypothesis import given
from hypothesis.strategies import uuids

from touchbook.core.identity import new_uid, prefixed_id, uid_from_prefixed


@given(uuids())
def test_there_and_back(uid: UUID) -> None:
    text = prefixed_id("task", uid)
    assert len(text) == len("task_") + 43
    assert uid_from_prefixed("task", text) == uid


def test_the_digits() -> None:
    assert prefixed_id("lead", UUID(int=0)) == "lead_" + "0" * 43
    assert prefixed_id("lead", UUID(int=61)) == "lead_" + "0" * 42 + "z"
    assert prefixed_id("lead", UUID(int=62 * 62 + 10)) == "lead_" + "0" * 40 + "10A"


@pytest.mark.parametrize(
    "text",
    ["", "task", "task_1", "cont_" + "0" * 43, "task_" + "0" * 42 + "-", "task_" + "z" * 43, "task_" + "0" * 44],
)
def test_what_is_no_id(text: str) -> None:
    assert uid_from_prefixed("task", text) is None


def test_later_uids_sort_later() -> None:
    first, second = new_uid(), new_uid()
    assert prefixed_id("task", first) < prefixed_id("task", second)
