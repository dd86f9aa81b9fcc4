"""What the proof finds over all statements of a run."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from sqlglot import exp

from tests.isolation.exceptions import Exempt
from tests.isolation.proof import Gap, find_gaps, parse
from tests.isolation.routing import find_breaches
from tests.isolation.statements import Sent


class Finding(NamedTuple):
    module: str
    reason: str
    sql: str

    def __str__(self) -> str:
        statement = "\n".join(f"        {line.strip()}" for line in self.sql.strip().splitlines())
        return f"{self.module}: {self.reason}\n{statement}"


def find_findings(sent: Iterable[Sent], tenants: frozenset[str], exempt: Iterable[Exempt]) -> Iterator[Finding]:
    """What leaves a team open and is no listed exception; what was sent for another team than `$1`; what does not
    go to the one node that has the team's rows.
    """
    exempt = list(exempt)
    for each in sent:
        gaps = gaps_of(each.sql, tenants)
        reasons = [f"{gap.table}: {gap.reason}" for gap in gaps if not is_exempt(each, gap, exempt)]
        if not gaps and names_tenant(each.sql, tenants):
            reasons = sorted(each.strays)
        reasons += breaches_of(each.sql, tenants)
        yield from (Finding(each.module, reason, each.sql) for reason in reasons)


def is_exempt(sent: Sent, gap: Gap, exempt: Iterable[Exempt]) -> bool:
    return any(each.covers(sent.sql, sent.module, gap.table) for each in exempt)


def gaps_of(sql: str, tenants: frozenset[str]) -> tuple[Gap, ...]:
    return _read(sql, tenants).gaps


def breaches_of(sql: str, tenants: frozenset[str]) -> tuple[str, ...]:
    return _read(sql, tenants).breaches


def names_tenant(sql: str, tenants: frozenset[str]) -> bool:
    return bool(tenants_in(sql, tenants))


def tenants_in(sql: str, tenants: frozenset[str]) -> frozenset[str]:
    return tenants & _read(sql, tenants).tables


class _Reading(NamedTuple):
    tables: frozenset[str]
    gaps: tuple[Gap, ...]
    breaches: tuple[str, ...]


@cache
def _read(sql: str, tenants: frozenset[str]) -> _Reading:
    """To parse a statement is what takes time."""
    tree = parse(sql)
    tables = frozenset(table.name.lower() for table in tree.find_all(exp.Table)) if tree else frozenset()
    breaches = tuple(find_breaches(tree, tenants)) if tree else ()
    return _Reading(tables, tuple(find_gaps(tree, tenants)), breaches)
