-- Opted out of everything since opted_out_at; of e-mails and of calls by themselves, in or out, or nobody has said.
alter table contacts
    add column opted_out_at timestamptz,
    add column email_opt_status text check (email_opt_status in ('opted_in', 'opted_out')),
    add column email_opted_at timestamptz check ((email_opted_at is null) = (email_opt_status is null)),
    add column call_opt_status text check (call_opt_status in ('opted_in', 'opted_out')),
    add column call_opted_at timestamptz check ((call_opted_at is null) = (call_opt_status is null));

-- A broken one says nothing that its template could not be made to say; broken_reason tells why.
alter table mailings
    drop constraint mailings_state_check,
    add column broken_reason text,
    add constraint mailings_state_check check (state in ('draft', 'scheduled', 'broken')),
    add constraint mailings_broken_check check ((state = 'broken') = (broken_reason is not null));
create index mailings_broken on mailings (team_id, template_id, id) where state = 'broken' and deleted_at is null;
