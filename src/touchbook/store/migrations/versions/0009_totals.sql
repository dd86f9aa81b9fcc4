-- A total is the number in `totals` and the sum of the changes since.
create table totals (
    team_id bigint not null references teams (id),
    noun text not null check (noun in ('contact', 'task')),
    total bigint not null,
    primary key (team_id, noun)
) with (fillfactor = 50);

create table total_changes (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    noun text not null check (noun in ('contact', 'task')),
    difference bigint not null,
    primary key (team_id, noun, id)
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
create index total_changes_in_order on total_changes (id);

-- What is written meanwhile would be counted by nobody.
lock table contacts, tasks in share mode;

insert into totals (team_id, noun, total)
select c.team_id, 'contact', count(*) from contacts c where c.deleted_at is null group by c.team_id
union all
select t.team_id, 'task', count(*) from tasks t where t.deleted_at is null group by t.team_id;

-- What is due of one kind in one team is worked off in its order.
create index due_in_order on due (team_id, kind, at, ref);
