-- name: list_schema_migrations()
-- The migrations that this database has had.
select
    id,
    sha256,
    applied_at
from schema_migrations
order by id
limit 10000;

-- name: insert_schema_migration(id, sha256)!
-- Note a migration, in the transaction that applies it.
insert into schema_migrations (id, sha256)
values (:id, :sha256);

-- name: delete_schema_migration(id)!
-- Forget a migration, in the transaction that rolls it back.
delete from schema_migrations
where id = :id;

-- name: lock_migrations()^
-- Locks: the advisory lock of migrations of this schema, until the connection ends. Waits as long as another migrates.
select pg_advisory_lock(hashtextextended(current_schema() || ' migrations', 0))::text as lock;

-- name: configure_migrating_connection(lock_timeout)^
-- What a connection that migrates is told. It may take its time, but not wait long for a lock on a table: everybody who
-- comes after waits behind it.
select
    set_config('timezone', 'UTC', false) as time_zone,
    set_config('statement_timeout', '0', false) as statement_timeout,
    set_config('lock_timeout', :lock_timeout, false) as lock_timeout,
    set_config('idle_in_transaction_session_timeout', '0', false) as idle_timeout;

-- name: configure_owner_transaction()^
-- Act as the owner of the schema until the transaction ends.
select set_config('role', 'photolens_owner', true) as acting_as;
