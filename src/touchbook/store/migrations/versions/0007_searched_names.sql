-- Names as search takes them, and tags as they are compared; both folded by core/folding.py.
alter table users
    add column first_name_folded text not null default '', add column last_name_folded text not null default '';
alter table stages add column name_folded text not null default '';
alter table personas add column name_folded text not null default '';
alter table task_dispositions add column name_folded text not null default '';
alter table task_purposes add column name_folded text not null default '';
alter table sequences
    add column name_folded text not null default '', add column tag_keys text[] not null default '{}';
alter table templates add column name_folded text not null default '';

alter table stages alter column name_folded drop default;
alter table personas alter column name_folded drop default;
alter table task_dispositions alter column name_folded drop default;
alter table task_purposes alter column name_folded drop default;
alter table sequences alter column name_folded drop default;
alter table templates alter column name_folded drop default;

drop index sequences_tagged;
create index sequences_tagged on sequences using gin (team_id, tag_keys) where deleted_at is null;
