create index accounts_created on accounts (team_id, created_at, id) where deleted_at is null;
create index accounts_by_status on accounts (team_id, status, created_at, id) where deleted_at is null;
create index accounts_named on accounts using gin (team_id, lower(name) gin_trgm_ops) where deleted_at is null;
