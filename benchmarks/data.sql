-- The team is 1 and its members are 1 to bench.members, then the busy one. Times reach from 33 months before the bench's now to
-- 3 months after it.
select setseed(0.5);
set synchronous_commit = off;

create temp table counts as select
    current_setting('bench.tasks')::bigint as tasks, current_setting('bench.members')::bigint as members,
    current_setting('bench.busy')::bigint as busy,
    current_setting('bench.contacts')::bigint as contacts, current_setting('bench.deals')::bigint as deals,
    timestamptz '2026-07-15 17:00Z' as today, timestamptz '2023-10-15 17:00Z' as first_day,
    interval '1096 days' as span;

create temp table words as select
    array['Sarah', 'James', 'Maria', 'Wei', 'Aisha', 'Tom', 'Éva', 'Luis', 'Ingrid', 'Noah', 'Priya', 'Olga',
        'Ken', 'Ruth', 'Ahmed', 'Chloe', 'Pedro', 'Hana', 'Ivan', 'Grace'] as first_names,
    array['Connor', 'Smith', 'Garcia', 'Chen', 'Khan', 'Miller', 'Kovács', 'Lopez', 'Larsen', 'Brown', 'Patel',
        'Ivanova', 'Tanaka', 'Green', 'Haddad', 'Martin', 'Silva', 'Sato', 'Petrov', 'Hall', 'Young', 'King',
        'Wright', 'Scott', 'Adams', 'Baker', 'Nelson', 'Carter', 'Evans', 'Turner'] as last_names,
    array['Call', 'Follow up with', 'Send papers to', 'Meet', 'Text', 'Remind', 'Show the house to',
        'Ask for a review from', 'Send a birthday card to', 'Check in with'] as openings,
    array['Elm', 'Oak', 'Maple', 'Cedar', 'Lake', 'Hill', 'Main', 'Park', 'River', 'Church', 'Mill', 'Spring',
        'Walnut', 'Sunset', 'Forest'] as streets;

create function pg_temp.bench_uid(at timestamptz) returns uuid language sql volatile as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid $$;

create temp table people as select
    i, first_names[1 + floor(random() * 20)] as first_name, last_names[1 + floor(random() * 30)] as last_name,
    1 + floor(random() * members)::bigint as owner,
    first_day + span * (i::float8 / contacts) * 0.9 as at,
    '+1312555' || lpad((i % 10000)::text, 4, '0') as phone
from counts, words, generate_series(1, contacts) i;

insert into accounts (team_id, id, uid, kind, name, created_by, created_at, updated_at)
overriding system value
select 1, i, pg_temp.bench_uid(at), 'person', first_name || ' ' || last_name, owner, at, at from people;

insert into contacts (team_id, id, uid, account_id, owner_id, first_name, last_name, display_name, sort_field,
    emails, phone_numbers, created_by, created_at, updated_at)
overriding system value
select 1, i, pg_temp.bench_uid(at), i, owner, first_name, last_name, first_name || ' ' || last_name,
    last_name || ' ' || first_name, array['person' || i || '@example.com'], array[phone], owner, at, at
from people;

insert into contact_texts (team_id, contact_id, folded)
select 1, i, translate(lower(first_name || ' ' || last_name), 'éá', 'ea')
    || ' person' || i || '@example.com ' || phone from people;

insert into deals (team_id, id, uid, account_id, contact_id, owner_id, title, amount, created_by, created_at,
    updated_at)
overriding system value
select 1, i, pg_temp.bench_uid(at), i, i, owner,
    (1 + i % 997) || ' ' || streets[1 + i % 15] || ' Street', 100000 + i, owner, at, at
from people, words, counts where i <= deals;

insert into tags (team_id, id, uid, text, created_by, created_at, updated_at)
overriding system value
select 1, i, gen_random_uuid(), 'Tag ' || i, 1, first_day, first_day from counts, generate_series(1, 50) i;

-- 85 % with an instant, 10 % with a day alone, 5 % without either; what is to come is open, and of the past 7 %.
-- What is the busy one's is open.
create temp table drawn as select
    i, first_day + span * random() as due, random() as timing, random() as standing, random() as oddity,
    first_day + span * (i::float8 / tasks) * 0.91 as at,
    case when i % (tasks / busy) = 0 then members + 1 else 1 + floor(random() * members)::bigint end
        as first_assignee,
    case when random() < 0.25 then 1 + floor(random() * members)::bigint end as second_assignee,
    1 + floor(random() * contacts)::bigint as contact,
    floor(random() * 5)::smallint as priority,
    floor(random() * 10)::integer as opening, floor(random() * 15)::integer as street,
    floor(random() * 999)::integer as house
from counts, generate_series(1, tasks) i;

create temp table made as select d.*,
    case when d.first_assignee > members then 'open'
        when d.due > today or d.standing < 0.07
        then case when oddity < 0.90 then 'open' when oddity < 0.95 then 'in_progress' else 'scheduled' end
        else case when oddity < 0.90 then 'completed' when oddity < 0.97 then 'cancelled'
            when oddity < 0.998 then 'no_show' else 'skipped' end end as status,
    case when timing < 0.85 then date_trunc('minute', d.due) end as due_at,
    case when timing >= 0.85 and timing < 0.95 then d.due::date end as due_on,
    openings[1 + opening] || ' ' || p.first_name || ' ' || p.last_name || ' about ' || (1 + house) || ' '
        || streets[1 + street] || ' Street' || case when d.i % 9973 = 1 then ' zeppelin' else '' end as title
from drawn d join people p on p.i = d.contact, counts, words;

insert into tasks (team_id, id, uid, title, description, status, priority, kind, due_at, due_on, end_at,
    completed_at, completed_by, state_changed_at, account_id, created_by, created_at, updated_at)
overriding system value
select 1, i, pg_temp.bench_uid(at), title,
    case when i % 3 = 0 then title || '. Asked about the kitchen, the schools nearby and a visit on Saturday.' end,
    status, priority, (array['call', 'message', 'todo', 'in_person'])[1 + opening % 4], due_at, due_on,
    due_at + interval '30 minutes',
    case when status in ('completed', 'cancelled', 'no_show') then greatest(at, due) end,
    case when status in ('completed', 'cancelled', 'no_show') then first_assignee end,
    greatest(at, due), contact, first_assignee, at, greatest(at, due)
from made order by i;

insert into task_assignees (team_id, task_id, user_id, position, status, due_at, due_on)
select 1, i, first_assignee, 0, status, due_at, due_on from made
union all
select 1, i, second_assignee, 1, status, due_at, due_on from made where second_assignee <> first_assignee;

insert into task_associations (team_id, uid, task_id, kind, contact_id, created_by, created_at, updated_at)
select 1, pg_temp.bench_uid(at), i, 'contact', contact, first_assignee, at, at from made order by i;

insert into task_associations (team_id, uid, task_id, kind, deal_id, created_by, created_at, updated_at)
select 1, pg_temp.bench_uid(at), i, 'deal', contact, first_assignee, at, at
from made, counts where contact <= deals order by i;

insert into task_tags (team_id, task_id, tag_id, position)
select 1, i, 1 + i % 50, 0 from made where i % 5 = 0;

insert into task_texts (team_id, task_id, folded)
select 1, i, translate(lower(title), 'éá', 'ea') from made order by i;

insert into due (team_id, kind, ref, at)
select 1, 'task.open', i, greatest(due, today + interval '1 day') from made, counts where status = 'scheduled';

insert into events (team_id, at, kind, subject, subject_id, actor_id, surface, changes)
select 1, at, 'task.created', 'task', i, first_assignee, 'ysuite', jsonb_build_object('title', title)
from made order by i;

select setval(pg_get_serial_sequence(name, 'id'), (select tasks * 2 from counts))
from unnest(array['accounts', 'contacts', 'deals', 'tags', 'tasks']) name;

drop table made, drawn, people, words, counts;
