alter table tasks
    add column assignees bigint[],
    add column tags bigint[],
    add column contacts bigint[],
    add column deals bigint[],
    add column listings bigint[],
    add column accounts bigint[];

-- One update: each writes every row, with its indexes, anew.
update tasks t
set assignees = a.users, tags = g.tags,
    contacts = s.contacts, deals = s.deals, listings = s.listings, accounts = s.accounts
from tasks x
left join (
    select team_id, task_id, array_agg(user_id order by position) as users from task_assignees group by 1, 2
) a on a.team_id = x.team_id and a.task_id = x.id
left join (
    select team_id, task_id, array_agg(tag_id order by position) as tags from task_tags group by 1, 2
) g on g.team_id = x.team_id and g.task_id = x.id
left join (
    select team_id, task_id,
        array_agg(contact_id order by index, created_at, id) filter (where kind = 'contact') as contacts,
        array_agg(deal_id order by index, created_at, id) filter (where kind = 'deal') as deals,
        array_agg(listing_id order by index, created_at, id) filter (where kind = 'listing') as listings,
        array_agg(account_id order by index, created_at, id) filter (where kind = 'account') as accounts
    from task_associations where deleted_at is null group by 1, 2
) s on s.team_id = x.team_id and s.task_id = x.id
where t.team_id = x.team_id and t.id = x.id
    and (a.task_id is not null or g.task_id is not null or s.task_id is not null);
