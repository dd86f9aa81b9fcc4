-- What a deal is worth depends on how likely it is and on how often it is paid.
alter table deals add column confidence smallint check (confidence between 0 and 100);
alter table deals add column value_period text not null default 'one_time'
    check (value_period in ('one_time', 'monthly', 'annual'));

-- What is known of a company. An address has a label, two lines, city, state, postcode and country, as far as known.
alter table accounts add column description text;
alter table accounts add column url text;
alter table accounts add column addresses jsonb not null default '[]';

-- Members of a task that one API knows alone, as other records have them.
alter table tasks add column foreign_members jsonb;
