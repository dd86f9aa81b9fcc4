create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- Teams, users, members, keys: reached through core/teams alone.

create table teams (
    id bigint generated always as identity primary key,
    uid uuid not null unique,
    name text not null,
    zone text not null default 'UTC',
    region text not null default 'US',
    contacts_visible text not null default 'team' check (contacts_visible in ('team', 'owner')),
    touch_spread_days integer not null default 1 check (touch_spread_days between 1 and 365),
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
    profile jsonb not null default '{}',
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

-- Programs that people sign in through; each sign-in is a grant, by a key if one was shown for it, and has tokens.

create table clients (
    id bigint generated always as identity primary key,
    uid uuid not null unique,
    name text not null,
    hash bytea not null,
    created_at timestamptz not null,
    removed_at timestamptz
);

create table grants (
    id bigint generated always as identity primary key,
    client_id bigint not null references clients (id),
    user_id bigint not null references users (id),
    key_id bigint references keys (id),
    created_at timestamptz not null,
    revoked_at timestamptz
);
create index grants_user on grants (user_id);

create table tokens (
    id bigint generated always as identity primary key,
    grant_id bigint not null references grants (id) on delete cascade,
    kind text not null check (kind in ('access', 'refresh')),
    hash bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index tokens_grant on tokens (grant_id);
create index tokens_expiring on tokens (expires_at);

-- Counted by a hash of the account's name, and of the address it was asked from.
create table sign_in_attempts (
    subject bytea primary key,
    began_at timestamptz not null,
    count integer not null
);

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
create index accounts_name on accounts (team_id, left(lower(name), 150)) where deleted_at is null;

-- What a team chooses from: how far things are with a contact, what sort of person it is, what a meeting was for and
-- how it went. In the order of `position`.

create table stages (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    description text,
    position integer not null,
    created_by bigint,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (team_id, id),
    unique (team_id, uid),
    unique (team_id, name),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);

create table personas (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    description text,
    position integer not null,
    created_by bigint,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (team_id, id),
    unique (team_id, uid),
    unique (team_id, name),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);

create table task_dispositions (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    description text,
    position integer not null,
    created_by bigint,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (team_id, id),
    unique (team_id, uid),
    unique (team_id, name),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);

create table task_purposes (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    description text,
    position integer not null,
    created_by bigint,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (team_id, id),
    unique (team_id, uid),
    unique (team_id, name),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);

-- What a contact is called and reached by is derived of its attributes, in the transaction that writes those.
create table contacts (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    account_id bigint not null,
    owner_id bigint not null,
    stage_id bigint,
    persona_id bigint,
    title text,
    first_name text,
    middle_name text,
    last_name text,
    marketing_name text,
    nickname text,
    partner_first_name text,
    partner_last_name text,
    partner_email text,
    display_name text,
    sort_field text,
    display_key text collate "C",
    sort_key text collate "C",
    partner_name text,
    company text,
    job_title text,
    source_type text,
    source text,
    website text,
    profile_image_url text,
    cover_image_url text,
    birthday date,
    emails text[] not null default '{}',
    phone_numbers text[] not null default '{}',
    tags text[] not null default '{}',
    tags_as_added text[] not null default '{}',
    addresses jsonb,
    parked boolean not null default false,
    ios_address_book_id text,
    android_address_book_id text,
    touch_freq integer check (touch_freq > 0),
    touch_every integer,
    touch_since timestamptz,
    last_touch_at timestamptz,
    last_touch_action text,
    next_touch_at timestamptz,
    touch_asked_for timestamptz,
    created_for text not null default 'direct_request',
    updated_for text not null default 'direct_request',
    deleted_for text,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, account_id) references accounts (team_id, id),
    foreign key (team_id, owner_id) references members (team_id, user_id),
    foreign key (team_id, stage_id) references stages (team_id, id),
    foreign key (team_id, persona_id) references personas (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index contacts_account on contacts (team_id, account_id);
create index contacts_created on contacts (team_id, created_at, id) where deleted_at is null;
create index contacts_updated on contacts (team_id, updated_at, id) where deleted_at is null;
create index contacts_sorted on contacts (team_id, sort_key, id) where deleted_at is null;
create index contacts_called on contacts (team_id, display_key, id) where deleted_at is null;
create index contacts_owned on contacts (team_id, owner_id, id) where deleted_at is null;
create index contacts_staged on contacts (team_id, stage_id, id) where deleted_at is null and stage_id is not null;
create index contacts_sorted_out on contacts (team_id, persona_id, id)
    where deleted_at is null and persona_id is not null;
create index contacts_touch on contacts (team_id, next_touch_at, id)
    where deleted_at is null and next_touch_at is not null;
create index contacts_touched on contacts (team_id, last_touch_at, id) where deleted_at is null;
create index contacts_tagged on contacts using gin (team_id, tags) where deleted_at is null;

-- The attributes that a team has defined beside the global ones, which stand in the code.
create table attribute_definitions (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    data_type text not null check (data_type in ('text', 'date', 'number', 'address')),
    label text not null,
    section text not null,
    required boolean not null,
    singular boolean not null,
    show boolean not null,
    filterable boolean not null,
    editable boolean not null,
    searchable boolean not null,
    has_label boolean not null,
    labels text[] not null,
    enum_values text[],
    created_by bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, created_by) references members (team_id, user_id)
);
create unique index attribute_definitions_name on attribute_definitions (team_id, name) where deleted_at is null;

-- `type` names the definition; `matched` is the value as comparisons take it: folded, a phone number as E.164.
create table contact_attributes (
    team_id bigint not null,
    uid uuid not null,
    contact_id bigint not null,
    type text not null,
    definition_id bigint,
    text text,
    date date,
    number numeric,
    address jsonb,
    label text,
    index integer,
    is_primary boolean not null,
    is_partner boolean not null,
    matched text,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, uid),
    foreign key (team_id, contact_id) references contacts (team_id, id),
    foreign key (team_id, definition_id) references attribute_definitions (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index contact_attributes_contact on contact_attributes (team_id, contact_id) where deleted_at is null;
create index contact_attributes_matched on contact_attributes (team_id, type, matched, contact_id)
    where deleted_at is null;

-- What an attribute was before each change; as it was made, it stands in the row or in its first change.
create table contact_attribute_changes (
    team_id bigint not null,
    id bigint generated always as identity,
    attribute_uid uuid not null,
    contact_id bigint not null,
    at timestamptz not null,
    actor_id bigint,
    surface text not null,
    was jsonb not null,
    became jsonb,
    primary key (team_id, id),
    foreign key (team_id, attribute_uid) references contact_attributes (team_id, uid),
    foreign key (team_id, contact_id) references contacts (team_id, id),
    foreign key (team_id, actor_id) references members (team_id, user_id)
);
create index contact_attribute_changes_contact on contact_attribute_changes (team_id, contact_id, at);
create index contact_attribute_changes_attribute on contact_attribute_changes (team_id, attribute_uid, at);

create table contact_texts (
    team_id bigint not null,
    contact_id bigint not null,
    folded text not null,
    primary key (team_id, contact_id),
    foreign key (team_id, contact_id) references contacts (team_id, id) on delete cascade
);
create index contact_texts_folded on contact_texts using gin (team_id, folded gin_trgm_ops);

-- The words of the texts, among which is looked for what a misspelled one may mean. A word may outlive its texts, or
-- stand here twice: so nobody who writes one waits for another.
create table contact_words (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    word text collate "C" not null,
    primary key (team_id, id)
);
create index contact_words_begun on contact_words (team_id, word);
create index contact_words_ended on contact_words (team_id, reverse(word));

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

-- Who takes part in a deal; `matched_*` are as contacts compare theirs.
create table deal_roles (
    team_id bigint not null,
    id bigint generated always as identity,
    uid uuid not null,
    deal_id bigint not null,
    role text not null,
    first_name text,
    last_name text,
    email text,
    phone_number text,
    matched_email text,
    matched_phone_number text,
    created_by bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, deal_id) references deals (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id)
);
create index deal_roles_deal on deal_roles (team_id, deal_id) where deleted_at is null;
create index deal_roles_email on deal_roles (team_id, matched_email)
    where deleted_at is null and matched_email is not null;
create index deal_roles_phone_number on deal_roles (team_id, matched_phone_number)
    where deleted_at is null and matched_phone_number is not null;

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
    touch_freq integer check (touch_freq > 0),
    created_by bigint,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (team_id, id),
    unique (team_id, uid),
    unique (team_id, text),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);

-- Sequences: what is done with a contact step by step, each so many seconds after the one before.

create table sequences (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    description text,
    enabled boolean not null default true,
    owner_id bigint not null,
    tags text[] not null default '{}',
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, owner_id) references members (team_id, user_id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index sequences_tagged on sequences using gin (team_id, tags) where deleted_at is null;

create table sequence_steps (
    team_id bigint not null,
    id bigint generated always as identity,
    uid uuid not null,
    sequence_id bigint not null,
    position integer not null check (position > 0),
    kind text not null check (kind in ('call', 'email', 'sms', 'task', 'linkedin_view_profile',
        'linkedin_send_connection_request', 'linkedin_send_message', 'linkedin_interact_with_post',
        'linkedin_other')),
    delay integer not null check (delay >= 0),
    note text,
    priority smallint not null check (priority between 0 and 4),
    autoskip_after integer check (autoskip_after > 0),
    enabled boolean not null,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, sequence_id) references sequences (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index sequence_steps_in_order on sequence_steps (team_id, sequence_id, position);

create table templates (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    subject text,
    body text not null,
    owner_id bigint not null,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, owner_id) references members (team_id, user_id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);

-- What a step says: the oldest of its templates that is enabled.
create table sequence_templates (
    team_id bigint not null,
    id bigint generated always as identity,
    uid uuid not null,
    step_id bigint not null,
    template_id bigint not null,
    enabled boolean not null,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, step_id) references sequence_steps (team_id, id),
    foreign key (team_id, template_id) references templates (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index sequence_templates_step on sequence_templates (team_id, step_id) where deleted_at is null;
create index sequence_templates_template on sequence_templates (team_id, template_id) where deleted_at is null;

-- How far a contact has come in a sequence. Who is in it stands in it once.
create table sequence_states (
    team_id bigint not null,
    id bigint generated always as identity,
    uid uuid not null,
    sequence_id bigint not null,
    contact_id bigint not null,
    step_id bigint not null,
    owner_id bigint not null,
    state text not null check (state in ('active', 'paused', 'finished')),
    finish_reason text check ((state = 'finished') = (finish_reason is not null)),
    state_changed_at timestamptz not null,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, sequence_id) references sequences (team_id, id),
    foreign key (team_id, contact_id) references contacts (team_id, id),
    foreign key (team_id, step_id) references sequence_steps (team_id, id),
    foreign key (team_id, owner_id) references members (team_id, user_id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create unique index sequence_states_standing on sequence_states (team_id, contact_id, sequence_id)
    where state <> 'finished' and deleted_at is null;
create index sequence_states_contact on sequence_states (team_id, contact_id, id) where deleted_at is null;
create index sequence_states_sequence on sequence_states (team_id, sequence_id, id) where deleted_at is null;
create index sequence_states_step on sequence_states (team_id, step_id) where state <> 'finished';

-- E-mails yet to be sent; the task that asks for one names it.
create table mailings (
    team_id bigint not null,
    id bigint generated always as identity,
    uid uuid not null,
    contact_id bigint not null,
    sender_id bigint not null,
    subject text,
    body text not null,
    state text not null check (state in ('draft', 'scheduled')),
    scheduled_at timestamptz check ((state = 'scheduled') = (scheduled_at is not null)),
    state_changed_at timestamptz not null,
    sequence_id bigint,
    sequence_state_id bigint,
    sequence_step_id bigint,
    template_id bigint,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, contact_id) references contacts (team_id, id),
    foreign key (team_id, sender_id) references members (team_id, user_id),
    foreign key (team_id, sequence_id) references sequences (team_id, id),
    foreign key (team_id, sequence_state_id) references sequence_states (team_id, id),
    foreign key (team_id, sequence_step_id) references sequence_steps (team_id, id),
    foreign key (team_id, template_id) references templates (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create index mailings_contact on mailings (team_id, contact_id, id) where deleted_at is null;
create index mailings_sequence_state on mailings (team_id, sequence_state_id)
    where sequence_state_id is not null and deleted_at is null;

-- Tasks. due_on is the civil date of a date-only task, which has no due_at; due_offset is how far into its day the
-- instant lies that it was given with.

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
    due_offset interval not null default '0',
    end_at timestamptz,
    scheduled_at timestamptz,
    autoskip_at timestamptz,
    completed_at timestamptz,
    completed_by bigint,
    state_changed_at timestamptz not null,
    metadata jsonb,
    source jsonb,
    opportunity_rule text check (opportunity_rule in ('recent_created', 'recent_updated', 'noop')),
    account_id bigint,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    sequence_id bigint,
    sequence_state_id bigint,
    sequence_step_id bigint,
    sequence_template_id bigint,
    template_id bigint,
    mailing_id bigint,
    disposition_id bigint,
    purpose_id bigint,
    primary key (team_id, id),
    unique (team_id, uid),
    check (due_at is null or due_on is null),
    check (due_on is not null or due_offset = interval '0'),
    foreign key (team_id, account_id) references accounts (team_id, id),
    foreign key (team_id, sequence_id) references sequences (team_id, id),
    foreign key (team_id, sequence_state_id) references sequence_states (team_id, id),
    foreign key (team_id, sequence_step_id) references sequence_steps (team_id, id),
    foreign key (team_id, sequence_template_id) references sequence_templates (team_id, id),
    foreign key (team_id, template_id) references templates (team_id, id),
    foreign key (team_id, mailing_id) references mailings (team_id, id),
    foreign key (team_id, disposition_id) references task_dispositions (team_id, id),
    foreign key (team_id, purpose_id) references task_purposes (team_id, id),
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
create index tasks_updated on tasks (team_id, updated_at, id) where deleted_at is null;
create index tasks_ended on tasks (team_id, end_at, id) where deleted_at is null;
create index tasks_titled on tasks (team_id, sort_title, id) where deleted_at is null;
create index tasks_by_priority on tasks (team_id, priority, id) where deleted_at is null;
create index tasks_by_status on tasks (team_id, array_position(array['scheduled', 'open', 'in_progress',
    'completed', 'cancelled', 'skipped', 'no_show'], status), id) where deleted_at is null;
-- Of all, deleted ones too: PostgreSQL learns how often an expression has each value from no other index.
create index tasks_by_phase on tasks (team_id,
    (case when status = 'scheduled' then 'scheduled' when open then 'open' else 'closed' end), id);
create index tasks_state_changed on tasks (team_id, state_changed_at, id) where deleted_at is null;
create index tasks_scheduled on tasks (team_id, scheduled_at, id)
    where scheduled_at is not null and deleted_at is null;
create index tasks_autoskipped on tasks (team_id, autoskip_at, id)
    where autoskip_at is not null and deleted_at is null;
create index tasks_by_origin on tasks (team_id, origin, id) where origin <> 'manual' and deleted_at is null;
create index tasks_account on tasks (team_id, account_id) where account_id is not null;
create index tasks_sequence on tasks (team_id, sequence_id, id) where sequence_id is not null;
create index tasks_sequence_state on tasks (team_id, sequence_state_id, id) where sequence_state_id is not null;
create index tasks_mailing on tasks (team_id, mailing_id) where mailing_id is not null;
-- A contact never has two steps of a sequence to be done at once.
create unique index tasks_step_at_hand on tasks (team_id, sequence_state_id)
    where sequence_state_id is not null and open and deleted_at is null and starts_with(origin, 'sequence_step_');

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
    due_offset interval not null default '0',
    deleted boolean not null default false,
    primary key (team_id, task_id, user_id),
    foreign key (team_id, task_id) references tasks (team_id, id),
    foreign key (team_id, user_id) references members (team_id, user_id)
);
create index task_assignees_timed on task_assignees (team_id, user_id, open, due_at, task_id)
    include (position, status) where due_on is null and not deleted;
create index task_assignees_dated on task_assignees (team_id, user_id, open, due_on, task_id)
    include (position, status, due_offset) where due_on is not null and not deleted;

create index task_assignees_first on task_assignees (team_id, user_id, task_id) where position = 0 and not deleted;

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

-- What tasks are searched by, folded: the title as it is shown, and that with the description.
create table task_texts (
    team_id bigint not null,
    task_id bigint not null,
    title text not null,
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

-- What a person was told of. A reminder that has been moved is told of again, each of its instants once.
create table notifications (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    user_id bigint not null,
    kind text not null check (kind in ('reminder')),
    task_id bigint not null,
    reminder_id bigint not null,
    at timestamptz not null,
    created_at timestamptz not null,
    read_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    unique (team_id, reminder_id, at, user_id),
    foreign key (team_id, user_id) references members (team_id, user_id),
    foreign key (team_id, task_id) references tasks (team_id, id),
    foreign key (team_id, reminder_id) references reminders (team_id, id)
);
create index notifications_of_person on notifications (team_id, user_id, created_at, id);
create index notifications_unread on notifications (team_id, user_id, created_at, id) where read_at is null;
create index notifications_read on notifications (read_at) where read_at is not null;

-- A row stands before its bytes are stored at `place`, and is a file from `stored_at` on. The bytes of what was never
-- stored, or was deleted, are swept later, and the row after them.
create table files (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    place text not null,
    mime text,
    size bigint,
    sha256 bytea,
    stored_at timestamptz,
    created_by bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    check (stored_at is null or (mime is not null and size is not null and sha256 is not null)),
    foreign key (team_id, created_by) references members (team_id, user_id)
);
create index files_to_sweep on files (team_id, id) where stored_at is null or deleted_at is not null;

create table task_files (
    team_id bigint not null,
    task_id bigint not null,
    file_id bigint not null,
    created_by bigint not null,
    created_at timestamptz not null,
    primary key (team_id, task_id, file_id),
    foreign key (team_id, task_id) references tasks (team_id, id),
    foreign key (team_id, file_id) references files (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id)
);
create index task_files_file on task_files (team_id, file_id);

-- E-mails, calls, messages, notes, meetings with a contact; `task_id` is the task whose completing it was.
create table activities (
    team_id bigint not null,
    id bigint generated always as identity,
    uid uuid not null,
    contact_id bigint not null,
    kind text not null check (kind in ('email', 'call', 'sms', 'note', 'meeting')),
    at timestamptz not null,
    outgoing boolean not null default true,
    subject text,
    body text,
    task_id bigint,
    created_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, contact_id) references contacts (team_id, id),
    foreign key (team_id, task_id) references tasks (team_id, id),
    foreign key (team_id, created_by) references members (team_id, user_id)
);
create index activities_contact on activities (team_id, contact_id, at) where deleted_at is null;
create index activities_task on activities (team_id, task_id) where task_id is not null and deleted_at is null;

-- A rule makes a list live; without one its members are chosen.
create table contact_lists (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    name text not null,
    rule jsonb,
    created_by bigint not null,
    updated_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, created_by) references members (team_id, user_id),
    foreign key (team_id, updated_by) references members (team_id, user_id)
);
create unique index contact_lists_name on contact_lists (team_id, lower(name)) where deleted_at is null;

create table contact_list_members (
    team_id bigint not null,
    list_id bigint not null,
    contact_id bigint not null,
    added_by bigint not null,
    added_at timestamptz not null,
    primary key (team_id, list_id, contact_id),
    foreign key (team_id, list_id) references contact_lists (team_id, id),
    foreign key (team_id, contact_id) references contacts (team_id, id),
    foreign key (team_id, added_by) references members (team_id, user_id)
);
create index contact_list_members_contact on contact_list_members (team_id, contact_id);

-- What is due, found by time across teams, claimed in the transaction that records the effect.
create table due (
    team_id bigint not null references teams (id),
    kind text not null,
    ref bigint not null,
    at timestamptz not null,
    primary key (team_id, kind, ref)
);
create index due_at on due (at);

-- Long work that was asked for, done in slices: `payload` is what is left of it to be done from `done` on.
create table jobs (
    team_id bigint not null references teams (id),
    id bigint generated always as identity,
    uid uuid not null,
    kind text not null,
    status text not null default 'waiting' check (status in ('waiting', 'running', 'done')),
    payload bytea,
    total integer not null,
    done integer not null default 0,
    failed integer not null default 0,
    surface text not null,
    created_by bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (team_id, id),
    unique (team_id, uid),
    foreign key (team_id, created_by) references members (team_id, user_id)
);

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
