create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- Teams, users, members, keys: reached through core/teams alone.

create table teams (
    id bigint generated always as identity primary key,
    uid uuid not null unique,
    name text not null,
    zone text not null default 'UTC',
    region text not null default 'US',
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create table users (
    id bigint generated always as identity primary key,
    uid uuid not null unique,
    email text not null,
    first_name text not null default '',
    last_name text not null default '',
    phone_number text,
    zone text,
    password_hash text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);
create unique index users_email on users (lower(email)) where deleted_at is null;

create table members (
    team_id bigint not null references teams (id),
    user_id bigint not null references users (id),
    id bigint generated always as identity,
    uid uuid not null unique,
    role text not null check (role in ('admin', 'member', 'read_only')),
    created_at timestamptz not null,
    left_at timestamptz,
    primary key (team_id, user_id)
);
create index members_user on members (user_id);

create table keys (
    id bigint generated always as identity primary key,
    team_id bigint not null,
    user_id bigint not null,
    name text not null,
    hash bytea not null,
    scope text not null check (scope in ('read', 'write', 'admin')),
    dialects text[],
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    foreign key (team_id, user_id) references members (team_id, user_id)
);
create index keys_member on keys (team_id, user_id);

create table aliases (
    team_id bigint not null references teams (id),
    dialect text not null,
    kind text not null,
    external_id text not null,
    record_id bigint not null,
    primary key (team_id, dialect, kind, external_id)
);
create index aliases_record on aliases (team_id, kind, record_id);

-- People and what is sold to them.

create table accounts (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    kind text not null check (kind in ('company', 'person')),
    name text not null,
    status text not null default 'potential'
        check (status in ('potential', 'qualified', 'customer', 'bad_fit', 'lost')),
    created_by bigint,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index accounts_name on accounts (team_id, lower(name), id) where deleted_at is null;

create table contacts (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    account_id bigint not null,
    owner_id bigint not null,
    first_name text,
    last_name text,
    display_name text,
    sort_field text,
    emails text[] not null default '{}',
    phone_numbers text[] not null default '{}',
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, account_id) references accounts (team_id, id),
    foreign key (team_id, owner_id) references members (team_id, user_id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index contacts_account on contacts (team_id, account_id);
create index contacts_created on contacts (team_id, created_at, id) where deleted_at is null;
create index contacts_sorted on contacts (team_id, sort_field, id) where deleted_at is null;

create table contact_texts (
    team_id bigint not null,
    contact_id bigint not null,
    folded text not null,
    primary key (team_id, contact_id),
    foreign key (team_id, contact_id) references contacts (team_id, id) on delete cascade
);
create index contact_texts_folded on contact_texts using gin (team_id, folded gin_trgm_ops);

create table deals (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    account_id bigint not null,
    contact_id bigint,
    owner_id bigint not null,
    title text not null,
    status text not null default 'active' check (status in ('active', 'won', 'lost')),
    amount numeric(18, 2),
    currency text not null default 'USD',
    closes_on date,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, account_id) references accounts (team_id, id),
    foreign key (team_id, contact_id) references contacts (team_id, id),
    foreign key (team_id, owner_id) references members (team_id, user_id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index deals_account on deals (team_id, account_id);
create index deals_contact on deals (team_id, contact_id);
create index deals_created on deals (team_id, created_at, id) where deleted_at is null;
create index deals_titled on deals using gin (team_id, lower(title) gin_trgm_ops);

create table listings (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    title text not null,
    document jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid)
);

create table tags (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    text text not null,
    touch_freq integer,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (team_id, id),
    unique (team_id, uid),
    unique (team_id, text),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);

-- Tasks. due_on is the civil date of a date-only task, which has no due_at.

create table tasks (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    title text,
    sort_title text collate "C" not null default '',
    description text,
    status text not null check (status in
        ('scheduled', 'open', 'in_progress', 'completed', 'cancelled', 'no_show', 'skipped')),
    open boolean generated always as (status in ('scheduled', 'open', 'in_progress')) stored,
    priority smallint not null default 2 check (priority between 0 and 4),
    kind text not null check (kind in ('call', 'message', 'todo', 'in_person')),
    origin text not null default 'manual',
    due_at timestamptz,
    due_on date,
    end_at timestamptz,
    scheduled_at timestamptz,
    autoskip_at timestamptz,
    completed_at timestamptz,
    completed_by bigint,
    state_changed_at timestamptz not null,
    metadata jsonb,
    source jsonb,
    opportunity_rule text,
    account_id bigint,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    check (due_at is null or due_on is null),
    foreign key (team_id, account_id) references accounts (team_id, id),
    foreign key (team_id, completed_by) references members (team_id, user_id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index tasks_timed on tasks (team_id, due_at, id) where due_on is null and deleted_at is null;
create index tasks_dated on tasks (team_id, due_on, id) where due_on is not null and deleted_at is null;
create index tasks_timed_by_status on tasks (team_id, status, due_at, id)
    where due_on is null and deleted_at is null;
create index tasks_dated_by_status on tasks (team_id, status, due_on, id)
    where due_on is not null and deleted_at is null;
create index tasks_created on tasks (team_id, created_at, id) where deleted_at is null;
create index tasks_ended on tasks (team_id, end_at, id) where deleted_at is null;
create index tasks_titled on tasks (team_id, sort_title, id) where deleted_at is null;
create index tasks_by_priority on tasks (team_id, priority, id) where deleted_at is null;
create index tasks_by_status on tasks (team_id, array_position(array['scheduled', 'open', 'in_progress',
    'completed', 'cancelled', 'skipped', 'no_show'], status), id) where deleted_at is null;
create index tasks_account on tasks (team_id, account_id) where account_id is not null;

-- A person's list: the sort keys of the task stand beside its assignee, so that one index serves it.
create table task_assignees (
    team_id bigint not null,
    task_id bigint not null,
    user_id bigint not null,
    position smallint not null,
    status text not null,
    open boolean generated always as (status in ('scheduled', 'open', 'in_progress')) stored,
    due_at timestamptz,
    due_on date,
    deleted boolean not null default false,
    primary key (team_id, task_id, user_id),
    foreign key (team_id, task_id) references tasks (team_id, id),
    foreign key (team_id, user_id) references members (team_id, user_id)
);
create index task_assignees_timed on task_assignees (team_id, user_id, open, due_at, task_id)
    include (position, status) where due_on is null and not deleted;
create index task_assignees_dated on task_assignees (team_id, user_id, open, due_on, task_id)
    include (position, status) where due_on is not null and not deleted;

create table task_associations (
    team_id bigint not null,
    id bigint generated always as identity,
    uid uuid not null,
    task_id bigint not null,
    kind text not null check (kind in ('contact', 'deal', 'listing', 'account')),
    contact_id bigint check ((kind = 'contact') = (contact_id is not null)),
    deal_id bigint check ((kind = 'deal') = (deal_id is not null)),
    listing_id bigint check ((kind = 'listing') = (listing_id is not null)),
    account_id bigint check ((kind = 'account') = (account_id is not null)),
    index integer,
    metadata jsonb,
    created_by bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, task_id) references tasks (team_id, id),
    foreign key (team_id, contact_id) references contacts (team_id, id),
    foreign key (team_id, deal_id) references deals (team_id, id),
    foreign key (team_id, listing_id) references listings (team_id, id),
    foreign key (team_id, account_id) references accounts (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id)
);
create index task_associations_task on task_associations (team_id, task_id, index, created_at);
create index task_associations_contact on task_associations (team_id, contact_id) where contact_id is not null;
create index task_associations_deal on task_associations (team_id, deal_id) where deal_id is not null;
create index task_associations_listing on task_associations (team_id, listing_id) where listing_id is not null;
create index task_associations_account on task_associations (team_id, account_id) where account_id is not null;

create table task_tags (
    team_id bigint not null,
    task_id bigint not null,
    tag_id bigint not null,
    position smallint not null,
    primary key (team_id, task_id, tag_id),
    foreign key (team_id, task_id) references tasks (team_id, id),
    foreign key (team_id, tag_id) references tags (team_id, id)
);
create index task_tags_tag on task_tags (team_id, tag_id);

create table task_texts (
    team_id bigint not null,
    task_id bigint not null,
    folded text not null,
    primary key (team_id, task_id),
    foreign key (team_id, task_id) references tasks (team_id, id)
);
create index task_texts_folded on task_texts using gin (team_id, folded gin_trgm_ops);

create table reminders (
    team_id bigint not null,
    id bigint generated always as identity,
    uid uuid not null,
    task_id bigint not null,
    relative boolean not null,
    at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, task_id) references tasks (team_id, id)
);
create index reminders_task on reminders (team_id, task_id);

-- What is due, found by time across teams, claimed in the transaction that records the effect.
create table due (
    team_id bigint not null references teams (id),
    kind text not null,
    ref bigint not null,
    at timestamptz not null,
    primary key (team_id, kind, ref)
);
create index due_at on due (at);

-- Every verb writes its event here, in its own transaction. Partitions by month; the default one
-- catches what no month has been made for.
create table events (
    team_id bigint not null,
    id bigint generated always as identity,
    at timestamptz not null,
    tx xid8 not null default pg_current_xact_id(),
    kind text not null,
    subject text not null,
    subject_id bigint,
    actor_id bigint,
    surface text not null,
    changes jsonb not null,
    primary key (team_id, at, id),
    foreign key (team_id) references teams (id),
    foreign key (team_id, actor_id) references members (team_id, user_id)
) partition by range (at);
create table events_default partition of events default;
create index events_in_order on events (tx, id);
create index events_subject on events (team_id, subject, subject_id, at);

create table idempotency (
    team_id bigint not null references teams (id),
    user_id bigint not null,
    method text not null,
    path text not null,
    key text not null,
    fingerprint bytea not null,
    status smallint,
    headers jsonb,
    body bytea,
    created_at timestamptz not null,
    primary key (team_id, user_id, method, path, key),
    foreign key (team_id, user_id) references members (team_id, user_id)
);
create index idempotency_age on idempotency (created_at);
