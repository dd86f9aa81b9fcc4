alter table tasks
    add column assignees bigint[],
    add column tags bigint[],
    add column contacts bigint[],
    add column deals bigint[],
    add column listings bigint[],
    add column accounts bigint[];

update tasks t set assignees = a.users from
    (select team_id, task_id, array_agg(user_id order by position) as users from task_assignees group by 1, 2) a
    where a.team_id = t.team_id and a.task_id = t.id;

update tasks t set tags = g.tags from
    (select team_id, task_id, array_agg(tag_id order by position) as tags from task_tags group by 1, 2) g
    where g.team_id = t.team_id and g.task_id = t.id;

update tasks t set contacts = s.contacts, deals = s.deals, listings = s.listings, accounts = s.accounts from
    (select team_id, task_id,
        array_agg(contact_id order by index, created_at, id) filter (where kind = 'contact') as contacts,
        array_agg(deal_id order by index, created_at, id) filter (where kind = 'deal') as deals,
        array_agg(listing_id order by index, created_at, id) filter (where kind = 'listing') as listings,
        array_agg(account_id order by index, created_at, id) filter (where kind = 'account') as accounts
    from task_associations where deleted_at is null group by 1, 2) s
    where s.team_id = t.team_id and s.task_id = t.id;
