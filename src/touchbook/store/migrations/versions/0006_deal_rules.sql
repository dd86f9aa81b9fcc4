-- One API's words for the rule and its values stood in the table; each API has its own for the core's.
alter table tasks drop constraint tasks_opportunity_rule_check;
alter table tasks rename column opportunity_rule to deal_rule;
update tasks t set deal_rule = case t.deal_rule
    when 'recent_created' then 'last_created' when 'recent_updated' then 'last_updated' else 'kept' end
    where t.deal_rule is not null;
alter table tasks add constraint tasks_deal_rule_check check (deal_rule in ('last_created', 'last_updated', 'kept'));

-- What was recorded of tasks is shown in timelines by the names and values of today.
update events e set changes = e.changes - 'opportunity_rule' || jsonb_build_object('deal_rule',
    case e.changes ->> 'opportunity_rule' when 'recent_created' then 'last_created'
        when 'recent_updated' then 'last_updated' when 'noop' then 'kept' end)
    where e.subject = 'task' and e.changes ? 'opportunity_rule';

-- No verb of any version has written it.
alter table tasks drop column source;
