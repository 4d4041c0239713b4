-- name: configure_connection(statement_timeout, role)^
-- What every connection is told when it is made, and as which role it acts: whoever logs in, never as more than that. A setting that outlives the transaction is right here: the connection
-- serves one pool for all its life. Nobody waits long for a lock: each who waits holds a thread.
-- Plans are made for the parameters at hand: one plan for any page, filter and limit reads whole tables (bench/plans.py).
-- They are not compiled: that takes longer than what a screen asks for.
select
    set_config('plan_cache_mode', 'force_custom_plan', false) as plan_cache_mode,
    set_config('jit', 'off', false) as jit,
    set_config('timezone', 'UTC', false) as time_zone,
    set_config('role', :role, false) as acting_as,
    set_config('statement_timeout', :statement_timeout, false) as statement_timeout,
    set_config('lock_timeout', '5s', false) as lock_timeout,
    set_config('idle_in_transaction_session_timeout', '60s', false) as idle_timeout;

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
