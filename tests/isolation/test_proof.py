"""The proof itself: what it accepts, and what it must never accept."""

import pytest

from tests.isolation.proof import find_gaps, parse

TENANTS = frozenset({"tasks", "contacts", "task_tags", "due"})

PINNED = [
    "select 1",
    "select u.email from users u where u.id = $2",
    "select t.id from tasks t where t.team_id = $1",
    "select id from tasks where team_id = $1",
    "select t.id from tasks t where $1::bigint = t.team_id and (t.open and (t.id = $2))",
    "select 1 from tasks t join contacts c on c.team_id = t.team_id and c.id = $2 where t.team_id = $1",
    "select 1 from tasks t join contacts c on c.team_id = $1 and t.team_id = c.team_id",
    "select 1 from tasks t left join contacts c on c.team_id = t.team_id where t.team_id = $1",
    "select 1 from tasks t left join contacts c on c.team_id = $1 join due d on d.team_id = c.team_id "
    "where t.team_id = $1",
    "select 1 from tasks t right join contacts c on c.id = t.id where t.team_id = $1 and c.team_id = $1",
    "select 1 from tasks t, contacts c where t.team_id = $1 and c.team_id = t.team_id",
    "select array(select g.tag_id from task_tags g where g.team_id = $1) from tasks t where t.team_id = $1",
    "select (select json_agg(g.tag_id) from task_tags g where g.team_id = t.team_id) from tasks t "
    "where t.team_id = $1",
    "select 1 from tasks t where t.team_id = $1 and not exists "
    "(select 1 from contacts c where c.team_id = t.team_id)",
    "select 1 from tasks t, lateral (select 1 from contacts c where c.team_id = t.team_id) x where t.team_id = $1",
    "with page as (select t.team_id, t.id from tasks t where t.team_id = $1) "
    "select 1 from page join contacts c on c.team_id = page.team_id",
    "select 1 from (select t.team_id as team from tasks t where t.team_id = $1) x "
    "join contacts c on c.team_id = x.team",
    "select 1 from tasks where team_id = $1 union all (select 1 from contacts where team_id = $1)",
    "with gone as (delete from due where team_id = $1 returning ref) select * from gone",
    "insert into tasks (team_id, id) values ($1, $2), ($1, $3)",
    "insert into tasks (id, team_id) select c.id, c.team_id from contacts c where c.team_id = $1",
    "insert into tasks (team_id, id) select $1, u.id from unnest($2::bigint[]) as u (id)",
    "insert into due (team_id, ref) values ($1, $2) on conflict (team_id, ref) do update set at = excluded.at",
    "update tasks t set open = true from contacts c where t.team_id = $1 and c.team_id = t.team_id",
    "delete from due d using tasks t where d.team_id = t.team_id and t.team_id = $1",
    "select 1 from tasks t where t.team_id = $1 for update of t skip locked",
]

OPEN = [
    "select 1 from tasks",
    "select 1 from tasks t where t.team_id = $2",
    "select 1 from tasks t where t.id = $1",
    "select 1 from tasks t where t.team_id = t.team_id",
    "select 1 from tasks t where t.team_id = $1 or t.id = $2",
    "select 1 from tasks t where not t.team_id = $1",
    "select 1 from tasks t where t.team_id <> $1",
    "select 1 from tasks t where (t.team_id = $1) is not true",
    "select count(*) filter (where t.team_id = $1) from tasks t",
    "select 1 from tasks t left join contacts c on t.team_id = $1 and c.team_id = $1",
    "select 1 from tasks t left join contacts c on t.team_id = c.team_id where c.id = $2",
    "select 1 from tasks t left join contacts c on t.team_id = c.team_id and c.team_id = $1",
    "select 1 from tasks t full join contacts c on t.team_id = $1 and c.team_id = $1",
    "select 1 from tasks t right join contacts c on t.team_id = $1 and c.team_id = $1",
    "select 1 from tasks t join contacts c on c.id = t.id where t.team_id = $1",
    "select 1 from tasks t join contacts c using (team_id) where t.team_id = $1",
    "select 1 from (tasks t join contacts c on c.team_id = t.team_id) where t.team_id = $1",
    "select 1 from tasks t (team_id, id) where t.team_id = $1",
    "select array(select g.tag_id from task_tags g) from tasks t where t.team_id = $1",
    "select 1 from tasks t where t.team_id = $1 and t.id in (select c.id from contacts c)",
    "select 1 from contacts c where c.team_id = $1 and exists "
    "(select 1 from tasks c where c.id = $2 and c.team_id = c.id)",
    "select 1 from tasks t where t.team_id = $1 and exists (select 1 from contacts where team_id = team_id)",
    "select 1 from tasks t where t.team_id = $1 order by (select max(id) from contacts)",
    "select 1 from tasks t where t.team_id = $1 limit (select count(*) from contacts)",
    "select 1 from tasks where team_id = $1 union select 1 from contacts",
    "with page as (select t.team_id from tasks t) select 1 from page where page.team_id = $1",
    "with page (team_id, other) as (select t.id, t.team_id from tasks t where t.team_id = $1) "
    "select 1 from page join contacts c on c.team_id = page.other",
    "with tasks as (select 1) select 1 from tasks",
    "with gone as (delete from due returning ref) select * from gone",
    "insert into tasks (team_id, id) values ($2, $1)",
    "insert into tasks (team_id, id) values ($1, $2), ($3, $2)",
    "insert into tasks values ($1, $2)",
    "insert into tasks (id) values ($1)",
    "insert into tasks (team_id) select c.team_id from contacts c",
    "insert into tasks (team_id, id) values ($1, (select max(id) from contacts))",
    "insert into due (team_id, ref) values ($1, $2) on conflict (ref) do update set at = excluded.at",
    "insert into due (team_id, ref) values ($1, $2) on conflict (team_id, ref) do update set team_id = $3",
    "insert into due (team_id, ref) values ($1, $2) on conflict (team_id, ref) do update "
    "set at = (select max(due_at) from tasks)",
    "update tasks set open = true",
    "update tasks t set team_id = $2 where t.team_id = $1",
    "update tasks t set open = true from contacts c where t.team_id = $1",
    "delete from due where ref = $1",
    "delete from due d using tasks t where d.team_id = $1",
    "truncate tasks",
    "copy tasks (team_id, id) from stdin",
    "merge into tasks t using contacts c on t.team_id = $1 when matched then delete",
    "select 1; select 2",
    "do $$ begin delete from tasks; end $$",
    "select from where",
]


# Each names no tenant table, or pins it, and may read any row of any team, or what is not in a table at all.
DYNAMIC = [
    "select query_to_xml('select * from tasks', true, false, '')",
    "select t.id, query_to_xml($2, true, false, '') from tasks t where t.team_id = $1",
    'select pg_catalog."query_to_xml"($2, true, false, $3)',
    "select u.id from users u where query_to_xml_and_xmlschema($2, true, false, '') is null",
    "select table_to_xml('tasks'::regclass, true, false, '')",
    "select schema_to_xml('public', true, false, '')",
    "select database_to_xml(true, false, '')",
    "select cursor_to_xml($2, 1, true, false, '')",
    "select xpath('//id/text()', query_to_xml($2, true, false, ''))",
    "select * from xmltable('/table' passing query_to_xml($2, true, false, '') columns id text)",
    "select w.word from ts_stat('select to_tsvector(title) from tasks') w",
    "select ts_rewrite($2::tsquery, 'select a, b from tasks')",
    "select x.id from dblink('dbname=touchbook', 'select id from tasks') as x (id bigint)",
    "select dblink_exec($2, 'delete from tasks')",
    "select x.a from crosstab('select * from tasks') as x (a text)",
    "select x.a from rows from (pg_read_file($2)) as x (a)",
    "select convert_from(pg_read_binary_file($2), 'utf8')",
    "select pg_ls_dir('.')",
    "insert into users (name) values (pg_read_file($2))",
    "update users set profile = lo_get($2)",
    "delete from users where id = $2 returning lo_export(3, '/tmp/x')",
    "select lo_import($2)",
    "select set_config('search_path', $2, false)",
    "select array(select read_all($2))",
    "with x as (select pg_read_file($2) as text) select x.text from x",
    "select s.most_common_vals from pg_stats s",
    "select s.query from pg_catalog.pg_stat_activity s",
    "select l.data from pg_largeobject l",
    "select c.column_default from information_schema.columns c",
    "select u.id into copied from users u",
    "copy users (name) from program 'id'",
    "copy users from '/etc/passwd'",
    "copy (select 1) to program 'cat'",
    "execute prepared ($1)",
    "prepare prepared as select 1",
    "do $$ begin execute format('delete from %I', 'tasks'); end $$",
    "call remove_all()",
    "declare c cursor for select 1",
    "select x.a from f($1) x (a)",
]


@pytest.mark.parametrize("sql", PINNED)
def test_a_pinned_statement_is_proven(sql: str) -> None:
    assert find_gaps(parse(sql), TENANTS) == []


@pytest.mark.parametrize("sql", [*OPEN, *DYNAMIC])
def test_an_open_statement_is_not(sql: str) -> None:
    assert find_gaps(parse(sql), TENANTS)
