-- name: configure_connection(role, statement_timeout, search_path, for_transaction)^
-- What every connection keeps to, and as which role it acts: whoever logs in, never as more than that. Without a pooler it is
-- told once, and for all its life; behind one, each transaction is. Nobody waits long for a lock: each who waits holds a thread.
-- Plans are made for the parameters at hand: one plan for any page, filter and limit reads whole tables (bench/plans.py).
-- They are not compiled: that takes longer than what a screen asks for. Of the time zone the client has to know beyond the
-- transaction, too; poolers keep track of that.
select
    set_config('search_path', :search_path, :for_transaction) as search_path,
    set_config('plan_cache_mode', 'force_custom_plan', :for_transaction) as plan_cache_mode,
    set_config('jit', 'off', :for_transaction) as jit,
    set_config('timezone', 'UTC', false) as time_zone,
    set_config('role', :role, :for_transaction) as acting_as,
    set_config('statement_timeout', :statement_timeout, :for_transaction) as statement_timeout,
    set_config('lock_timeout', '5s', :for_transaction) as lock_timeout,
    set_config('idle_in_transaction_session_timeout', '60s', :for_transaction) as idle_timeout;

-- name: configure_search_path(search_path)^
-- In whose schema a connection is from now on.
select set_config('search_path', :search_path, false) as search_path;

-- name: configure_locking()^
-- Let the present transaction hold its locks while another calls out, which may take longer than others are let be idle.
select set_config('idle_in_transaction_session_timeout', '10min', true) as idle_timeout;

-- name: configure_portal_session(session)^
-- Whose session the present transaction of the portal serves: the digest of its token, in hexadecimal.
select set_config('photolens.session', :session, true) as session;

-- name: configure_actor(actor_id, actor, request_id)^
-- Who acts in the present transaction, which user or what else, and for which request: so the audit trail has its changes.
select
    set_config('photolens.actor_id', :actor_id, true) as actor_id,
    set_config('photolens.actor', :actor, true) as actor,
    set_config('photolens.request_id', :request_id, true) as request_id;

-- name: configure_forgetting()^
-- Have the audit trail forget what the rows that the present transaction changes have held.
select set_config('photolens.forgetting', 'on', true) as forgetting;

-- name: exists_demo()$
-- Whether the demo's users are here, whose password everybody knows.
select exists (select from auth_users where is_demo);

-- name: get_schema_state()^
-- Whether there is a schema of Photolens in the first schema of the search_path, and whether it notes its migrations.
select
    to_regclass(format('%%I.studio_settings', current_schema())) is not null as is_installed,
    to_regclass(format('%%I.schema_migrations', current_schema())) is not null as has_migrations;

-- name: get_wal_position()^
-- How far the log of this server is written: all that is committed comes before it.
select pg_current_wal_flush_lsn()::text as position;

-- name: get_replay(position)^
-- Whether this server is a standby that has replayed the log of the primary as far as this.
select coalesce(pg_is_in_recovery() and pg_last_wal_replay_lsn() >= :position::pg_lsn, false) as has_replayed;
