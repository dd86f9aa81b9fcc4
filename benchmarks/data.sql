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
        'Walnut', 'Sunset', 'Forest'] as streets,
    array['312', '415', '212', '713', '602', '215', '210', '619', '214', '512', '614', '206'] as areas,
    array['Open House', 'Website', 'Referral', 'Sign Call', 'Past Client', 'Portal', 'Event', 'Mailing'] as sources;

create function pg_temp.bench_uid(at timestamptz) returns uuid language sql volatile as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid $$;

-- Every third writes their number as people do. Tags by number; the 51st is Newsletter, which a third have. Every
-- sixth (1, 7, 13...) has five attributes, the second 200.
create temp table drawn_people as select
    i, first_names[1 + floor(random() * 20)] as first_name, last_names[1 + floor(random() * 30)] as last_name,
    1 + floor(random() * members)::bigint as owner,
    first_day + span * (i::float8 / contacts) * 0.9 as at,
    'person' || i || '@example.com' as email,
    areas[1 + (i / 10000) % 12] || '555' || lpad((i % 10000)::text, 4, '0') as digits,
    1 + floor(random() * 50)::integer as tag,
    case when i % 3 = 0 then 51 when i % 6 = 2 then 1 + (i / 6 % 50)::integer end as other_tag,
    case when i % 2 = 0 then date '1950-01-01' + floor(random() * 20000)::integer end as birthday,
    case when i % 3 <> 1 then sources[1 + floor(random() * 8)] end as source_type,
    case when i = 2 then 192 else 0 end as notes
from counts, words, generate_series(1, contacts) i;

create temp table tag_names as
select i as number, case when i = 51 then 'Newsletter' else 'Tag ' || i end as text,
    case when i <= 10 then 30 * i end as touch_freq
from generate_series(1, 51) i;

insert into tags (team_id, id, uid, text, text_key, touch_freq, created_by, created_at, updated_at)
overriding system value
select 1, 100 + number, gen_random_uuid(), text, lower(text), touch_freq, 1, first_day, first_day from counts, tag_names;

create temp table people as select
    d.*, case when i % 3 = 0 then '(' || left(digits, 3) || ') 555-' || right(digits, 4) else '+1' || digits end
        as phone,
    t.text as tag_text, nullif(o.text, t.text) as other_text, least(t.touch_freq, o.touch_freq) as touch_every
from drawn_people d join tag_names t on t.number = d.tag left join tag_names o on o.number = d.other_tag;

create function pg_temp.bench_fold(text text) returns text language sql immutable as $$
    select translate(lower(text), 'éá', 'ea') $$;

create temp table known as
select p.i, a.place, a.type, a.text, a.date, coalesce(a.matched, case when a.type in ('tag', 'email') then lower(a.text) else pg_temp.bench_fold(a.text) end)
        as matched, p.owner,
    p.at + a.place * interval '1 microsecond' as at
from people p, lateral (
    values (1, 'first_name', first_name, null::date, null),
        (2, 'last_name', last_name, null, null),
        (3, 'email', email, null, null),
        (4, 'phone_number', phone, null, '+1' || digits),
        (5, 'tag', tag_text, null, null),
        (6, 'tag', other_text, null, null),
        (7, 'birthday', null, birthday, null),
        (8, 'source_type', source_type, null, null)
    union all
    select 8 + n, 'note', 'Visit ' || n || ': liked the garden, asked about the roof', null, null
    from generate_series(1, notes) n
) a (place, type, text, date, matched)
where a.text is not null or a.date is not null;

insert into accounts (team_id, id, uid, kind, name, name_key, name_folded, created_by, created_at, updated_at)
overriding system value
select 1, i, pg_temp.bench_uid(at), 'person', first_name || ' ' || last_name, lower(first_name || ' ' || last_name),
    pg_temp.bench_fold(first_name || ' ' || last_name), owner, at, at from people;

insert into contacts (team_id, id, uid, account_id, owner_id, first_name, last_name, display_name, sort_field,
    display_key, sort_key, source_type, birthday, emails, phone_numbers, tags, tags_as_added, tag_keys, touch_freq,
    touch_every, touch_since, next_touch_at, created_by, created_at, updated_at, foreign_members)
overriding system value
select 1, i, pg_temp.bench_uid(at), i, owner, first_name, last_name, first_name || ' ' || last_name,
    last_name || ' ' || first_name, pg_temp.bench_fold(first_name || ' ' || last_name),
    pg_temp.bench_fold(last_name || ' ' || first_name), source_type, birthday, array[email], array[phone],
    array_remove(array[other_text, tag_text], null), array_remove(array[tag_text, other_text], null),
    array_remove(array[lower(other_text), lower(tag_text)], null),
    touch_every, touch_every, case when touch_every is not null then at end, at + touch_every * interval '24 hours',
    owner, at, at,
    case when i % 20 = 0 then jsonb_build_object('outreach', jsonb_build_object('eventName', 'Fair ' || i % 500)) end
from people;

insert into contact_attributes (team_id, uid, contact_id, type, text, date, is_primary, is_partner, matched,
    created_by, created_at, updated_at)
select 1, pg_temp.bench_uid(at), i, type, text, date, false, false, matched, owner, at, at
from known order by i, place;

insert into contact_texts (team_id, contact_id, folded)
select 1, i, pg_temp.bench_fold(string_agg(text, E'\n' order by place)) from (
    select i, -1 as place, first_name || ' ' || last_name || E'\n' || last_name || ' ' || first_name as text
    from people
    union all
    select i, place, case when type = 'phone_number' then text || E'\n' || substr(matched, 2) else text end
    from known where type not in ('birthday', 'source_type')
) searched group by i;

insert into contact_words (team_id, word)
select distinct 1, w.word
from (select distinct pg_temp.bench_fold(text) as text from known where type in ('first_name', 'last_name', 'tag', 'note')
    union all values ('example com')) d, regexp_split_to_table(d.text, '[^a-z0-9_]+') w (word)
where w.word ~ '^[a-z]{3,50}$';

insert into contact_list_members (team_id, list_id, contact_id, added_by, added_at)
select 1, l.id, p.i, 1, today from counts, people p, contact_lists l
where l.rule is null and p.i % greatest(1, contacts / 1000) = 0 order by p.i;

insert into deals (team_id, id, uid, account_id, contact_id, owner_id, title, title_folded, amount, created_by,
    created_at, updated_at)
overriding system value
select 1, i, pg_temp.bench_uid(at), i, i, owner,
    t.title, pg_temp.bench_fold(t.title), 100000 + i, owner, at, at
from people, words, counts, lateral (select (1 + i % 997) || ' ' || streets[1 + i % 15] || ' Street' as title) t
where i <= deals;

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
    completed_at, completed_by, state_changed_at, account_id, created_by, created_at, updated_at,
    assignees, contacts, deals, tags)
overriding system value
select 1, i, pg_temp.bench_uid(at), title,
    case when i % 3 = 0 then title || '. Asked about the kitchen, the schools nearby and a visit on Saturday.' end,
    status, priority, (array['call', 'message', 'todo', 'in_person'])[1 + opening % 4], due_at, due_on,
    due_at + interval '30 minutes',
    case when status in ('completed', 'cancelled', 'no_show') then greatest(at, due) end,
    case when status in ('completed', 'cancelled', 'no_show') then first_assignee end,
    greatest(at, due), contact, first_assignee, at, greatest(at, due),
    case when second_assignee <> first_assignee then array[first_assignee, second_assignee]
        else array[first_assignee] end,
    array[contact], case when contact <= counts.deals then array[contact] end,
    case when i % 5 = 0 then array[101 + i % 50] end
from made, counts order by i;

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
select 1, i, 101 + i % 50, 0 from made where i % 5 = 0;

insert into task_texts (team_id, task_id, title, folded)
select 1, i, folded, folded || case when i % 3 = 0 then E'\n' || folded
    || '. asked about the kitchen, the schools nearby and a visit on saturday.' else '' end
from (select i, translate(lower(title), 'éá', 'ea') as folded from made) texts order by i;

insert into due (team_id, kind, ref, at)
select 1, 'task.open', i, greatest(due, today + interval '1 day') from made, counts where status = 'scheduled';

insert into events (team_id, at, kind, subject, subject_id, actor_id, surface, changes)
select 1, at, 'task.created', 'task', i, first_assignee, 'ysuite', jsonb_build_object('title', title)
from made order by i;

insert into totals (team_id, noun, total)
select 1, 'task', count(*) from tasks union all select 1, 'contact', count(*) from contacts;

select setval(pg_get_serial_sequence(name, 'id'), (select tasks * 2 from counts))
from unnest(array['accounts', 'contacts', 'deals', 'tags', 'tasks']) name;

drop table made, drawn, known, people, drawn_people, tag_names, words, counts;
