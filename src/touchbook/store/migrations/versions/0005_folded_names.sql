-- What names, tags and addresses are compared as, folded by core/folding.py: `_key` decides whether two are the same,
-- `_folded` is what search goes through. Which way of folding a team's rows have been folded by: `fold_version`.
alter table teams add column fold_version integer not null default 0;
alter table users add column email_key text not null default '';
alter table accounts add column name_key text not null default '', add column name_folded text not null default '';
alter table contacts add column tag_keys text[] not null default '{}';
alter table attribute_definitions add column name_key text not null default '';
alter table deals add column title_folded text not null default '';
alter table tags add column text_key text not null default '';
alter table contact_lists add column name_key text not null default '';

-- What of a team has to be derived anew, and how far that has come: rows up to that id have been.
create table derivations (
    team_id bigint not null references teams (id),
    part text not null,
    after bigint not null default 0,
    primary key (team_id, part)
);

drop index users_email;
drop index accounts_name;
drop index accounts_named;
drop index contacts_tagged;
drop index attribute_definitions_name;
drop index deals_titled;
drop index contact_lists_name;
alter table tags drop constraint tags_team_id_text_key;
