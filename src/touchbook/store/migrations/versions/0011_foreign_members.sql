-- Members of a record that one API knows alone: by dialect, then by name. A record without any stands in no index.
alter table contacts add column foreign_members jsonb;
alter table accounts add column foreign_members jsonb;
alter table deals add column foreign_members jsonb;
alter table activities add column foreign_members jsonb;

-- Who looks after a company, where anybody does.
alter table accounts add column owner_id bigint, add foreign key (team_id, owner_id) references members (team_id, user_id);

create index contacts_foreign on contacts using gin (team_id, foreign_members jsonb_path_ops)
    where foreign_members is not null;
create index accounts_foreign on accounts using gin (team_id, foreign_members jsonb_path_ops)
    where foreign_members is not null;
create index deals_foreign on deals using gin (team_id, foreign_members jsonb_path_ops)
    where foreign_members is not null;
create index activities_foreign on activities using gin (team_id, foreign_members jsonb_path_ops)
    where foreign_members is not null;
