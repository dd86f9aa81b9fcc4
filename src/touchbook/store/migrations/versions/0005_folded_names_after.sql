-- What was told apart before and no longer is. Of tags the oldest stays, with the fewest days; tasks have it in place of
-- the others. Other names stay as they are: the oldest is found by its name, the later ones by their ids until they are
-- renamed.
create temporary table twins on commit drop as
    select g.team_id, g.id, min(g.id) over same as stays, min(g.touch_freq) over same as days
    from tags g window same as (partition by g.team_id, g.text_key);
delete from twins t where t.id = t.stays and (select count(*) from twins o where o.team_id = t.team_id and o.stays = t.id) = 1;
insert into task_tags (team_id, task_id, tag_id, position)
    select l.team_id, l.task_id, t.stays, l.position from task_tags l
    join twins t on t.team_id = l.team_id and t.id = l.tag_id where t.id <> t.stays
    on conflict (team_id, task_id, tag_id) do nothing;
delete from task_tags l using twins t where t.team_id = l.team_id and t.id = l.tag_id and t.id <> t.stays;
delete from tags g using twins t where t.team_id = g.team_id and t.id = g.id and t.id <> t.stays;
update tags g set touch_freq = t.days from twins t where t.team_id = g.team_id and t.id = g.id;

update users u set email_key = u.email_key || E'\n' || u.id where u.deleted_at is null
    and exists (select from users o where o.email_key = u.email_key and o.id < u.id and o.deleted_at is null);
update attribute_definitions d set name_key = d.name_key || E'\n' || d.id where d.deleted_at is null
    and exists (select from attribute_definitions o where o.team_id = d.team_id and o.name_key = d.name_key
        and o.id < d.id and o.deleted_at is null);
update contact_lists l set name_key = l.name_key || E'\n' || l.id where l.deleted_at is null
    and exists (select from contact_lists o where o.team_id = l.team_id and o.name_key = l.name_key
        and o.id < l.id and o.deleted_at is null);

alter table users alter column email_key drop default;
alter table accounts alter column name_key drop default, alter column name_folded drop default;
alter table attribute_definitions alter column name_key drop default;
alter table deals alter column title_folded drop default;
alter table tags alter column text_key drop default;
alter table contact_lists alter column name_key drop default;
alter table teams alter column fold_version drop default;

create unique index users_email on users (email_key) where deleted_at is null;
create index accounts_name on accounts (team_id, left(name_key, 150)) where deleted_at is null;
create index accounts_named on accounts using gin (team_id, name_folded gin_trgm_ops) where deleted_at is null;
create index contacts_tagged on contacts using gin (team_id, tag_keys) where deleted_at is null;
create unique index attribute_definitions_name on attribute_definitions (team_id, name_key) where deleted_at is null;
create index deals_titled on deals using gin (team_id, title_folded gin_trgm_ops);
create unique index tags_text on tags (team_id, text_key);
create unique index contact_lists_name on contact_lists (team_id, name_key) where deleted_at is null;
