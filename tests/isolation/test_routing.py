"""What the rules of SQL that routes accept, and what they refuse; the run itself applies them to what it sends."""

from collections.abc import Sequence

import pytest

from tests.isolation.catalogue import Schema
from tests.isolation.proof import parse
from tests.isolation.routing import find_breaches
from tests.isolation.statements import Sent
from tests.isolation.verdict import breaches_of

TENANTS = frozenset({"tasks", "contacts", "due", "contact_words", "members"})

ROUTED = [
    "select 1 from tasks t join contacts c on c.team_id = t.team_id and c.id = $2 where t.team_id = $1",
    "select 1 from tasks t, contacts c where t.team_id = $1 and c.team_id = t.team_id",
    "select 1 from tasks t join members m on m.team_id = $1 and m.user_id = t.completed_by where t.team_id = $1",
    "select 1 from tasks t where t.team_id = $1 and exists "
    "(select from contacts c where c.team_id = $1 and c.id = t.id)",
    "with page (id) as (select $2::bigint) select 1 from page join tasks t on t.team_id = $1 and t.id = page.id",
    "select x.id from unnest($2::bigint[]) as x (id) join tasks t on t.team_id = $1 and t.id = x.id",
    "insert into contact_words (team_id, word) select $1, n.word from unnest($2::text[]) as n (word) "
    "where n.word <> all(array(select w.word from contact_words w where w.team_id = $1))",
    "insert into contact_words (team_id, word) select $1, n.word from "
    "(select x.word from unnest($2::text[]) as x (word) "
    "except select w.word from contact_words w where w.team_id = $1) n",
    "insert into due (team_id, ref) select t.team_id, t.id from tasks t where t.team_id = $1",
    "insert into tasks (team_id, id) values ($1, $2) returning id",
    "update due d set at = (d.at at time zone 'UTC' + r.moved) at time zone 'UTC' "
    "from unnest($2::interval[]) as r (moved) where d.team_id = $1",
    "update due d set at = $2::timestamptz + interval '1 day' where d.team_id = $1",
    "update tasks t set number = t.number + 1 where t.team_id = $1",
    "with queue as materialized (select q.dedupe_key from pgqueuer q where q.status = 'queued') "
    "select d.ref from due d left join queue on queue.dedupe_key = d.kind where d.at < $1",
    "select exists (select 1 from due d where d.team_id = $1)",
    "select exists (select d.ref from due d where d.team_id = $1 except select $2::bigint)",
    "select count(*) from pgqueuer q",
]
APART = [
    "select 1 from tasks t join contacts c on c.team_id = $1 and c.id = $2 where t.team_id = $1",
    "select 1 from tasks t left join contacts c on c.team_id = $1 and c.id = t.id where t.team_id = $1",
    "select 1 from tasks t, contacts c where t.team_id = $1 and c.team_id = $1",
    "select 1 from tasks t join contacts c on c.team_id = t.team_id join due d on d.team_id = $1 "
    "where t.team_id = $1",
    "update tasks t set open = true from contacts c where t.team_id = $1 and c.team_id = $1 and c.id = t.id",
    "delete from due d using tasks t where d.team_id = $1 and t.team_id = $1",
    "select 1 from tasks t where t.team_id = $1 and t.id in "
    "(select c.id from contacts c join due d on d.team_id = $1 where c.team_id = $1)",
    "insert into contact_words (team_id, word) select $1, n.word from unnest($2::text[]) as n (word) "
    "where not exists (select from contact_words w where w.team_id = $1 and w.word = n.word)",
    "with derived as (select x.id, (select c.id from contacts c where c.team_id = $1 and c.id = x.id) as contact "
    "from unnest($2::bigint[]) as x (id)) update tasks t set id = 1 from derived where t.team_id = $1",
    "select 1 from jsonb_to_recordset($2) as r (id bigint) where exists "
    "(select from tasks t where t.team_id = $1 and t.id = r.id)",
    "insert into due (team_id, ref) select $1, t.id from tasks t where t.team_id = $1",
    "insert into tasks (team_id, id) values ($1, (select c.id from contacts c where c.team_id = $1))",
    "insert into tasks as t (team_id, id) values ($1, $2) returning t.id, "
    "(select c.id from contacts c where c.team_id = $1 and c.id = t.id)",
    "update due d set at = d.at + interval '1 day' where d.team_id = $1",
    "update due d set at = greatest($2, d.at - r.moved) from unnest($3::interval[]) as r (moved) "
    "where d.team_id = $1",
    "insert into due (team_id, at) values ($1, $2) on conflict (team_id) do update "
    "set at = due.at + interval '1 day'",
    "select d.ref from due d where not exists (select from pgqueuer q where q.dedupe_key = d.kind)",
    "with queue as (select q.dedupe_key from pgqueuer q where q.status = 'queued') select 1 from due d, queue",
    "with queue as materialized (select q.dedupe_key from pgqueuer q) select 1 from due d, queue",
    "select exists (select from due d where d.team_id = $1)",
    "select t.id from tasks t where t.team_id = $1 order by t.tx",
    "select pg_snapshot_xmin(pg_current_snapshot())",
]


@pytest.mark.parametrize("sql", ROUTED)
def test_a_statement_that_routes(sql: str) -> None:
    assert find_breaches(parse(sql), TENANTS) == []


@pytest.mark.parametrize("sql", APART)
def test_a_statement_that_does_not(sql: str) -> None:
    assert len(find_breaches(parse(sql), TENANTS)) == 1


def test_every_statement_routes(corpus: Sequence[Sent], schema: Schema) -> None:
    """What other tests send is tried with all the rest when the run ends (plugin.py)."""
    assert len(corpus) > 400
    assert {sent.sql: found for sent in corpus if (found := breaches_of(sent.sql, schema.tenants))} == {}
