-- name: get_database_figures()^
-- How large the database is, how many people use it, how often it finds in memory what it reads, and how many connections
-- the server takes. Users and sessions are counted, everything else is kept ready by PostgreSQL.
select
    current_setting('server_version') as server_version,
    pg_database_size(current_database()) as size,
    (select count(*) from auth_users) as users,
    (select count(*) from auth_sessions where expires_at > now()) as live_sessions,
    current_setting('max_connections')::integer as connection_limit,
    blks_hit / nullif(blks_hit + blks_read, 0)::double precision as cache_hit_rate,
    stats_reset as counted_since
from pg_stat_database
where datname = current_database();

-- name: list_table_sizes()
-- The largest tables, with their indexes and what is kept beside them; and about how many rows they have. A table with
-- partitions is as large as they are together.
select
    tables.relname as table_name,
    sum(pg_total_relation_size(parts.oid))::bigint as size,
    sum(pg_indexes_size(parts.oid))::bigint as index_size,
    sum(pg_stat_get_live_tuples(parts.oid))::bigint as row_estimate
from pg_class as parts
inner join pg_class as tables on coalesce(pg_partition_root(parts.oid), parts.oid) = tables.oid
where parts.relkind in ('r', 'p') and parts.relnamespace = current_schema()::regnamespace
group by tables.oid, tables.relname
order by size desc, table_name
limit 50;

-- name: list_unused_indexes()
-- The largest indexes that no query has used since the server counts; but those that keep a rule, used or not.
select
    pg_stat_user_indexes.indexrelname as index_name,
    pg_stat_user_indexes.relname as table_name,
    pg_relation_size(pg_stat_user_indexes.indexrelid) as size
from pg_stat_user_indexes
inner join pg_index on pg_stat_user_indexes.indexrelid = pg_index.indexrelid
where
    pg_stat_user_indexes.schemaname = current_schema()
    and pg_stat_user_indexes.idx_scan = 0
    and not (pg_index.indisunique or pg_index.indisprimary or pg_index.indisexclusion)
order by size desc, index_name
limit 50;

-- name: list_jobs_by_status()
-- How many jobs of the worker there are in each status. Those that succeeded are not kept.
select
    upper(status::text) as status,
    count(*) as jobs
from procrastinate_jobs
group by procrastinate_jobs.status
order by status
limit 20;

-- name: list_connections_by_state()
-- How many connections to the server do what, whichever database they are to: together they share its limit.
select
    state,
    count(*) as connections
from server_sessions()
group by state
order by state
limit 20;

-- name: list_long_queries(longer_than)
-- What has been running in this database for more than so many seconds, the longest first, by the names of the queries.
select
    pid,
    seconds,
    query_name
from server_sessions()
where
    is_of_this_database
    and state = 'ACTIVE'
    and seconds > :longer_than::double precision
    and pid <> pg_backend_pid()
order by seconds desc, pid
limit 50;

-- name: list_standbys()
-- The servers that follow this one, and how far behind they are; and base backups that are under way.
select
    name,
    state,
    lag_bytes,
    lag_seconds
from server_standbys()
order by name, pid
limit 50;

-- name: get_last_backup()^
-- The newest backup, as it was noted when it was whole.
select
    file_name,
    taken_at,
    size,
    sha256,
    verified_at
from database_backups
order by taken_at desc, id desc
limit 1;
