"""The product's statements keep to their team, but for those that docs/operate/isolation.md lists."""

import asyncio
import re
from collections.abc import Sequence

import pytest

from tests.factories import contact_of
from tests.isolation.catalogue import Schema
from tests.isolation.exceptions import Exempt, exempt_statements
from tests.isolation.statements import STATEMENTS, Sent, Statements
from tests.isolation.verdict import find_findings, gaps_of, names_tenant, tenants_in
from tests.people import Person
from touchbook.core.contacts.queries import find_contact
from touchbook.core.due import claim_due
from touchbook.store.postgres import Store


def test_every_statement_is_for_its_team_alone(corpus: Sequence[Sent], schema: Schema) -> None:
    """What other tests send is proved with all the rest when the run ends (plugin.py)."""
    proven = [sent for sent in corpus if names_tenant(sent.sql, schema.tenants)]
    assert len(proven) > 50
    assert list(map(str, find_findings(corpus, schema.tenants, exempt_statements()))) == []


_FOLDING = re.compile(r"\b(lower|upper|initcap|unaccent|casefold|normalize)\s*\(|\bilike\b|~~?\*|citext", re.I)


def test_no_statement_folds(statements: Sequence[Sent]) -> None:
    """PostgreSQL folds otherwise than core/folding.py: what is folded is stored."""
    assert len(statements) > 50
    assert [sent.sql for sent in statements if _FOLDING.search(sent.sql)] == []


@pytest.mark.parametrize(
    "sql", ["select lower(x.name) from x", "where x.name ilike $1", "where unaccent (a) = b", "x.name ~* $2"]
)
def test_a_statement_that_folds_is_seen(sql: str) -> None:
    assert _FOLDING.search(sql)


def test_every_tenant_table_is_named_by_some_statement(corpus: Sequence[Sent], schema: Schema) -> None:
    """Else nothing is known of it. Partitions go by their parent's name; no dialect writes aliases yet."""
    parts = {table for table in schema.tenants if table.startswith("events_")}
    named = frozenset().union(*(tenants_in(sent.sql, schema.tenants) for sent in corpus))
    assert schema.tenants - parts - named <= {"aliases"}


def test_every_exception_is_needed(corpus: Sequence[Sent], schema: Schema) -> None:
    idle = [
        (exempt.words, table)
        for exempt in exempt_statements()
        for table in exempt.tables
        if not _is_needed(exempt, table, corpus, schema.tenants)
    ]
    assert idle == []


def _is_needed(exempt: Exempt, table: str, statements: Sequence[Sent], tenants: frozenset[str]) -> bool:
    return any(
        gap.table == table and exempt.covers(sent.sql, sent.module, table)
        for sent in statements
        for gap in gaps_of(sent.sql, tenants)
    )


def test_an_exception_is_as_narrow_as_it_says() -> None:
    exempt = Exempt("touchbook.core.x", "delete from due where", frozenset({"due"}), "")
    assert exempt.covers("delete\n  from due where at < $1", "touchbook.core.x", "due")
    assert not exempt.covers("delete from due where at < $1", "touchbook.core.y", "due")
    assert not exempt.covers("delete from due where at < $1", "touchbook.core.x", "tasks")
    assert not exempt.covers("delete from tasks", "touchbook.core.x", "due")


async def test_another_teams_number_in_place_of_the_callers_is_noticed(
    store: Store, alice: Person, charlie: Person
) -> None:
    """The proof is of `$1`; that `$1` is the caller's team is seen as the statement is sent."""
    contact = await contact_of(store, charlie)
    seen = Statements()
    watched = Store(store.pool, clock=store.clock, witness=seen.witness)
    async with watched.transaction() as tx:
        await find_contact(tx, charlie.caller, contact.id)
        assert {stray for sent in seen for stray in sent.strays} == set()
        await claim_for(tx, alice, charlie)
    strays = {stray for sent in seen for stray in sent.strays}
    assert strays == {"the functions on the way were for several teams", "$1 was not the caller's team"}


async def claim_for(tx: object, alice: Person, charlie: Person) -> None:
    """As a slip in the product would: a caller of one team on the way, another team's number at its end."""
    namespace = {"__name__": "touchbook.slip", "claim_due": claim_due}
    exec(_SLIPS, namespace)
    await namespace["nested"](tx, alice.caller, charlie.team.id)  # type: ignore[operator]
    await namespace["direct"](tx, alice.caller, charlie.team.id)  # type: ignore[operator]


_SLIPS = """
async def nested(tx, caller, other):
    await claim_due(tx, other, "none", ref=0)

async def direct(tx, caller, other):
    await tx.fetch("select t.id from tasks t where t.team_id = $1", other)
"""


async def test_what_a_test_sends_itself_is_not_the_products(store: Store) -> None:
    before = len(list(STATEMENTS))
    async with store.reading() as reader:
        await asyncio.create_task(reader.fetch("select 'sent by a test' as text from tasks limit 0"))
    assert len(list(STATEMENTS)) == before
