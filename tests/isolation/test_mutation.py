"""Each team pin of each statement, taken out: the proof must notice."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from tests.isolation.catalogue import Schema
from tests.isolation.mutants import find_pins, is_backed, smuggled_ways, surviving_ways
from tests.isolation.proof import find_gaps, parse
from tests.isolation.statements import Sent
from tests.isolation.verdict import gaps_of, names_tenant

TENANTS = frozenset({"tasks", "contacts", "due"})


class Outcome(NamedTuple):
    """Pins that the proof needs; those it can do without, as others back them; those it overlooks."""

    needed: int
    redundant: list[str]
    overlooked: list[str]


def mutate(sql: str, tenants: frozenset[str]) -> Outcome:
    tree = parse(sql)
    outcome = Outcome(0, [], [])
    for pin in find_pins(tree):
        ways = surviving_ways(tree, pin, tenants)
        told = f"{pin.sql(dialect='postgres')} ({', '.join(ways)}) in {sql}"
        if not ways:
            outcome = outcome._replace(needed=outcome.needed + 1)
        elif is_backed(tree, pin, tenants):
            outcome.redundant.append(told)
        else:
            outcome.overlooked.append(told)
    assert not find_gaps(tree, tenants)
    return outcome


def proven(corpus: Sequence[Sent], schema: Schema) -> list[str]:
    return sorted(
        {
            sent.sql
            for sent in corpus
            if names_tenant(sent.sql, schema.tenants) and not gaps_of(sent.sql, schema.tenants)
        }
    )


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.long)])
def test_no_pin_can_go_unnoticed(
    corpus: Sequence[Sent], schema: Schema, record_property: Callable[[str, object], None], every: int
) -> None:
    """Redundant pins are those without which a chain of others still proves the statement."""
    outcomes = [mutate(sql, schema.tenants) for sql in proven(corpus, schema)[::every]]
    needed = sum(outcome.needed for outcome in outcomes)
    redundant = [pin for outcome in outcomes for pin in outcome.redundant]
    record_property("pins_needed", needed)
    record_property("pins_redundant", redundant)
    assert [pin for outcome in outcomes for pin in outcome.overlooked] == []
    assert needed > len(outcomes) > 50
    assert len(redundant) < needed / 2, redundant


@pytest.mark.parametrize("every", [25, pytest.param(1, marks=pytest.mark.long)])
def test_no_text_is_run_as_sql_unnoticed(corpus: Sequence[Sent], schema: Schema, every: int) -> None:
    """Each value but the team's is given to a function that runs it; every pin stays where it is."""
    tried = 0
    for sql in proven(corpus, schema)[::every]:
        values, survivors = smuggled_ways(parse(sql), schema.tenants)
        assert survivors == [], sql
        tried += values
    assert tried > 50


@pytest.mark.parametrize(
    ("sql", "pins"),
    [
        ("select 1 from tasks t where t.team_id = $1", 1),
        ("select 1 from tasks t join contacts c on c.team_id = t.team_id where t.team_id = $1", 2),
        ("insert into due (ref, team_id) values ($2, $1), ($3, $1)", 2),
        ("insert into due (team_id, ref) select $1, t.id from tasks t where t.team_id = $1", 2),
        ("insert into due (team_id, ref) select t.team_id, t.id from tasks t where t.team_id = $1", 2),
        ("with x as (delete from due where team_id = $1 returning ref) "
         "update tasks t set open = true from x where t.team_id = $1", 2),
        ("select array(select c.id from contacts c where c.team_id = $1) from tasks t where t.team_id = $1", 2),
    ],
)  # fmt: skip
def test_every_needed_pin_is_found(sql: str, pins: int) -> None:
    assert mutate(sql, TENANTS) == (pins, [], [])


def test_redundant_pins_are_counted_apart() -> None:
    sql = "select 1 from tasks t join contacts c on c.team_id = t.team_id where t.team_id = $1 and c.team_id = $1"
    outcome = mutate(sql, TENANTS)
    assert (outcome.needed, len(outcome.redundant), outcome.overlooked) == (0, 3, [])


def test_a_pin_that_proves_nothing_is_told() -> None:
    sql = "select 1 from users u where u.team_id = $1"
    assert mutate(sql, TENANTS).overlooked == [f"u.team_id = $1 (dropped, or true, another value) in {sql}"]
