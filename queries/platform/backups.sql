-- name: configure_backup_connection()^
-- What a connection that looks after backups is told: to read every table, and to hold a snapshot while it is dumped, may
-- take as long as it takes, whatever the server allows others.
select
    set_config('statement_timeout', '0', false) as statement_timeout,
    set_config('idle_in_transaction_session_timeout', '0', false) as idle_timeout;

-- name: get_database_identity()^
-- Which database this is, of which server; and the snapshot of the present transaction, under a name by which another
-- connection sees the same rows as long as this transaction lasts.
select
    current_database() as database,
    (select system_identifier::text from pg_control_system()) as system_identifier,
    current_setting('server_version') as server_version,
    current_setting('server_version_num')::integer as server_version_number,
    now() as taken_at,
    pg_export_snapshot() as snapshot;

-- name: exists_ownership()$
-- Whether whoever is connected may do what the owner of the schema may.
select
    exists (
        select
        from pg_roles
        where rolname = 'photolens_owner' and pg_has_role(pg_roles.oid, 'usage')
    );

-- name: exists_relations()$
-- Whether there is anything in this database but what PostgreSQL and extensions bring.
select exists (
    select
    from pg_class
    where
        relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
        and not exists (
            select
            from pg_depend
            where pg_depend.classid = 'pg_class'::regclass and pg_depend.objid = pg_class.oid and pg_depend.deptype = 'e'
        )
);

-- name: list_row_counts()
-- How many rows each table of this database has, but those of extensions. Reads all of them.
select
    format('%%I.%%I', pg_namespace.nspname, pg_class.relname) as table_name,
    count_rows(pg_class.oid::regclass) as row_count
from pg_class
inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
where
    pg_class.relkind = 'r'
    and pg_namespace.nspname !~ '^(pg_|information_schema$)'
    and not exists (
        select
        from pg_depend
        where pg_depend.classid = 'pg_class'::regclass and pg_depend.objid = pg_class.oid and pg_depend.deptype = 'e'
    )
order by table_name
limit 100000;

-- name: insert_backup(file_name, taken_at, size, sha256)!
-- Note a backup that is whole.
insert into database_backups (file_name, taken_at, size, sha256)
values (:file_name, :taken_at, :size, :sha256);

-- name: mark_backup_verified(file_name, sha256)!
-- Note that a backup of this database was restored beside it, and found to be whole and right.
update database_backups
set verified_at = clock_timestamp()
where file_name = :file_name and sha256 = :sha256;

-- name: lock_verification()^
-- Locks: the advisory lock of verifying backups, until the connection ends. Never waits: one is verified at a time.
select pg_try_advisory_lock(hashtextextended(current_schema() || ' verification', 0)) as is_locked;
