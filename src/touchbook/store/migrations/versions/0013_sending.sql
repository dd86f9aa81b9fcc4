-- How the e-mail of a step is meant to be sent: by a person or by itself; null where nobody has said.
alter table sequence_steps
    add column sending text check (sending in ('manual', 'auto')),
    add constraint sequence_steps_only_emails_sent check (sending is null or kind = 'email');
