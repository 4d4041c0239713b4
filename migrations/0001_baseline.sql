-- The whole database, as schema.sql builds it, in one file without psql's commands.
--
-- Whoever applies it is a superuser, or may create roles: it makes the roles, and goes on as photolens_owner.

-- schema/roles.sql

-- The three roles of a database of Photolens. They belong to the whole server: where they are there already, they stay.
--
--     photolens_owner   owns every object, and alone may change the schema; sees what the server does, to tell monitoring
--     photolens_app     reads and writes rows
--     photolens_portal  reads the rows of one client, in the columns that a portal shows (schema/portal.sql)
--
-- All may log in once they are given a password. The application's may act as the portal's, never the other way round,
-- and none of the portal's policies are its own.

do $$
declare
    role_name text;
begin
    foreach role_name in array array['photolens_owner', 'photolens_app', 'photolens_portal'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I login noinherit', role_name);
        end if;
    end loop;
exception
    when duplicate_object or unique_violation then
        null;  -- another database of this server is being made at the same time
end;
$$;

do $$
begin
    if not pg_has_role('photolens_app', 'photolens_portal', 'member') then
        grant photolens_portal to photolens_app;
    end if;
    if not (select rolsuper from pg_roles where rolname = current_user) and current_user <> 'photolens_owner' then
        grant photolens_owner to current_user;
    end if;
exception
    when insufficient_privilege then
        null;  -- whoever made the roles has granted them; if not, the next statement says so
end;
$$;

-- For the functions that tell monitoring of everybody's sessions, and not what they say (schema/platform.sql). Whoever may
-- not grant it leaves them to tell of the owner's own. Before PostgreSQL 16, only who inherits has what is granted.
do $$
begin
    if not pg_has_role('photolens_owner', 'pg_read_all_stats', 'usage') then
        alter role photolens_owner inherit;
        grant pg_read_all_stats to photolens_owner;
    end if;
exception
    when insufficient_privilege then
        null;
end;
$$;

-- A schema of our own comes and goes with what is in it. As into "public", every login may look into it, and sees what it was
-- granted, or nothing.
do $$
begin
    if current_schema() not in ('public', 'extensions') then
        execute format('alter schema %I owner to photolens_owner', current_schema());
        execute format('grant usage on schema %I to public', current_schema());
    end if;
end;
$$;
do $$
begin
    execute format('grant usage, create on schema %I to photolens_owner', current_schema());
end;
$$;
do $$
begin
    execute format('grant usage on schema %I to photolens_app, photolens_portal', current_schema());
end;
$$;
-- Before PostgreSQL 15, everybody may create tables in "public"; and temporary ones anywhere.
do $$
begin
    execute format('revoke create on schema %I from public', current_schema());
end;
$$;
do $$
begin
    execute format('revoke temporary on database %I from public', current_database());
end;
$$;
-- Everybody may call any function, if nothing else is said. Of ours, only who is named: here, and in portal.sql.
alter default privileges for role photolens_owner revoke execute on functions from public;
alter default privileges for role photolens_owner grant execute on functions to photolens_app;

-- schema/extensions.sql

-- The extensions are the whole database's, and in a schema with nothing else in it: whoever is in one studio's schema finds
-- what they bring, and never the tables of another. Those that are there already stay where they are.

create schema if not exists extensions authorization photolens_owner;
grant usage on schema extensions to public;
create extension if not exists btree_gist with schema extensions;
create extension if not exists pg_trgm with schema extensions;

-- Operator classes are looked up by name: let the index definitions below find them.
do $$
declare
    elsewhere text;
begin
    select string_agg(format('alter extension %I set schema extensions', extname), '; ')
    into elsewhere
    from pg_extension
    where
        extname in ('btree_gist', 'pg_trgm')
        and extnamespace not in ('extensions'::regnamespace, quote_ident(current_schema())::regnamespace);
    if elsewhere is not null then
        raise exception 'Extensions are in a schema where Photolens does not look for them.' using hint = elsewhere;
    end if;
    perform set_config('search_path', quote_ident(current_schema()) || ', extensions', true);
end;
$$;


set local role photolens_owner;

-- schema/procrastinate.sql

-- The queue's tables and functions, word for word as the package procrastinate brings them (MIT licence, its authors'), so that
-- psql alone can make the whole database; tests/contracts/test_queue.py compares the two. They are spoken to by queries of ours in
-- queries/platform/jobs.sql, and by the worker.

-- Procrastinate Schema

DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
EXCEPTION
    WHEN OTHERS THEN
        -- On managed PostgreSQL services (e.g. Azure Database for PostgreSQL, Amazon RDS,
        -- Google Cloud SQL), CREATE EXTENSION may fail with various error codes:
        -- insufficient_privilege, feature_not_supported, or provider-specific errors.
        -- Before ignoring, verify the extension actually exists — if it does not exist
        -- and cannot be created, re-raise so the failure is explicit.
        IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'plpgsql') THEN
            RAISE NOTICE 'plpgsql extension already exists, skipping creation.';
        ELSE
            RAISE;
        END IF;
END;
$$;

-- Enums

CREATE TYPE procrastinate_job_status AS ENUM (
    'todo',  -- The job is queued
    'doing',  -- The job has been fetched by a worker
    'succeeded',  -- The job ended successfully
    'failed',  -- The job ended with an error
    'cancelled', -- The job was cancelled
    'aborting',  -- legacy, not used anymore since v3.0.0
    'aborted'  -- The job was aborted
);

CREATE TYPE procrastinate_job_event_type AS ENUM (
    'deferred',  -- Job created, in todo
    'started',  -- todo -> doing
    'deferred_for_retry',  -- doing -> todo
    'failed',  -- doing -> failed
    'succeeded',  -- doing -> succeeded
    'cancelled', -- todo -> cancelled
    'abort_requested', -- not a state transition, but set in a separate field
    'aborted', -- doing -> aborted (only allowed when abort_requested field is set)
    'scheduled', -- not a state transition, but recording when a task is scheduled for
    'retried' -- Manually retried failed job
);

-- Composite Types

CREATE TYPE procrastinate_job_to_defer_v1 AS (
    queue_name character varying,
    task_name character varying,
    priority integer,
    lock text,
    queueing_lock text,
    args jsonb,
    scheduled_at timestamp with time zone
);

-- Tables

CREATE TABLE procrastinate_workers(
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    last_heartbeat timestamp with time zone NOT NULL DEFAULT NOW()
);

CREATE TABLE procrastinate_jobs (
    id bigserial PRIMARY KEY,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}' NOT NULL,
    status procrastinate_job_status DEFAULT 'todo'::procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone NULL,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint REFERENCES procrastinate_workers(id) ON DELETE SET NULL,
    CONSTRAINT check_not_todo_abort_requested CHECK (NOT (status = 'todo' AND abort_requested = true))
);

CREATE TABLE procrastinate_periodic_defers (
    id bigserial PRIMARY KEY,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint REFERENCES procrastinate_jobs(id) NULL,
    periodic_id character varying(128) NOT NULL DEFAULT '',
    CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp)
);

CREATE TABLE procrastinate_events (
    id bigserial PRIMARY KEY,
    job_id bigint NOT NULL REFERENCES procrastinate_jobs ON DELETE CASCADE,
    type procrastinate_job_event_type,
    at timestamp with time zone DEFAULT NOW() NULL
);

-- Constraints & Indices

-- this prevents from having several jobs with the same queueing lock in the "todo" state
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate_jobs (queueing_lock) WHERE status = 'todo';
-- this prevents from having several jobs with the same lock in the "doing" state
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate_jobs (lock) WHERE status = 'doing';

-- Index for select_stalled_jobs_by_heartbeat query
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON procrastinate_jobs(worker_id) WHERE worker_id IS NOT NULL AND status = 'doing'::procrastinate_job_status;

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate_jobs(queue_name);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate_jobs (id, lock) WHERE status = ANY (ARRAY['todo'::procrastinate_job_status, 'doing'::procrastinate_job_status]);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON procrastinate_jobs(priority desc, id asc) WHERE (status = 'todo'::procrastinate_job_status);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON procrastinate_events(job_id);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON procrastinate_periodic_defers(job_id);

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON procrastinate_workers(last_heartbeat);

-- Functions
CREATE FUNCTION procrastinate_defer_jobs_v1(
    jobs procrastinate_job_to_defer_v1[]
)
    RETURNS bigint[]
    LANGUAGE plpgsql
AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION procrastinate_defer_periodic_job_v2(
    _queue_name character varying,
    _lock character varying,
    _queueing_lock character varying,
    _task_name character varying,
    _priority integer,
    _periodic_id character varying,
    _defer_timestamp bigint,
    _args jsonb
)
    RETURNS bigint
    LANGUAGE plpgsql
AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

CREATE FUNCTION procrastinate_fetch_job_v2(
    target_queue_names character varying[],
    p_worker_id bigint
)
    RETURNS procrastinate_jobs
    LANGUAGE plpgsql
AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION procrastinate_finish_job_v1(job_id bigint, end_status procrastinate_job_status, delete_job boolean)
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean)
    RETURNS bigint
    LANGUAGE plpgsql
AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION procrastinate_retry_job_v1(
    job_id bigint,
    retry_at timestamp with time zone,
    new_priority integer,
    new_queue_name character varying,
    new_lock character varying
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION procrastinate_retry_job_v2(
    job_id bigint,
    retry_at timestamp with time zone,
    new_priority integer,
    new_queue_name character varying,
    new_lock character varying
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION procrastinate_notify_queue_job_inserted_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_notify_queue_abort_job_v1()
RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_status_events_insert_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_status_events_update_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_scheduled_events_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_abort_requested_events_procedure_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_unlink_periodic_defers_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION procrastinate_register_worker_v1()
    RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION procrastinate_unregister_worker_v1(worker_id bigint)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION procrastinate_update_heartbeat_v1(worker_id bigint)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat float)
    RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

-- Triggers

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1
    AFTER UPDATE OF abort_requested ON procrastinate_jobs
    FOR EACH ROW WHEN ((old.abort_requested = false AND new.abort_requested = true AND new.status = 'doing'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1
    AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW
    EXECUTE PROCEDURE procrastinate_trigger_function_status_events_update_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1
    AFTER UPDATE OR INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.scheduled_at IS NOT NULL AND new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1
    AFTER UPDATE OF abort_requested ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.abort_requested = true))
    EXECUTE PROCEDURE procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1
    BEFORE DELETE ON procrastinate_jobs
    FOR EACH ROW EXECUTE PROCEDURE procrastinate_unlink_periodic_defers_v1();

-- schema/platform.sql

-- What every domain stands on: the studio's settings, the feed of activities, the answers kept for retried writes.

-- An instant as the API writes it (RFC 3339, UTC), for the JSON that PostgreSQL builds itself.
create function rfc3339(instant timestamptz) returns text
language sql stable strict parallel safe
return replace(to_char(instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '');


create table studio_settings (
    id smallint not null default 1 constraint studio_settings_pkey primary key,
    currency text not null default 'USD',
    time_zone text not null default 'UTC',
    invoice_prefix text not null default 'INV-',
    default_due_days integer not null default 14,
    invoice_footer text,
    company_name text,
    company_address text,
    company_email text,
    logo_url text,
    reminders_enabled boolean not null default false,
    reminder_interval_days integer not null default 7,
    high_value_threshold numeric(12, 2) not null default 5000.00,
    updated_at timestamptz not null default now(),
    constraint studio_settings_one_row check (id = 1),
    constraint studio_settings_currency_code check (currency ~ '^[A-Z]{3}$'),
    -- A name that PostgreSQL does not know fails here, before any date is computed with it.
    constraint studio_settings_time_zone_known check (timezone(time_zone, timestamptz 'epoch') is not null),
    constraint studio_settings_invoice_prefix_length check (length(invoice_prefix) <= 20),
    constraint studio_settings_due_days_range check (default_due_days between 0 and 365),
    constraint studio_settings_reminder_interval_range check (reminder_interval_days between 1 and 365),
    constraint studio_settings_high_value_threshold_not_negative check (high_value_threshold >= 0)
);
comment on table studio_settings is 'One row: what the whole studio agrees on.';

insert into studio_settings default values;


create type weekday as enum ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY');

create table working_hours (
    weekday weekday not null constraint working_hours_pkey primary key,
    opens_at time not null,
    closes_at time not null,
    constraint working_hours_closes_after_opening check (closes_at > opens_at)
);
comment on table working_hours is 'When sessions are offered, by the clock on the studio''s wall; a weekday without a row is closed.';

insert into working_hours (weekday, opens_at, closes_at)
select
    day,
    '09:00',
    '18:00'
from unnest(enum_range('MONDAY'::weekday, 'SATURDAY')) as days (day);


-- The calendar date it is now where the studio is.
create function studio_today() returns date
language sql stable parallel safe
return (select (now() at time zone time_zone)::date from studio_settings);


-- The calendar date of an instant, and the instant at which a calendar date begins, where the studio is.
create function studio_date(instant timestamptz) returns date
language sql stable strict parallel safe
return (select (instant at time zone time_zone)::date from studio_settings);

create function studio_midnight(day date) returns timestamptz
language sql stable strict parallel safe
return (select day::timestamp at time zone time_zone from studio_settings);


-- The months of the studio's calendar that a period touches, and of each the part that lies in the period. Strict, so that
-- it is run as it stands: PostgreSQL is told how few rows come of it, and finds what belongs to each by an index.
create function studio_months(first_day date, last_day date)
returns table (month text, starts_at timestamptz, ends_at timestamptz)
language sql stable strict parallel safe rows 12
begin atomic
    select
        to_char(calendar.day, 'YYYY-MM') as month,
        studio_midnight(greatest(calendar.day::date, first_day)) as starts_at,
        studio_midnight(least((calendar.day + interval '1 month')::date, last_day + 1)) as ends_at
    from generate_series(
        date_trunc('month', first_day::timestamp), last_day::timestamp, interval '1 month'
    ) as calendar (day);
end;


create table activities (
    id bigint generated by default as identity constraint activities_pkey primary key,
    kind text not null,
    subject_type text not null,
    subject_id bigint not null,
    client_id bigint,
    actor_id uuid,
    actor text not null,
    details jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint activities_kind_upper_snake check (kind ~ '^[A-Z][A-Z_]*$'),
    constraint activities_subject_type_upper_snake check (subject_type ~ '^[A-Z][A-Z_]*$')
);
comment on column activities.actor is 'The name of whoever did it, as it was then; actor_id says who that is.';
comment on table activities is 'Who did what to what, and when; written in the same transaction as the deed.';

create index activities_created_at_idx on activities (created_at, id);
create index activities_client_idx on activities (client_id, created_at, id);
create index activities_actor_idx on activities (actor_id);
create index activities_subject_idx on activities (subject_type, subject_id, created_at, id);


create table idempotency_keys (
    caller text not null,
    key text not null,
    request_digest bytea not null,
    status smallint not null,
    headers jsonb not null,
    body bytea not null,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (caller, key)
);
comment on table idempotency_keys is 'The first answer to each Idempotency-Key, stored in the transaction of its effect and kept 24 hours.';

create index idempotency_keys_created_at_idx on idempotency_keys (created_at);


create type communication_channel as enum ('EMAIL', 'SMS');
create type communication_status as enum ('PENDING', 'SENT', 'FAILED');

create table communication_logs (
    id bigint generated by default as identity constraint communication_logs_pkey primary key,
    channel communication_channel not null,
    recipient text not null,
    template text not null,
    subject text,
    body bytea,
    status communication_status not null default 'PENDING',
    attempts integer not null default 0,
    error text,
    reference uuid not null default gen_random_uuid(),
    client_id bigint,
    expires_at timestamptz,
    sent_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint communication_logs_recipient_present check (recipient <> ''),
    constraint communication_logs_attempts_not_negative check (attempts >= 0),
    constraint communication_logs_body_while_pending check (body is not null or status <> 'PENDING'),
    constraint communication_logs_sent_at_with_status check ((sent_at is not null) = (status = 'SENT'))
);
comment on table communication_logs is 'The outbox: what is to be sent, and what became of it; written in the transaction that causes it.';
comment on column communication_logs.client_id is 'Whom it tells something as a client of the studio, wherever they are reached by now.';
comment on column communication_logs.body is 'Encrypted under a key that the database does not have: a message may hold a one-time link or code. Erased once it is sent.';
comment on column communication_logs.reference is 'What whoever takes the message knows it by: one that comes again is the same.';
comment on column communication_logs.expires_at is 'When the one-time link or code in it is of no use any more: it is not sent after that.';

create index communication_logs_created_at_idx on communication_logs (created_at, id);
create index communication_logs_status_idx on communication_logs (status, created_at, id);
create index communication_logs_recipient_idx on communication_logs (lower(recipient));
create index communication_logs_client_idx on communication_logs (client_id, id);


-- What is old is kept apart (docs/decisions/archive.md): beside a table that only grows there is one of the same columns in the
-- same order, with a partition for each month of UTC. Functions of the owner's alone move rows there, and erase from them.

-- When that begins which is not old: so many whole months before the present one, at least one.
create function archive_boundary(kept_months integer) returns timestamptz
language sql stable strict
return (
    date_trunc('month', now() at time zone 'UTC') - make_interval(months => greatest(kept_months, 1))
) at time zone 'UTC';

create function archive_partition_name(archive regclass, instant timestamptz) returns text
language sql stable strict
return (select relname || to_char(instant at time zone 'UTC', '_YYYY_MM') from pg_class where oid = archive);

create function archive_month_end(instant timestamptz) returns timestamptz
language sql stable strict
return (date_trunc('month', instant at time zone 'UTC') + interval '1 month') at time zone 'UTC';

-- Makes the partition of a month unless it is there. Attached, and not made as a partition: so it waits for nobody who reads,
-- nor they for it.
create function add_archive_partition(archive regclass, instant timestamptz) returns void
language plpgsql
as $$
declare
    partition_name constant text := archive_partition_name(archive, instant);
    month constant timestamp := date_trunc('month', instant at time zone 'UTC');
begin
    if to_regclass(format('%I.%I', current_schema(), partition_name)) is not null then
        return;
    end if;
    execute format('create table %I (like %s)', partition_name, archive);
    execute format(
        'alter table %s attach partition %I for values from (%L) to (%L)',
        archive,
        partition_name,
        month at time zone 'UTC',
        (month + interval '1 month') at time zone 'UTC'
    );
end;
$$;

-- Takes the advisory lock of the archive, to the end of the transaction, unless another has it: one at a time moves rows, or
-- takes a month away.
create function lock_archive() returns boolean
language sql volatile
return pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' archive', 0));


create table archived_communication_logs (like communication_logs) partition by range (created_at);
alter table archived_communication_logs add constraint archived_communication_logs_pkey primary key (id, created_at);
comment on table archived_communication_logs is 'Old messages that were sent, or never will be.';

create index archived_communication_logs_created_at_idx on archived_communication_logs (created_at, id);
create index archived_communication_logs_status_idx on archived_communication_logs (status, created_at, id);
create index archived_communication_logs_recipient_idx on archived_communication_logs (lower(recipient));
create index archived_communication_logs_client_idx on archived_communication_logs (client_id, id);

create view all_communication_logs as
select * from communication_logs
union all
select * from archived_communication_logs;

-- Moves so many of the oldest messages that were sent, or never will be, of one month, into the archive; but those that
-- somebody has locked. Gives how many, and nothing while another moves rows.
create function archive_communication_logs(kept_months integer, at_most integer) returns integer
language plpgsql security definer
set search_path from current
as $$
declare
    boundary constant timestamptz := archive_boundary(kept_months);
    oldest timestamptz;
    moved integer;
begin
    if not lock_archive() then
        return null;
    end if;
    select min(created_at) into oldest
    from communication_logs
    where status in ('SENT', 'FAILED') and created_at < boundary;
    if oldest is null then
        return 0;
    end if;
    perform add_archive_partition('archived_communication_logs', oldest);
    with moving as (
        delete from communication_logs
        where
            id in (
                select movable.id
                from communication_logs as movable
                where
                    movable.status in ('SENT', 'FAILED')
                    and movable.created_at < archive_month_end(oldest)
                order by movable.created_at, movable.id
                limit at_most
                for update skip locked
            )
        returning *
    )
    insert into archived_communication_logs select * from moving;
    get diagnostics moved = row_count;
    return moved;
end;
$$;

-- Removes from the archive what was sent to a client, or to these addresses and numbers.
create function delete_archived_messages(of_client_id bigint, recipients text[]) returns void
language sql security definer
set search_path from current
begin atomic
    delete from archived_communication_logs
    where
        client_id = of_client_id
        or lower(recipient) = any(array(select lower(addresses.address) from unnest(recipients) as addresses (address)));
end;


-- What has left the database: the file of each table's month. Where the trail goes on, its last row tells.
create table archive_exports (
    file_name text constraint archive_exports_pkey primary key,
    table_name text not null,
    month date not null,
    row_count bigint not null,
    sha256 text not null,
    last_audit_id bigint,
    last_audit_hash bytea,
    exported_at timestamptz not null default clock_timestamp(),
    constraint archive_exports_month_first_day check (extract(day from month) = 1),
    constraint archive_exports_row_count_not_negative check (row_count >= 0),
    constraint archive_exports_sha256_digest check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint archive_exports_audit_whole check ((last_audit_id is null) = (last_audit_hash is null))
);
comment on column archive_exports.last_audit_id is 'Of the trail: the last row in the file, whose hash the next one follows from.';

create index archive_exports_last_audit_idx on archive_exports (last_audit_id);

-- Lets nobody change a partition until the present transaction ends.
create function lock_archive_partition(of_partition regclass) returns void
language plpgsql
set lock_timeout to '10s'
as $$
begin
    execute format('lock table %s in share mode', of_partition);
end;
$$;

-- The rows of a partition, each as JSON on one line.
create function archived_rows(of_partition regclass) returns setof text
language plpgsql stable
set timezone to 'UTC'
as $$
begin
    return query execute format('select to_jsonb(archived)::text from %s as archived order by id', of_partition);
end;
$$;

-- Takes a partition away with its rows. Waits for whoever reads the archive, and not for long: others wait behind.
create function drop_archive_partition(of_partition regclass) returns void
language plpgsql
set lock_timeout to '10s'
as $$
begin
    execute format('drop table %s', of_partition);
end;
$$;


-- Checks at once what would be checked when the present transaction commits, for one that is not to commit.
create function check_deferred_constraints() returns void
language plpgsql
as $$
begin
    set constraints all immediate;
end;
$$;

-- Whether the present transaction, or a savepoint of it, has written a row that it sees, by the xmin of the row: what others
-- have not committed is not seen. Asked only of rows that are new, whose numbers have not come round. A savepoint's own
-- number is above that of its transaction.
create function is_written_here(written_by xid) returns boolean
language sql volatile
return (
    select case
        when steps.ahead < 2147483648
            then pg_xact_status((steps.of_transaction + steps.ahead)::text::xid8) = 'in progress'
        else false
    end
    from (
        select
            pg_current_xact_id()::text::bigint as of_transaction,
            (written_by::text::bigint - pg_current_xact_id()::xid::text::bigint + 4294967296) % 4294967296 as ahead
    ) as steps
);


create table database_backups (
    id bigint generated by default as identity constraint database_backups_pkey primary key,
    file_name text not null,
    taken_at timestamptz not null,
    size bigint not null,
    sha256 text not null,
    verified_at timestamptz,
    constraint database_backups_file_name_present check (file_name <> ''),
    constraint database_backups_size_positive check (size > 0),
    constraint database_backups_sha256_digest check (sha256 ~ '^[0-9a-f]{64}$')
);
comment on table database_backups is 'What was backed up of this database, and when it was verified; the file may be gone by now.';
comment on column database_backups.size is 'In bytes.';

create index database_backups_taken_at_idx on database_backups (taken_at, id);
create index database_backups_sha256_idx on database_backups (sha256);


-- How many rows a table has, of whatever name: what a backup is compared by.
create function count_rows(of_table regclass) returns bigint
language plpgsql stable
as $$
declare
    found bigint;
begin
    execute format('select count(*) from %s', of_table) into found;
    return found;
end;
$$;


-- What monitoring is told of the server, as the owner, who may see everybody's sessions (roles.sql): of a statement the
-- name that it is tagged with, and never its words. Where the owner may not either, what it does is HIDDEN.
create function server_sessions()
returns table (pid integer, state text, query_name text, seconds double precision, is_of_this_database boolean)
language sql stable security definer
begin atomic
    select
        pid,
        coalesce(upper(rtrim(regexp_replace(state, '\W+', '_', 'g'), '_')), 'HIDDEN') as state,
        substring(query from '^/\* (\w+\.\w+) \*/') as query_name,
        extract(epoch from clock_timestamp() - query_start)::double precision as seconds,
        datname = current_database() as is_of_this_database
    from pg_stat_activity
    where usesysid is not null and coalesce(backend_type, 'client backend') = 'client backend';
end;

-- The standbys that follow this server, and how far behind they are.
create function server_standbys()
returns table (pid integer, name text, state text, lag_bytes bigint, lag_seconds double precision)
language sql stable security definer
begin atomic
    select
        pid,
        application_name as name,
        coalesce(upper(state), 'HIDDEN') as state,
        case
            when pg_is_in_recovery() then pg_wal_lsn_diff(pg_last_wal_replay_lsn(), replay_lsn)
            else pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)
        end::bigint as lag_bytes,
        extract(epoch from replay_lag)::double precision as lag_seconds
    from pg_stat_replication;
end;


-- Which files of migrations/ this database has had, or was built with. Anybody may look: whoever connects is told, before
-- they act as any role, whether there are migrations that it has not had.
create table schema_migrations (
    id text constraint schema_migrations_pkey primary key,
    sha256 text not null,
    applied_at timestamptz not null default clock_timestamp(),
    constraint schema_migrations_id_numbered check (id ~ '^[0-9]{4}_[a-z0-9_]+$'),
    constraint schema_migrations_sha256_digest check (sha256 ~ '^[0-9a-f]{64}$')
);
comment on table schema_migrations is 'The migrations that this database has had, with what stood in their files.';

grant select on schema_migrations to public;

-- schema/studios.sql

-- The studios that share this database, each in a schema of its own that is like this one. Those of the schema that the server
-- is told of (DATABASE_SCHEMA) are the ones there are; in their own schemas, these tables are empty.

create table studios (
    name text not null constraint studios_pkey primary key,
    schema_name text not null generated always as ('studio_' || replace(name, '-', '_')) stored,
    created_at timestamptz not null default now(),
    constraint studios_name_plain check (name ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(name) <= 40)
);
comment on table studios is 'Beside the one whose schema this is. Of every name the schema follows, and no two have the same.';

create table studio_hosts (
    host text not null constraint studio_hosts_pkey primary key,
    studio_name text not null constraint studio_hosts_studio_fkey references studios on delete cascade,
    constraint studio_hosts_host_plain check (host ~ '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' and length(host) <= 253)
);
comment on column studio_hosts.host is 'Under which the studio is asked for, in small letters and without a port.';

create index studio_hosts_studio_name_idx on studio_hosts (studio_name);


-- Makes the schema of a studio, as whoever calls it, who needs to be allowed to; there, it stays as it is.
create procedure create_studio_schema(studio_name text)
language plpgsql as $$
begin
    execute format('create schema if not exists %I authorization photolens_owner', 'studio_' || replace(studio_name, '-', '_'));
end;
$$;

-- Drops the schema of a studio with everything in it.
create procedure drop_studio_schema(studio_name text)
language plpgsql as $$
begin
    execute format('drop schema if exists %I cascade', 'studio_' || replace(studio_name, '-', '_'));
end;
$$;

-- schema/identity.sql

-- Identity: accounts, sessions, one-time links and codes, personal access tokens, profiles. A secret is kept only as its
-- digest: of a token SHA-256, of a six-digit code an HMAC, of a password Argon2id.

create type user_role as enum ('OWNER', 'ADMIN', 'PHOTOGRAPHER', 'EDITOR', 'FINANCE', 'TRAINER', 'VENDOR', 'CUSTOMER');
create type user_status as enum ('PENDING', 'ACTIVE', 'SUSPENDED');
create type verification_purpose as enum ('VERIFY_EMAIL', 'RESET_PASSWORD', 'ACCEPT_INVITATION');
create type otp_purpose as enum ('LOGIN', 'SIGNUP', 'VERIFY');
create type permission as enum (
    'VIEW_DASHBOARD',
    'VIEW_BOOKINGS_ALL',
    'VIEW_BOOKINGS_SELF',
    'MANAGE_BOOKINGS',
    'VIEW_CLIENTS',
    'MANAGE_CLIENTS',
    'VIEW_INVOICES',
    'MANAGE_INVOICES',
    'VIEW_EDITING_ALL',
    'VIEW_EDITING_SELF',
    'MANAGE_EDITING',
    'VIEW_REPORTS',
    'VIEW_STAFF',
    'MANAGE_STAFF',
    'VIEW_SETTINGS',
    'MANAGE_SETTINGS',
    'MANAGE_EXPENSES'
);


create table auth_users (
    id uuid not null default gen_random_uuid() constraint auth_users_pkey primary key,
    name text not null,
    email text not null,
    email_verified timestamptz,
    image text,
    phone_number text,
    phone_verified timestamptz,
    role user_role not null default 'CUSTOMER',
    status user_status not null default 'PENDING',
    is_demo boolean not null default false,
    last_login_at timestamptz,
    access_ended_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint auth_users_name_present check (name <> ''),
    constraint auth_users_phone_number_key unique (phone_number),
    constraint auth_users_phone_number_e164 check (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
    constraint auth_users_phone_verified_is_there check (phone_verified is null or phone_number is not null),
    -- Whoever may do anything can be reached: by the e-mail or the phone that they have proved to be theirs.
    constraint auth_users_active_is_verified check (
        status <> 'ACTIVE' or email_verified is not null or phone_verified is not null
    ),
    -- Target of the composite foreign key by which a staff member keeps the role of their account.
    constraint auth_users_id_role_key unique (id, role)
);
comment on column auth_users.is_demo is 'Made by the demo seed, with a password that everybody knows: refused in production.';
comment on column auth_users.access_ended_at is 'When everything by which one came in was ended: a secret from before opens nothing.';

create unique index auth_users_email_key on auth_users (lower(email));
create index auth_users_created_at_idx on auth_users (created_at, id);
create index auth_users_name_idx on auth_users (lower(name), id);
create index auth_users_role_idx on auth_users (role, status);
create index auth_users_search_idx on auth_users
using gin (lower(name || ' ' || email || ' ' || coalesce(phone_number, '')) gin_trgm_ops);

-- platform.sql cannot name this table yet, so the feed's reference to it stands here.
alter table activities add constraint activities_actor_fkey
foreign key (actor_id) references auth_users (id) on delete set null;


create table auth_accounts (
    id bigint generated by default as identity constraint auth_accounts_pkey primary key,
    user_id uuid not null constraint auth_accounts_user_fkey references auth_users (id) on delete cascade,
    provider text not null,
    type text not null,
    provider_account_id text not null,
    access_token text,
    expires_at integer,
    refresh_token text,
    id_token text,
    scope text,
    session_state text,
    token_type text,
    password text,
    created_at timestamptz not null default now(),
    constraint auth_accounts_provider_account_key unique (provider_account_id, provider),
    -- A password in the clear, or under another hash, cannot even be stored.
    constraint auth_accounts_password_hashed check (password like '$argon2id$%'),
    constraint auth_accounts_credentials_have_password check (provider <> 'credentials' or password is not null)
);
comment on table auth_accounts is 'The ways a user signs in; provider credentials is e-mail and password.';

create index auth_accounts_user_idx on auth_accounts (user_id);
create unique index auth_accounts_credentials_key on auth_accounts (user_id) where provider = 'credentials';


create table auth_sessions (
    id bigint generated by default as identity constraint auth_sessions_pkey primary key,
    user_id uuid not null constraint auth_sessions_user_fkey references auth_users (id) on delete cascade,
    session_token bytea not null constraint auth_sessions_session_token_key unique,
    expires_at timestamptz not null default now() + interval '30 days',
    ip_address inet,
    user_agent text,
    last_seen_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    constraint auth_sessions_session_token_digest check (length(session_token) = 32)
);
comment on column auth_sessions.session_token is 'SHA-256 of the token; the token itself is only ever in its answer.';

create index auth_sessions_user_idx on auth_sessions (user_id, created_at, id);


create table api_tokens (
    id bigint generated by default as identity constraint api_tokens_pkey primary key,
    user_id uuid not null constraint api_tokens_user_fkey references auth_users (id) on delete cascade,
    name text not null,
    token bytea not null constraint api_tokens_token_key unique,
    permissions permission [] not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint api_tokens_name_present check (name <> ''),
    constraint api_tokens_token_digest check (length(token) = 32)
);
comment on table api_tokens is 'Personal access tokens: a part of what their holder may do, for a program.';

create unique index api_tokens_user_name_key on api_tokens (user_id, lower(name));
create index api_tokens_user_idx on api_tokens (user_id, created_at, id);


create table auth_verification_token (
    identifier text not null,
    token bytea not null,
    purpose verification_purpose not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    constraint auth_verification_token_pkey primary key (identifier, token),
    -- A new one kills the older of its kind.
    constraint auth_verification_token_purpose_key unique (identifier, purpose),
    constraint auth_verification_token_token_key unique (token),
    constraint auth_verification_token_token_digest check (length(token) = 32)
);
comment on table auth_verification_token is 'One-time links, by the e-mail they were sent to in lower case; gone once they are used.';

create index auth_verification_token_expires_at_idx on auth_verification_token (expires_at);


create table otp_sessions (
    id bigint generated by default as identity constraint otp_sessions_pkey primary key,
    phone_number text not null,
    otp_code bytea not null,
    purpose otp_purpose not null,
    expires_at timestamptz not null,
    is_used boolean not null default false,
    attempts smallint not null default 0,
    created_at timestamptz not null default now(),
    constraint otp_sessions_otp_code_digest check (length(otp_code) = 32),
    constraint otp_sessions_attempts_range check (attempts between 0 and 5)
);
comment on column otp_sessions.otp_code is 'HMAC of the code with its phone number and purpose, under a key that the database does not have.';

-- One code waits for an answer; the next one takes its place.
create unique index otp_sessions_waiting_key on otp_sessions (phone_number, purpose) where not is_used;
create index otp_sessions_expires_at_idx on otp_sessions (expires_at);


create table auth_attempts (
    action text not null,
    subject bytea not null,
    attempts integer not null default 1,
    resets_at timestamptz not null,
    constraint auth_attempts_pkey primary key (action, subject)
);
comment on table auth_attempts is 'How often an account (or an address) has tried something, counted here so that several server processes agree.';

create index auth_attempts_resets_at_idx on auth_attempts (resets_at);


create table user_profiles (
    user_id uuid not null
    constraint user_profiles_pkey primary key
    constraint user_profiles_user_fkey references auth_users (id) on delete cascade,
    date_of_birth date,
    phone text,
    bio text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);


create table addresses (
    id bigint generated by default as identity constraint addresses_pkey primary key,
    user_id uuid not null constraint addresses_user_fkey references user_profiles (user_id) on delete cascade,
    label text,
    line1 text not null,
    line2 text,
    city text not null,
    region text,
    postal_code text,
    country text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint addresses_line1_present check (line1 <> ''),
    constraint addresses_city_present check (city <> ''),
    constraint addresses_country_code check (country ~ '^[A-Z]{2}$')
);

create index addresses_user_idx on addresses (user_id, created_at, id);


create table user_access_changes (
    id bigint generated by default as identity constraint user_access_changes_pkey primary key,
    user_id uuid not null constraint user_access_changes_user_fkey references auth_users (id) on delete cascade,
    role user_role not null,
    status user_status not null,
    reason text not null,
    changed_by uuid constraint user_access_changes_changed_by_fkey references auth_users (id) on delete set null,
    changed_at timestamptz not null default now()
);
comment on table user_access_changes is 'What an administrator made of a user role and status, and why.';

create index user_access_changes_user_idx on user_access_changes (user_id, id);
create index user_access_changes_changed_by_idx on user_access_changes (changed_by);

-- schema/notifications.sql

-- Notifications: what each user is told, in their own order, and how besides in the application.

create type notification_type as enum (
    'CLASS_BOOKED',
    'CLASS_CANCELLED',
    'CLASS_MOVED',
    'CLASS_REMINDER',
    'CLASS_PROMOTED',
    'CLASS_OFFERED',
    'CLASS_OUT_OF_REACH',
    'INDUCTION_CHANGED',
    'PARQ_DECIDED',
    'SUBSCRIPTION_CHANGED',
    'CREDITS_GRANTED',
    'PHOTO_JOB_FINISHED',
    'SPACE_BOOKING_CHANGED',
    'SUPPORT_ANSWERED',
    'SUPPORT_CHANGED'
);


-- Whoever tells a user something counts here first, so that their numbers come to be seen in their order, without a gap: a
-- reader who has had one never misses one below it.
create table notification_inboxes (
    user_id uuid not null
    constraint notification_inboxes_pkey primary key
    constraint notification_inboxes_user_fkey references auth_users (id) on delete cascade,
    last_number bigint not null,
    constraint notification_inboxes_last_number_positive check (last_number > 0)
);


create table notifications (
    id bigint generated by default as identity constraint notifications_pkey primary key,
    user_id uuid not null constraint notifications_user_fkey references notification_inboxes (user_id) on delete cascade,
    number bigint not null,
    type notification_type not null,
    title text not null,
    body text not null,
    subject_type text,
    subject_id bigint,
    read_at timestamptz,
    delivered_at timestamptz,
    created_at timestamptz not null default now(),
    constraint notifications_user_number_key unique (user_id, number),
    constraint notifications_title_present check (title <> ''),
    constraint notifications_subject_whole check ((subject_type is null) = (subject_id is null)),
    constraint notifications_subject_type_upper_snake check (subject_type ~ '^[A-Z][A-Z_]*$')
);
comment on column notifications.number is 'One more than the one before, of each user: what a stream of events goes on after.';
comment on column notifications.delivered_at is 'When it was decided which e-mails and texts go out for it, and those were queued.';

create index notifications_unread_idx on notifications (user_id, number, id) where read_at is null;
create index notifications_type_idx on notifications (user_id, type, number, id);


create table notification_preferences (
    user_id uuid not null constraint notification_preferences_user_fkey references auth_users (id) on delete cascade,
    type notification_type not null,
    email boolean not null,
    sms boolean not null,
    updated_at timestamptz not null default now(),
    constraint notification_preferences_pkey primary key (user_id, type)
);
comment on table notification_preferences is 'By what else a user is told things of a type; where there is no row, as photolens/platform/rules.py has it.';

-- schema/support.sql

-- Support: what users ask of the studio, and what is said of it: to them, and among the team.

create type support_type as enum ('BOOKING', 'PAYMENT', 'ACCOUNT', 'TECHNICAL', 'OTHER');
create type support_priority as enum ('LOW', 'NORMAL', 'HIGH', 'URGENT');
create type support_status as enum ('OPEN', 'ASSIGNED', 'IN_PROGRESS', 'WAITING_CUSTOMER', 'RESOLVED', 'CLOSED');


create table support_problems (
    id bigint generated by default as identity constraint support_problems_pkey primary key,
    number text not null generated always as ('SUP-' || lpad(id::text, 6, '0')) stored
    constraint support_problems_number_key unique,
    user_id uuid not null constraint support_problems_user_fkey references auth_users (id),
    type support_type not null,
    priority support_priority not null default 'NORMAL',
    status support_status not null default 'OPEN',
    title text not null,
    description text not null,
    assignee_id uuid constraint support_problems_assignee_fkey references auth_users (id),
    resolved_at timestamptz,
    closed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint support_problems_title_present check (title <> ''),
    constraint support_problems_description_present check (description <> ''),
    constraint support_problems_assigned_to_somebody check (assignee_id is not null or status <> 'ASSIGNED'),
    constraint support_problems_resolved_at_with_status check (
        (resolved_at is not null) = (status in ('RESOLVED', 'CLOSED'))
    ),
    constraint support_problems_closed_at_with_status check ((closed_at is not null) = (status = 'CLOSED'))
);
comment on column support_problems.updated_at is 'Of what its user is shown: a note among the team does not move it.';

create index support_problems_user_idx on support_problems (user_id, created_at, id);
create index support_problems_assignee_idx on support_problems (assignee_id, created_at, id);
create index support_problems_status_idx on support_problems (status, created_at, id);
create index support_problems_priority_idx on support_problems (priority, created_at, id);
create index support_problems_created_at_idx on support_problems (created_at, id);
create index support_problems_search_idx on support_problems
using gin (lower(number || ' ' || title || ' ' || description) gin_trgm_ops);


create table support_comments (
    id bigint generated by default as identity constraint support_comments_pkey primary key,
    problem_id bigint not null constraint support_comments_problem_fkey references support_problems (id),
    author_id uuid not null constraint support_comments_author_fkey references auth_users (id),
    is_internal boolean not null default false,
    body text not null,
    created_at timestamptz not null default clock_timestamp(),
    constraint support_comments_body_present check (body <> '')
);
comment on column support_comments.id is 'Of a note among the team from support_notes_id_seq: whoever reads the others finds no gap where one is.';
comment on column support_comments.is_internal is 'A note among the team: nothing of it, not even that it is there, ever reaches the user.';

create index support_comments_problem_idx on support_comments (problem_id, created_at, id);
create index support_comments_author_idx on support_comments (author_id);

-- Far above what is ever said to users: the two never meet, and JavaScript still counts there.
create sequence support_notes_id_seq as bigint start with 1000000000001;

-- schema/credits.sql

-- Credits: what users have bought or been given, and what became of it. The ledger is added to and never changed; the balance
-- and what is left of each lot follow from it.

create type credit_transaction_kind as enum ('PURCHASE', 'DEBIT', 'REFUND', 'GRANT', 'EXPIRY', 'ADJUSTMENT');
create type purchase_status as enum ('PENDING', 'COMPLETED', 'FAILED');


create table user_credits (
    user_id uuid not null
    constraint user_credits_pkey primary key
    constraint user_credits_user_fkey references auth_users (id) on delete cascade,
    credits numeric(10, 2) not null default 0,
    free_used integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint user_credits_credits_not_negative check (credits >= 0),
    constraint user_credits_free_used_not_negative check (free_used >= 0)
);
comment on table user_credits is 'The balance of each user. Whoever moves credits locks it first, so that one at a time does.';
comment on column user_credits.credits is 'derived: credits.refresh_user_credits';
comment on column user_credits.free_used is 'derived: photos.refresh_free_used';

-- Every user has a balance, an empty one at first, whoever makes the account.
create function open_user_credits() returns trigger
language plpgsql as $$
begin
    insert into user_credits (user_id) values (new.id);
    return null;
end;
$$;

create trigger auth_users_have_credits
after insert on auth_users
for each row execute function open_user_credits();


-- Credits that are being bought, on a page of the provider's.
create table purchases (
    id bigint generated by default as identity constraint purchases_pkey primary key,
    -- The provider's idempotency key: one row never makes two sessions there.
    reference uuid not null default gen_random_uuid() constraint purchases_reference_key unique,
    user_id uuid not null constraint purchases_user_fkey references user_credits (user_id),
    product_credits integer not null,
    quantity integer not null,
    amount numeric(12, 2) not null,
    currency text not null,
    credits_purchased numeric(10, 2) not null,
    status purchase_status not null default 'PENDING',
    needs_review boolean not null default false,
    stripe_session_id text constraint purchases_stripe_session_id_key unique,
    stripe_payment_intent_id text,
    url text,
    expires_at timestamptz,
    idempotency_key text,
    completed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint purchases_idempotency_key unique (user_id, idempotency_key),
    constraint purchases_quantity_range check (quantity between 1 and 500),
    constraint purchases_amount_positive check (amount > 0),
    constraint purchases_credits_of_product check (
        product_credits > 0 and credits_purchased = product_credits * quantity
    ),
    constraint purchases_completed_at_with_status check ((status = 'COMPLETED') = (completed_at is not null))
);
comment on column purchases.needs_review is 'Money came that does not fit what was asked for: nothing was credited, a person is to look.';

create index purchases_user_idx on purchases (user_id, created_at, id);


create table credit_transactions (
    id bigint generated by default as identity constraint credit_transactions_pkey primary key,
    user_id uuid not null constraint credit_transactions_user_fkey references user_credits (user_id),
    kind credit_transaction_kind not null,
    delta numeric(10, 2) not null,
    balance_after numeric(10, 2) not null,
    purchase_id bigint constraint credit_transactions_purchase_fkey references purchases (id),
    photo_job_id bigint,
    session_booking_id bigint,
    subscription_grant_id bigint,
    reason text,
    recorded_by text,
    -- By the clock: whoever has waited for the balance is later than whom they waited for.
    created_at timestamptz not null default clock_timestamp(),
    constraint credit_transactions_balance_not_negative check (balance_after >= 0),
    constraint credit_transactions_sign_of_kind check (
        case
            when kind in ('PURCHASE', 'REFUND', 'GRANT') then delta > 0
            when kind in ('DEBIT', 'EXPIRY') then delta < 0
            else delta <> 0
        end
    ),
    constraint credit_transactions_for_something check (
        (kind = 'PURCHASE') = (purchase_id is not null)
        and num_nonnulls(photo_job_id, session_booking_id) = case when kind in ('DEBIT', 'REFUND') then 1 else 0 end
        and (subscription_grant_id is null or kind = 'GRANT')
        and (
            (reason is not null and recorded_by is not null)
            or case kind when 'ADJUSTMENT' then false when 'GRANT' then subscription_grant_id is not null else true end
        )
    )
);
comment on table credit_transactions is 'The ledger: its sum for a user is the balance, after each row balance_after.';
comment on column credit_transactions.recorded_by is 'Who gave a reason; what a user has done themselves, and what came of itself, names nobody.';

create index credit_transactions_user_idx on credit_transactions (user_id, id);
create index credit_transactions_created_at_idx on credit_transactions (user_id, created_at, id);
-- A purchase and a period are credited once; a job and a place are paid for once, and that is given back at most once.
create unique index credit_transactions_purchase_key on credit_transactions (purchase_id);
create unique index credit_transactions_photo_job_key on credit_transactions (photo_job_id, kind);
create unique index credit_transactions_session_booking_key on credit_transactions (session_booking_id, kind);
create unique index credit_transactions_subscription_grant_key on credit_transactions (subscription_grant_id);


-- Credits that came together and expire together: what expires first is spent first.
create table credit_lots (
    id bigint generated by default as identity constraint credit_lots_pkey primary key,
    user_id uuid not null constraint credit_lots_user_fkey references user_credits (user_id),
    transaction_id bigint not null
    constraint credit_lots_transaction_key unique
    constraint credit_lots_transaction_fkey references credit_transactions (id),
    amount numeric(10, 2) not null,
    remaining numeric(10, 2) not null default 0,
    expires_at timestamptz,
    constraint credit_lots_amount_positive check (amount > 0),
    constraint credit_lots_remaining_within_amount check (remaining between 0 and amount)
);
comment on column credit_lots.remaining is 'derived: credits.refresh_credit_lots';

create index credit_lots_user_idx on credit_lots (user_id, expires_at, id);
create index credit_lots_expires_at_idx on credit_lots (expires_at) where remaining > 0;


-- From which lots a transaction took, or to which it gave back.
create table credit_lot_movements (
    transaction_id bigint not null constraint credit_lot_movements_transaction_fkey references credit_transactions (id),
    lot_id bigint not null constraint credit_lot_movements_lot_fkey references credit_lots (id),
    delta numeric(10, 2) not null,
    constraint credit_lot_movements_pkey primary key (transaction_id, lot_id),
    constraint credit_lot_movements_delta_not_zero check (delta <> 0)
);

create index credit_lot_movements_lot_idx on credit_lot_movements (lot_id);


-- What each user can spend now: without what has expired and is still to be written off.
create view credit_balances as
select
    user_credits.user_id,
    user_credits.credits - (
        select coalesce(sum(credit_lots.remaining), 0)
        from credit_lots
        where
            credit_lots.user_id = user_credits.user_id
            and credit_lots.remaining > 0
            and credit_lots.expires_at <= now()
    ) as credits,
    user_credits.free_used
from user_credits;

-- schema/studio.sql

-- The studio: clients, catalogue, people, shoots, editing and expenses.

create type staff_status as enum ('INVITED', 'ACTIVE', 'INACTIVE');
create type booking_status as enum ('PENDING', 'SCHEDULED', 'COMPLETED', 'CANCELLED');
create type editing_status as enum ('PENDING', 'IN_PROGRESS', 'DELIVERED', 'REVISION', 'ARCHIVED');
create type editing_priority as enum ('NORMAL', 'HIGH', 'URGENT');
create type stage_colour as enum ('SLATE', 'YELLOW', 'BLUE', 'PURPLE', 'GREEN');
create type recurrence_frequency as enum ('DAILY', 'WEEKLY', 'MONTHLY');
create type financial_status as enum ('OVERDUE', 'HIGH_VALUE', 'GOOD_STANDING');
create type expense_category as enum ('SOFTWARE', 'STUDIO', 'MARKETING', 'GEAR', 'TRAVEL', 'OTHER');
create type work_package_status as enum ('OPEN', 'CLOSED');
create type payment_account_kind as enum ('BANK', 'CASH', 'DIGITAL_WALLET', 'OTHER');


create table clients (
    id bigint generated by default as identity constraint clients_pkey primary key,
    name text not null,
    email text not null,
    phone text,
    notes text,
    avatar_url text,
    total_revenue numeric(12, 2) not null default 0,
    total_sessions integer not null default 0,
    archived_at timestamptz,
    erased_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint clients_name_present check (name <> ''),
    constraint clients_total_revenue_not_negative check (total_revenue >= 0),
    constraint clients_total_sessions_not_negative check (total_sessions >= 0),
    constraint clients_erased_is_archived check (erased_at is null or archived_at is not null)
);
comment on column clients.total_revenue is 'derived: billing.refresh_client_revenue';
comment on column clients.total_sessions is 'derived: studio.refresh_client_sessions';

create unique index clients_email_key on clients (lower(email));
create index clients_name_idx on clients (lower(name), id);
create index clients_total_revenue_idx on clients (total_revenue, id);
create index clients_created_at_idx on clients (created_at, id);
-- For the lists of bookings, jobs and invoices, which are searched by whom they are for.
create index clients_name_search_idx on clients using gin (lower(name) gin_trgm_ops);
create index clients_search_idx on clients
using gin (lower(name || ' ' || email || ' ' || coalesce(phone, '')) gin_trgm_ops);

-- platform.sql cannot name this table yet, so the references of the feed and of the outbox to it stand here.
alter table activities add constraint activities_client_fkey
foreign key (client_id) references clients (id) on delete set null;
alter table communication_logs add constraint communication_logs_client_fkey
foreign key (client_id) references clients (id) on delete set null;
alter table archived_communication_logs add constraint archived_communication_logs_client_fkey
foreign key (client_id) references clients (id) on delete set null;


-- The people at a client who may sign in to the portal.
create table client_contacts (
    id bigint generated by default as identity constraint client_contacts_pkey primary key,
    client_id bigint not null constraint client_contacts_client_fkey references clients (id) on delete cascade,
    user_id uuid
    constraint client_contacts_user_key unique
    constraint client_contacts_user_fkey references auth_users (id),
    name text not null,
    title text,
    email text not null,
    phone text,
    is_primary boolean not null default false,
    is_active boolean not null default true,
    activated_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint client_contacts_name_present check (name <> ''),
    constraint client_contacts_activated_with_account check ((user_id is null) = (activated_at is null)),
    -- Target of the composite foreign key by which an invoice is paid by somebody at its own client.
    constraint client_contacts_id_client_key unique (id, client_id)
);
comment on column client_contacts.user_id is 'The account by which they sign in, from their activation on.';

-- Whoever signs in by an e-mail is one contact of one client.
create unique index client_contacts_email_key on client_contacts (lower(email));
create unique index client_contacts_primary_key on client_contacts (client_id) where is_primary;
create index client_contacts_client_idx on client_contacts (client_id, lower(name), id);


create table contact_invites (
    contact_id bigint not null
    constraint contact_invites_pkey primary key
    constraint contact_invites_contact_fkey references client_contacts (id) on delete cascade,
    token bytea not null constraint contact_invites_token_key unique,
    expires_at timestamptz not null default now() + interval '7 days',
    created_at timestamptz not null default now(),
    constraint contact_invites_token_digest check (length(token) = 32)
);
comment on table contact_invites is 'The one link by which a contact may activate their account; gone once it is used.';


-- What a client and the studio have agreed on: bookings and invoices may belong to it.
create table work_packages (
    id bigint generated by default as identity constraint work_packages_pkey primary key,
    client_id bigint not null constraint work_packages_client_fkey references clients (id),
    name text not null,
    description text,
    status work_package_status not null default 'OPEN',
    starts_on date,
    ends_on date,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint work_packages_name_present check (name <> ''),
    constraint work_packages_ends_after_start check (ends_on >= starts_on),
    -- Target of the composite foreign keys by which bookings and invoices keep to the package's client.
    constraint work_packages_id_client_key unique (id, client_id)
);

create index work_packages_client_idx on work_packages (client_id, created_at, id);
create index work_packages_created_at_idx on work_packages (created_at, id);


create table session_categories (
    id bigint generated by default as identity constraint session_categories_pkey primary key,
    name text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint session_categories_name_present check (name <> '')
);

create unique index session_categories_name_key on session_categories (lower(name));


create table session_packages (
    id bigint generated by default as identity constraint session_packages_pkey primary key,
    category_id bigint not null constraint session_packages_category_fkey references session_categories (id),
    name text not null,
    description text,
    price numeric(12, 2) not null,
    duration_minutes integer not null default 90,
    inclusions text[] not null default '{}',
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint session_packages_name_present check (name <> ''),
    constraint session_packages_price_not_negative check (price >= 0),
    constraint session_packages_duration_range check (duration_minutes between 1 and 44640)
);

create unique index session_packages_category_name_key on session_packages (category_id, lower(name));
create index session_packages_name_idx on session_packages (lower(name), id);
create index session_packages_price_idx on session_packages (price, id);


create table staff_members (
    id bigint generated by default as identity constraint staff_members_pkey primary key,
    user_id uuid constraint staff_members_user_key unique,
    name text not null,
    role user_role not null,
    email text,
    phone text,
    avatar_url text,
    status staff_status not null default 'ACTIVE',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint staff_members_name_present check (name <> ''),
    constraint staff_members_role_of_staff check (role not in ('TRAINER', 'VENDOR', 'CUSTOMER')),
    constraint staff_members_invited_to_an_account check (status <> 'INVITED' or user_id is null),
    -- What a member is called and what their account may do is one thing: the cascade keeps the two equal.
    constraint staff_members_user_fkey foreign key (user_id, role)
    references auth_users (id, role) on update cascade
);

create index staff_members_user_role_idx on staff_members (user_id, role);
create unique index staff_members_email_key on staff_members (lower(email));
create index staff_members_name_idx on staff_members (lower(name), id);


-- A calendar program subscribes by a secret address; of the secret only its digest is kept.
create table calendar_links (
    staff_id bigint not null
    constraint calendar_links_pkey primary key
    constraint calendar_links_staff_fkey references staff_members (id) on delete cascade,
    token bytea not null constraint calendar_links_token_key unique,
    created_at timestamptz not null default now(),
    constraint calendar_links_token_digest check (length(token) = 32)
);


create table rooms (
    id bigint generated by default as identity constraint rooms_pkey primary key,
    name text not null,
    notes text,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint rooms_name_present check (name <> '')
);

create unique index rooms_name_key on rooms (lower(name));


create table booking_series (
    id bigint generated by default as identity constraint booking_series_pkey primary key,
    -- A rule by which no booking is there any more holds nobody back; bookings hold their client, and their series.
    client_id bigint not null
    constraint booking_series_client_fkey references clients (id) on delete cascade,
    frequency recurrence_frequency not null,
    every integer not null default 1,
    weekdays weekday [] not null default '{}',
    starts_on date not null,
    starts_at time not null,
    occurrences integer,
    until date,
    created_at timestamptz not null default now(),
    constraint booking_series_every_positive check (every > 0),
    constraint booking_series_occurrences_positive check (occurrences > 0),
    -- It ends after so many times or on a day: one of the two.
    constraint booking_series_ends check ((occurrences is null) <> (until is null)),
    constraint booking_series_weekdays_of_weeks check (frequency = 'WEEKLY' or weekdays = '{}'),
    constraint booking_series_until_after_start check (until >= starts_on)
);
comment on table booking_series is 'The rule by which bookings were made that recur; their time of day is the studio''s.';

create index booking_series_client_idx on booking_series (client_id);


create table bookings (
    id bigint generated by default as identity constraint bookings_pkey primary key,
    client_id bigint not null constraint bookings_client_fkey references clients (id),
    session_type_id bigint not null constraint bookings_session_type_fkey references session_packages (id),
    session_date timestamptz not null,
    ends_at timestamptz not null,
    -- The time this booking takes from its people: half-open, and empty once it is cancelled.
    occupied tstzrange not null generated always as (
        case
            when status = 'CANCELLED' or ends_at <= session_date then 'empty'::tstzrange
            else tstzrange(session_date, ends_at)
        end
    ) stored,
    room_id bigint constraint bookings_room_fkey references rooms (id),
    series_id bigint constraint bookings_series_fkey references booking_series (id),
    work_package_id bigint,
    location text not null,
    price numeric(12, 2) not null,
    status booking_status not null default 'SCHEDULED',
    notes text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint bookings_work_package_fkey foreign key (work_package_id, client_id)
    references work_packages (id, client_id),
    constraint bookings_location_present check (location <> ''),
    constraint bookings_price_not_negative check (price >= 0),
    constraint bookings_ends_after_start check (ends_at > session_date),
    -- Targets of the composite foreign keys by which an invoice keeps to the booking's client and an assignment to its time.
    constraint bookings_id_client_key unique (id, client_id),
    constraint bookings_id_occupied_key unique (id, occupied),
    -- One room holds one session at a time.
    constraint bookings_room_no_overlap exclude using gist (room_id with =, occupied with &&) where (room_id is not null)
);

create index bookings_session_date_idx on bookings (session_date, id);
create index bookings_created_at_idx on bookings (created_at, id);
create index bookings_client_idx on bookings (client_id, session_date);
create index bookings_session_type_idx on bookings (session_type_id);
create index bookings_room_idx on bookings (room_id, session_date);
create index bookings_work_package_idx on bookings (work_package_id, client_id);
create index bookings_series_idx on bookings (series_id, session_date);


create table staff_assignments (
    id bigint generated by default as identity constraint staff_assignments_pkey primary key,
    booking_id bigint not null,
    staff_id bigint not null constraint staff_assignments_staff_fkey references staff_members (id),
    role text,
    occupied tstzrange not null,
    created_at timestamptz not null default now(),
    constraint staff_assignments_booking_staff_key unique (booking_id, staff_id),
    -- The booking's time is repeated here for the rule below; the cascade keeps the two equal, whoever moves the booking.
    constraint staff_assignments_booking_fkey foreign key (booking_id, occupied)
    references bookings (id, occupied) on update cascade on delete cascade,
    -- One person cannot be in two places.
    constraint staff_assignments_no_overlap exclude using gist (staff_id with =, occupied with &&)
);

create index staff_assignments_booking_occupied_idx on staff_assignments (booking_id, occupied);


-- The photos that the client has chosen to be edited.
create table photo_selections (
    id bigint generated by default as identity constraint photo_selections_pkey primary key,
    booking_id bigint not null constraint photo_selections_booking_fkey references bookings (id) on delete cascade,
    name text not null,
    is_edited boolean not null default false,
    position integer not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint photo_selections_name_present check (name <> ''),
    constraint photo_selections_booking_position_key unique (booking_id, position)
);

create unique index photo_selections_booking_name_key on photo_selections (booking_id, lower(name));


-- The columns of the editing board.
create table editing_stages (
    id bigint generated by default as identity constraint editing_stages_pkey primary key,
    name text not null,
    colour stage_colour not null,
    position integer not null,
    status editing_status not null,
    awaits_selection boolean not null default false,
    awaits_approval boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint editing_stages_name_present check (name <> ''),
    -- Checked at the end of a statement, which may move several stages along.
    constraint editing_stages_position_key unique (position) deferrable,
    constraint editing_stages_status_on_board check (status <> 'ARCHIVED'),
    constraint editing_stages_selection_before_work check (status = 'PENDING' or not awaits_selection),
    constraint editing_stages_approval_of_work check (status = 'IN_PROGRESS' or not awaits_approval),
    -- Target of the composite foreign key by which a job has the status that its stage stands for.
    constraint editing_stages_id_status_key unique (id, status)
);
comment on column editing_stages.status is 'What a job in this stage is said to be; a job that changes stage takes its status.';
comment on column editing_stages.awaits_selection is 'Jobs wait here until the client has chosen; finalising the selection moves them on.';
comment on column editing_stages.awaits_approval is 'Jobs wait here for the client, who approves them or sends them back to work.';

create unique index editing_stages_name_key on editing_stages (lower(name));

insert into editing_stages (name, colour, position, status, awaits_selection, awaits_approval)
values
('Awaiting Selection', 'SLATE', 1, 'PENDING', true, false),
('Ready for Edit', 'YELLOW', 2, 'PENDING', false, false),
('In Progress', 'BLUE', 3, 'IN_PROGRESS', false, false),
('Client Review', 'PURPLE', 4, 'IN_PROGRESS', false, true),
('Completed', 'GREEN', 5, 'DELIVERED', false, false),
('Revision', 'YELLOW', 6, 'REVISION', false, false);


create table editing_jobs (
    id bigint generated by default as identity constraint editing_jobs_pkey primary key,
    booking_id bigint not null
    constraint editing_jobs_booking_key unique
    constraint editing_jobs_booking_fkey references bookings (id),
    editor_id bigint constraint editing_jobs_editor_fkey references staff_members (id),
    stage_id bigint not null,
    status editing_status not null default 'PENDING',
    -- A job that is archived stays in the stage that it was delivered in.
    stage_status editing_status not null generated always as (
        case when status = 'ARCHIVED' then 'DELIVERED' else status end
    ) stored,
    priority editing_priority not null default 'NORMAL',
    due_date date,
    notes text,
    drive_folder_url text,
    photographer_notes text,
    uploaded_at timestamptz,
    revision_count integer not null default 0,
    delivered_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint editing_jobs_revision_count_not_negative check (revision_count >= 0),
    constraint editing_jobs_delivered_at_with_status check ((status in ('DELIVERED', 'ARCHIVED')) = (delivered_at is not null)),
    constraint editing_jobs_stage_fkey foreign key (stage_id, stage_status) references editing_stages (id, status)
);
comment on column editing_jobs.stage_id is 'derived: studio.refresh_editing_job_stage';
comment on column editing_jobs.status is 'derived: studio.refresh_editing_job_stage';
comment on column editing_jobs.delivered_at is 'derived: studio.refresh_editing_job_stage';
comment on column editing_jobs.revision_count is 'derived: studio.refresh_editing_job_revisions';

create index editing_jobs_created_at_idx on editing_jobs (created_at, id);
create index editing_jobs_due_date_idx on editing_jobs (coalesce(due_date, 'infinity'), id);
create index editing_jobs_priority_idx on editing_jobs (priority, id);
create index editing_jobs_editor_idx on editing_jobs (editor_id);
create index editing_jobs_status_idx on editing_jobs (status, id);
create index editing_jobs_stage_idx on editing_jobs (stage_id, stage_status);
-- The order of a column of the board: of what was delivered the newest, of the rest the most urgent first.
create index editing_jobs_board_idx on editing_jobs (
    stage_id, delivered_at desc, priority desc, (coalesce(due_date, 'infinity')), id
) where status <> 'ARCHIVED';


create table editing_status_logs (
    id bigint generated by default as identity constraint editing_status_logs_pkey primary key,
    editing_job_id bigint not null
    constraint editing_status_logs_editing_job_fkey references editing_jobs (id) on delete cascade,
    stage_id bigint constraint editing_status_logs_stage_fkey references editing_stages (id) on delete set null,
    status editing_status not null,
    changed_at timestamptz not null default now(),
    changed_by text not null,
    notes text
);

create index editing_status_logs_editing_job_idx on editing_status_logs (editing_job_id, id);
create index editing_status_logs_stage_idx on editing_status_logs (stage_id);
create index editing_status_logs_changed_at_idx on editing_status_logs (changed_at, editing_job_id);
-- The deliveries of each job, by which the first is told from those after a revision.
create index editing_status_logs_delivered_idx on editing_status_logs (editing_job_id, id) include (changed_at)
where status = 'DELIVERED';


create table editing_revisions (
    id bigint generated by default as identity constraint editing_revisions_pkey primary key,
    editing_job_id bigint not null
    constraint editing_revisions_editing_job_fkey references editing_jobs (id) on delete cascade,
    note text not null,
    requested_by text not null,
    is_from_client boolean not null default false,
    requested_at timestamptz not null default now(),
    constraint editing_revisions_note_present check (note <> '')
);

comment on column editing_revisions.is_from_client is 'Asked for by a contact of the client, who is shown the note.';

create index editing_revisions_editing_job_idx on editing_revisions (editing_job_id, id);


create table payment_accounts (
    id bigint generated by default as identity constraint payment_accounts_pkey primary key,
    name text not null,
    kind payment_account_kind not null,
    details text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint payment_accounts_name_present check (name <> '')
);

create unique index payment_accounts_name_key on payment_accounts (lower(name));


create table expenses (
    id bigint generated by default as identity constraint expenses_pkey primary key,
    booking_id bigint constraint expenses_booking_fkey references bookings (id),
    category expense_category not null,
    description text,
    amount numeric(12, 2) not null,
    incurred_at timestamptz not null default now(),
    notes text,
    payment_account_id bigint constraint expenses_payment_account_fkey references payment_accounts (id),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint expenses_amount_positive check (amount > 0)
);

create index expenses_booking_idx on expenses (booking_id);
create index expenses_payment_account_idx on expenses (payment_account_id);
create index expenses_incurred_at_idx on expenses (incurred_at, id);
create index expenses_amount_idx on expenses (amount, id);

-- schema/billing.sql

-- Billing: invoices, their items and milestones, the money that came in and went back, and how it is paid online.

create type invoice_status as enum ('DRAFT', 'SENT', 'PARTIALLY_PAID', 'PAID', 'OVERDUE', 'VOID');
create type milestone_status as enum ('PENDING', 'PARTIAL', 'PAID');
create type refund_status as enum ('PENDING', 'SUCCEEDED', 'FAILED');
-- In the order of what outweighs what: events of a checkout may come in any order, and its status is the last of them here.
create type checkout_status as enum ('CREATING', 'OPEN', 'EXPIRED', 'PROCESSING', 'FAILED', 'PAID');
create type stripe_event_outcome as enum ('PENDING', 'PROCESSED', 'IGNORED', 'FAILED');


create table invoice_counter (
    id smallint not null default 1 constraint invoice_counter_pkey primary key,
    last_sequence bigint not null default 0,
    constraint invoice_counter_one_row check (id = 1)
);
comment on table invoice_counter is 'One row, locked by whoever issues an invoice: a number that is rolled back is given again, so there are no gaps.';

insert into invoice_counter default values;


create table invoices (
    id bigint generated by default as identity constraint invoices_pkey primary key,
    client_id bigint not null constraint invoices_client_fkey references clients (id),
    booking_id bigint,
    work_package_id bigint,
    invoice_sequence bigint constraint invoices_invoice_sequence_key unique,
    invoice_number text constraint invoices_invoice_number_key unique,
    invoice_name text,
    invoice_description text,
    issue_date date not null default studio_today(),
    due_date date,
    status invoice_status not null default 'DRAFT',
    currency text not null,
    subtotal numeric(12, 2) not null default 0,
    discount_amount numeric(12, 2) not null default 0,
    tax_rate numeric(6, 3) not null default 0,
    tax_amount numeric(12, 2) not null default 0,
    total_amount numeric(12, 2) not null default 0,
    balance_due numeric(12, 2) not null default 0,
    overpaid_amount numeric(12, 2) not null default 0,
    paid_at timestamptz,
    paid_by_contact_id bigint,
    stripe_checkout_session_id text constraint invoices_stripe_checkout_session_id_key unique,
    stripe_payment_intent_id text constraint invoices_stripe_payment_intent_id_key unique,
    stripe_customer_id text,
    needs_review boolean not null default false,
    last_reminder_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- A booking is billed to its own client.
    constraint invoices_booking_fkey foreign key (booking_id, client_id) references bookings (id, client_id),
    constraint invoices_work_package_fkey foreign key (work_package_id, client_id)
    references work_packages (id, client_id),
    constraint invoices_paid_by_contact_fkey foreign key (paid_by_contact_id, client_id)
    references client_contacts (id, client_id),
    -- Target of the composite foreign keys by which money keeps to the invoice's currency, and holds it still.
    constraint invoices_id_currency_key unique (id, currency),
    constraint invoices_currency_code check (currency ~ '^[A-Z]{3}$'),
    constraint invoices_due_after_issue check (due_date >= issue_date),
    -- Numbered when it is issued and never again; a draft that was voided has no number.
    constraint invoices_numbered_once_issued check (
        (invoice_number is null) = (invoice_sequence is null)
        and case status
            when 'DRAFT' then invoice_number is null
            when 'VOID' then true
            else invoice_number is not null
        end
    ),
    constraint invoices_discount_within_subtotal check (discount_amount between 0 and subtotal),
    constraint invoices_tax_rate_range check (tax_rate between 0 and 100),
    -- Rounded half-up, once; a total is the sum of what stands on the invoice and is never rounded again.
    constraint invoices_tax_rounded_once check (tax_amount = round((subtotal - discount_amount) * tax_rate / 100, 2)),
    constraint invoices_parts_add_up check (total_amount = subtotal - discount_amount + tax_amount),
    constraint invoices_balance_not_negative check (balance_due >= 0),
    -- The last word on overpayment: more money than the total is only kept where somebody is told to look.
    constraint invoices_overpaid_is_reviewed check (
        overpaid_amount = 0 or (overpaid_amount > 0 and balance_due = 0 and needs_review)
    ),
    constraint invoices_balance_within_total check (balance_due <= total_amount),
    constraint invoices_status_fits_balance check (
        case
            when status in ('PAID', 'VOID') then balance_due = 0
            when status in ('PARTIALLY_PAID', 'OVERDUE') then balance_due > 0
            else balance_due = total_amount
        end
    )
);
comment on column invoices.status is 'derived: billing.refresh_invoice';
comment on column invoices.subtotal is 'derived: billing.refresh_invoice';
comment on column invoices.tax_amount is 'derived: billing.refresh_invoice';
comment on column invoices.total_amount is 'derived: billing.refresh_invoice';
comment on column invoices.balance_due is 'derived: billing.refresh_invoice';
comment on column invoices.overpaid_amount is 'derived: billing.refresh_invoice';
comment on column invoices.paid_at is 'derived: billing.refresh_invoice';
comment on column invoices.paid_by_contact_id is 'derived: billing.refresh_invoice';
comment on column invoices.stripe_checkout_session_id is 'derived: billing.refresh_invoice';
comment on column invoices.stripe_payment_intent_id is 'derived: billing.refresh_invoice';
comment on column invoices.stripe_customer_id is 'derived: billing.refresh_invoice';
comment on column invoices.tax_rate is 'In percent: 8.875 is 8.875 %.';
comment on column invoices.needs_review is 'Set where a provider took money that does not fit; taken back by a person.';

create index invoices_client_idx on invoices (client_id);
create index invoices_booking_idx on invoices (booking_id, client_id);
create index invoices_work_package_idx on invoices (work_package_id, client_id);
create index invoices_paid_by_contact_idx on invoices (paid_by_contact_id, client_id);
create index invoices_needs_review_idx on invoices (id) where needs_review;
create index invoices_issue_date_idx on invoices (issue_date, id);
create index invoices_due_date_idx on invoices (coalesce(due_date, 'infinity'), id);
create index invoices_status_idx on invoices (status, issue_date, id);
-- What is still to be paid, which is little beside what was: by client, and by the day it is due.
create index invoices_client_open_idx on invoices (client_id, due_date)
where balance_due > 0 and status not in ('DRAFT', 'VOID');
create index invoices_open_due_date_idx on invoices (due_date, id)
where balance_due > 0 and status not in ('DRAFT', 'VOID');


create table invoice_items (
    id bigint generated by default as identity constraint invoice_items_pkey primary key,
    invoice_id bigint not null constraint invoice_items_invoice_fkey references invoices (id) on delete cascade,
    position integer not null,
    name text not null,
    quantity numeric(12, 3) not null default 1,
    unit_price numeric(12, 2) not null,
    -- Rounded half-up, once, for each item; a total is a sum of these and is never rounded again.
    amount numeric(12, 2) not null generated always as (round(quantity * unit_price, 2)) stored,
    expense_id bigint
    constraint invoice_items_expense_key unique
    constraint invoice_items_expense_fkey references expenses (id),
    constraint invoice_items_invoice_position_key unique (invoice_id, position),
    constraint invoice_items_name_present check (name <> ''),
    constraint invoice_items_quantity_positive check (quantity > 0),
    constraint invoice_items_unit_price_not_negative check (unit_price >= 0)
);


-- In what parts an invoice is to be paid, and by when.
create table invoice_milestones (
    id bigint generated by default as identity constraint invoice_milestones_pkey primary key,
    invoice_id bigint not null constraint invoice_milestones_invoice_fkey references invoices (id) on delete cascade,
    position integer not null,
    label text not null,
    description text,
    expected_amount numeric(12, 2) not null,
    expected_date date,
    paid_amount numeric(12, 2) not null default 0,
    status milestone_status not null default 'PENDING',
    constraint invoice_milestones_invoice_position_key unique (invoice_id, position),
    -- Target of the composite foreign keys by which money for a milestone keeps to its invoice.
    constraint invoice_milestones_id_invoice_key unique (id, invoice_id),
    constraint invoice_milestones_label_present check (label <> ''),
    constraint invoice_milestones_expected_amount_positive check (expected_amount > 0),
    constraint invoice_milestones_paid_within_expected check (paid_amount between 0 and expected_amount),
    constraint invoice_milestones_status_fits_paid check (
        status = case
            when paid_amount = 0 then 'PENDING'
            when paid_amount < expected_amount then 'PARTIAL'
            else 'PAID'
        end::milestone_status
    )
);
comment on column invoice_milestones.paid_amount is 'derived: billing.refresh_invoice_milestones';
comment on column invoice_milestones.status is 'derived: billing.refresh_invoice_milestones';


-- Money that came in. Rows are added and never changed: a refund corrects them.
create table payments (
    id bigint generated by default as identity constraint payments_pkey primary key,
    invoice_id bigint not null,
    milestone_id bigint,
    amount numeric(12, 2) not null,
    currency text not null,
    paid_at timestamptz not null default now(),
    method text,
    notes text,
    payment_account_id bigint constraint payments_payment_account_fkey references payment_accounts (id),
    stripe_session_id text constraint payments_stripe_session_id_key unique,
    stripe_payment_intent_id text constraint payments_stripe_payment_intent_id_key unique,
    paid_by_contact_id bigint constraint payments_paid_by_contact_fkey references client_contacts (id),
    recorded_by text not null,
    created_at timestamptz not null default now(),
    constraint payments_invoice_fkey foreign key (invoice_id, currency) references invoices (id, currency),
    constraint payments_milestone_fkey foreign key (milestone_id, invoice_id)
    references invoice_milestones (id, invoice_id),
    -- Target of the composite foreign key by which an allocation keeps to the payment's invoice.
    constraint payments_id_invoice_key unique (id, invoice_id),
    constraint payments_amount_positive check (amount > 0)
);

create index payments_invoice_idx on payments (invoice_id, paid_at, id);
create index payments_invoice_currency_idx on payments (invoice_id, currency);
create index payments_milestone_idx on payments (milestone_id, invoice_id);
create index payments_paid_at_idx on payments (paid_at, id);
create index payments_payment_account_idx on payments (payment_account_id);
create index payments_paid_by_contact_idx on payments (paid_by_contact_id);


-- Money that went back, or is on its way: what failed to count for nothing.
create table refunds (
    id bigint generated by default as identity constraint refunds_pkey primary key,
    payment_id bigint not null constraint refunds_payment_fkey references payments (id),
    amount numeric(12, 2) not null,
    reason text,
    status refund_status not null default 'SUCCEEDED',
    stripe_refund_id text constraint refunds_stripe_refund_id_key unique,
    -- Whose key it is, and the key that came with the request: sent again, it is this refund that is asked for.
    idempotency_key text,
    refunded_at timestamptz not null default now(),
    recorded_by text not null,
    created_at timestamptz not null default now(),
    constraint refunds_amount_positive check (amount > 0)
);

create unique index refunds_idempotency_key on refunds (payment_id, idempotency_key) where status <> 'FAILED';
create index refunds_payment_idx on refunds (payment_id, refunded_at, id);
create index refunds_refunded_at_idx on refunds (refunded_at, id);


-- How a payment was split over milestones; and, below zero, what a refund took from them again.
create table payment_allocations (
    id bigint generated by default as identity constraint payment_allocations_pkey primary key,
    invoice_id bigint not null,
    payment_id bigint not null,
    milestone_id bigint not null,
    refund_id bigint constraint payment_allocations_refund_fkey references refunds (id),
    amount numeric(12, 2) not null,
    constraint payment_allocations_payment_fkey foreign key (payment_id, invoice_id)
    references payments (id, invoice_id),
    constraint payment_allocations_milestone_fkey foreign key (milestone_id, invoice_id)
    references invoice_milestones (id, invoice_id),
    constraint payment_allocations_refund_takes check (
        case when refund_id is null then amount > 0 else amount < 0 end
    )
);

create index payment_allocations_payment_idx on payment_allocations (payment_id, invoice_id);
create index payment_allocations_milestone_idx on payment_allocations (milestone_id, invoice_id);
create index payment_allocations_refund_idx on payment_allocations (refund_id);


-- A page of the provider on which an invoice, or one milestone of it, is being paid.
create table checkout_sessions (
    -- Also the provider's idempotency key: one row never makes two sessions there.
    id uuid not null default gen_random_uuid() constraint checkout_sessions_pkey primary key,
    invoice_id bigint not null,
    milestone_id bigint,
    contact_id bigint not null constraint checkout_sessions_contact_fkey references client_contacts (id),
    idempotency_key text,
    expected_amount_minor bigint not null,
    currency text not null,
    status checkout_status not null default 'CREATING',
    stripe_session_id text constraint checkout_sessions_stripe_session_id_key unique,
    stripe_payment_intent_id text,
    stripe_customer_id text,
    url text,
    expires_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint checkout_sessions_invoice_fkey foreign key (invoice_id, currency) references invoices (id, currency),
    constraint checkout_sessions_milestone_fkey foreign key (milestone_id, invoice_id)
    references invoice_milestones (id, invoice_id),
    constraint checkout_sessions_idempotency_key unique (contact_id, idempotency_key),
    constraint checkout_sessions_amount_positive check (expected_amount_minor > 0),
    constraint checkout_sessions_open_has_address check (
        status <> 'OPEN' or (stripe_session_id is not null and url is not null)
    )
);
comment on column checkout_sessions.expected_amount_minor is 'In the smallest unit of the currency: cents of USD, yen of JPY.';

-- One at a time for an invoice, and one for each milestone of it.
create unique index checkout_sessions_open_key on checkout_sessions (invoice_id, coalesce(milestone_id, 0))
where status in ('CREATING', 'OPEN', 'PROCESSING');
create index checkout_sessions_invoice_idx on checkout_sessions (invoice_id, currency);
create index checkout_sessions_milestone_idx on checkout_sessions (milestone_id, invoice_id);


-- What the provider has told, stored before anything is done with it.
create table stripe_events (
    id text not null constraint stripe_events_pkey primary key,
    type text not null,
    payload jsonb not null,
    outcome stripe_event_outcome not null default 'PENDING',
    detail text,
    attempts integer not null default 0,
    received_at timestamptz not null default now(),
    processed_at timestamptz,
    constraint stripe_events_attempts_not_negative check (attempts >= 0),
    constraint stripe_events_processed_at_with_outcome check (
        (outcome in ('PROCESSED', 'IGNORED')) = (processed_at is not null)
    )
);

create index stripe_events_received_at_idx on stripe_events (received_at, id);
create index stripe_events_outcome_idx on stripe_events (outcome, received_at, id);

create table archived_stripe_events (like stripe_events) partition by range (received_at);
alter table archived_stripe_events add constraint archived_stripe_events_pkey primary key (id, received_at);
comment on table archived_stripe_events is 'Old events of which all has come that was to come.';

create index archived_stripe_events_received_at_idx on archived_stripe_events (received_at, id);
create index archived_stripe_events_outcome_idx on archived_stripe_events (outcome, received_at, id);

create view all_stripe_events as
select * from stripe_events
union all
select * from archived_stripe_events;

-- Moves so many of the oldest events that are done with, of one month, into the archive; but those that somebody has locked.
-- Gives how many, and nothing while another moves rows.
create function archive_stripe_events(kept_months integer, at_most integer) returns integer
language plpgsql security definer
set search_path from current
as $$
declare
    boundary constant timestamptz := archive_boundary(kept_months);
    oldest timestamptz;
    moved integer;
begin
    if not lock_archive() then
        return null;
    end if;
    select min(received_at) into oldest
    from stripe_events
    where outcome in ('PROCESSED', 'IGNORED') and received_at < boundary;
    if oldest is null then
        return 0;
    end if;
    perform add_archive_partition('archived_stripe_events', oldest);
    with moving as (
        delete from stripe_events
        where
            id in (
                select movable.id
                from stripe_events as movable
                where
                    movable.outcome in ('PROCESSED', 'IGNORED')
                    and movable.received_at < archive_month_end(oldest)
                order by movable.received_at, movable.id
                limit at_most
                for update skip locked
            )
        returning *
    )
    insert into archived_stripe_events select * from moving;
    get diagnostics moved = row_count;
    return moved;
end;
$$;

-- An event without what names people: what it is about, how much, and what came of it, so that it can still be handled.
create function nameless_stripe_event(payload jsonb) returns jsonb
language sql immutable parallel safe
begin atomic
    select
        jsonb_build_object(
            'id', payload -> 'id',
            'type', payload -> 'type',
            'created', payload -> 'created',
            'data', jsonb_build_object('object', coalesce(jsonb_object_agg(member.key, member.value), '{}'))
        )
    from jsonb_each(payload #> '{data,object}') as member
    where
        member.key in (
            'amount', 'amount_captured', 'amount_paid', 'amount_refunded', 'amount_subtotal', 'amount_total', 'billing_reason',
            'cancel_at_period_end', 'charge', 'client_reference_id', 'created', 'currency', 'expires_at', 'id', 'items',
            'lines', 'metadata', 'object', 'parent', 'payment_intent', 'payment_status', 'status', 'subscription',
            'subscription_details'
        );
end;


-- Which subscription of the provider's an event is about: its own, or that of its invoice or session.
create function subscription_of_stripe_event(payload jsonb) returns text
language sql immutable parallel safe
return coalesce(
    payload #>> '{data,object,parent,subscription_details,subscription}',
    payload #>> '{data,object,subscription}',
    payload #>> '{data,object,id}'
);

-- By what the provider knows the checkouts of a client and the money that came of them, and the credits and subscriptions that
-- their contacts have bought. In PL/pgSQL, for the tables of the last two come later.
create function stripe_ids_of_client(of_client_id bigint) returns table (stripe_id text)
language plpgsql stable rows 10
as $$
begin
    return query
    select ids.id
    from checkout_sessions
    inner join invoices on checkout_sessions.invoice_id = invoices.id
    cross join lateral (
        values (checkout_sessions.stripe_session_id), (checkout_sessions.stripe_payment_intent_id)
    ) as ids (id)
    where invoices.client_id = of_client_id and ids.id is not null
    union all
    select purchases.stripe_session_id
    from purchases
    inner join client_contacts on purchases.user_id = client_contacts.user_id
    where client_contacts.client_id = of_client_id and purchases.stripe_session_id is not null
    union all
    select ids.id
    from subscriptions
    inner join client_contacts on subscriptions.user_id = client_contacts.user_id
    cross join lateral (
        values (subscriptions.stripe_session_id), (subscriptions.stripe_subscription_id)
    ) as ids (id)
    where client_contacts.client_id = of_client_id and ids.id is not null;
end;
$$;

-- Keeps of the events about a client that are in the archive only what names nobody.
create function forget_archived_stripe_events(of_client_id bigint) returns void
language sql security definer
set search_path from current
begin atomic
    update archived_stripe_events
    set payload = nameless_stripe_event(payload)
    where
        payload #>> '{data,object,id}' in (select ids.stripe_id from stripe_ids_of_client(of_client_id) as ids)
        or payload #>> '{data,object,payment_intent}' in (
            select ids.stripe_id from stripe_ids_of_client(of_client_id) as ids
        )
        or subscription_of_stripe_event(payload) in (select ids.stripe_id from stripe_ids_of_client(of_client_id) as ids);
end;


-- Where an invoice has milestones, they come to its total, at the end of every transaction that changes either.
create function check_milestones_add_up() returns trigger
language plpgsql as $$
declare
    changed_invoice_id bigint := to_jsonb(coalesce(new, old)) ->> tg_argv[0];
begin
    if exists (
        select
        from invoices
        where
            invoices.id = changed_invoice_id
            and invoices.total_amount <> (
                select coalesce(sum(invoice_milestones.expected_amount), invoices.total_amount)
                from invoice_milestones
                where invoice_milestones.invoice_id = changed_invoice_id
            )
    ) then
        raise exception 'the milestones of invoice % do not come to its total', changed_invoice_id
        using errcode = 'check_violation', constraint = 'invoice_milestones_add_up', table = 'invoice_milestones';
    end if;
    return null;
end;
$$;

create constraint trigger invoice_milestones_add_up
after insert or delete or update of invoice_id, expected_amount on invoice_milestones
deferrable initially deferred
for each row execute function check_milestones_add_up('invoice_id');

create constraint trigger invoices_milestones_add_up
after update of total_amount on invoices
deferrable initially deferred
for each row execute function check_milestones_add_up('id');


-- What an invoice comes to stands once money has moved, or while somebody is paying; its currency does by foreign keys.
create function check_invoice_frozen() returns trigger
language plpgsql as $$
begin
    if exists (select from payments where payments.invoice_id = new.id) or exists (
        select
        from checkout_sessions
        where checkout_sessions.invoice_id = new.id and checkout_sessions.status in ('CREATING', 'OPEN', 'PROCESSING')
    ) then
        raise exception 'the total of invoice % stands', new.id
        using errcode = 'check_violation', constraint = 'invoices_total_stands', table = 'invoices';
    end if;
    return null;
end;
$$;

create constraint trigger invoices_total_stands
after update of total_amount on invoices
for each row when (old.total_amount <> new.total_amount) execute function check_invoice_frozen();


-- Refunds of a payment never come to more than it. Whoever refunds locks the invoice, here too, so that two cannot at once.
create function check_refunds_within_payment() returns trigger
language plpgsql as $$
begin
    perform
    from invoices
    where invoices.id = (select payments.invoice_id from payments where payments.id = new.payment_id)
    for no key update;

    if (
        select sum(refunds.amount)
        from refunds
        where refunds.payment_id = new.payment_id and refunds.status <> 'FAILED'
    ) > (select payments.amount from payments where payments.id = new.payment_id) then
        raise exception 'more than payment % would be refunded', new.payment_id
        using errcode = 'check_violation', constraint = 'refunds_within_payment', table = 'refunds';
    end if;
    return null;
end;
$$;

create constraint trigger refunds_within_payment
after insert or update of amount, status, payment_id on refunds
for each row execute function check_refunds_within_payment();


-- Every movement of money on an invoice: what came in, and below zero what went back.
create view money_movements as
select
    payments.invoice_id,
    payments.amount,
    payments.paid_at as moved_at
from payments
union all
select
    payments.invoice_id,
    -refunds.amount as amount,
    refunds.refunded_at as moved_at
from refunds
inner join payments on refunds.payment_id = payments.id
where refunds.status <> 'FAILED';


-- What each invoice comes to by its rows: the one place where it is computed, for what is derived and for its audit. Status
-- before due is what it would be called if nothing were ever late.
create view invoice_sums as
select
    invoices.id as invoice_id,
    items.subtotal,
    taxed.tax_amount,
    totalled.total_amount,
    case when invoices.status = 'VOID' then 0.00 else greatest(totalled.total_amount - moved.amount, 0.00) end as balance_due,
    case
        when invoices.status = 'VOID' then moved.amount
        else greatest(moved.amount - totalled.total_amount, 0.00)
    end as overpaid_amount,
    called.status_before_due,
    case
        when called.status_before_due in ('SENT', 'PARTIALLY_PAID') and invoices.due_date < studio_today() then 'OVERDUE'
        else called.status_before_due
    end as status,
    case when called.status_before_due = 'PAID' then latest.paid_at end as paid_at,
    case when called.status_before_due = 'PAID' then latest.paid_by_contact_id end as paid_by_contact_id,
    online.stripe_session_id as stripe_checkout_session_id,
    online.stripe_payment_intent_id,
    online.stripe_customer_id
from invoices
cross join lateral (
    select coalesce(sum(invoice_items.amount), 0.00) as subtotal
    from invoice_items
    where invoice_items.invoice_id = invoices.id
) as items
cross join lateral (
    select round((items.subtotal - invoices.discount_amount) * invoices.tax_rate / 100, 2) as tax_amount
) as taxed
cross join lateral (
    select items.subtotal - invoices.discount_amount + taxed.tax_amount as total_amount
) as totalled
cross join lateral (
    select coalesce(sum(money_movements.amount), 0.00) as amount
    from money_movements
    where money_movements.invoice_id = invoices.id
) as moved
cross join lateral (
    select
        case
            when invoices.status in ('DRAFT', 'VOID') then invoices.status
            when moved.amount >= totalled.total_amount then 'PAID'
            when moved.amount > 0 then 'PARTIALLY_PAID'
            else 'SENT'
        end as status_before_due
) as called
left join lateral (
    select
        payments.paid_at,
        payments.paid_by_contact_id
    from payments
    where payments.invoice_id = invoices.id
    order by payments.paid_at desc, payments.id desc
    limit 1
) as latest on true
left join lateral (
    select
        payments.stripe_session_id,
        payments.stripe_payment_intent_id,
        checkout_sessions.stripe_customer_id
    from payments
    left join checkout_sessions on payments.stripe_session_id = checkout_sessions.stripe_session_id
    where payments.invoice_id = invoices.id and payments.stripe_session_id is not null
    order by payments.id desc
    limit 1
) as online on true;


-- What has been paid of each milestone by its rows, and how that is called. What a refund had taken, and that failed, was
-- perhaps paid again meanwhile: what is then above the milestone is left to the invoice, as overpaid.
create view milestone_sums as
select
    invoice_milestones.id as milestone_id,
    invoice_milestones.invoice_id,
    invoice_milestones.position,
    allocated.amount as paid_amount,
    invoice_milestones.expected_amount - allocated.amount as open_amount,
    case
        when allocated.amount = 0 then 'PENDING'
        when allocated.amount < invoice_milestones.expected_amount then 'PARTIAL'
        else 'PAID'
    end::milestone_status as status
from invoice_milestones
cross join lateral (
    select least(coalesce(sum(payment_allocations.amount), 0.00), invoice_milestones.expected_amount) as amount
    from payment_allocations
    left join refunds on payment_allocations.refund_id = refunds.id
    where payment_allocations.milestone_id = invoice_milestones.id and refunds.status is distinct from 'FAILED'
) as allocated;


-- What of each payment was kept, and not refunded, and is on no milestone.
create view payment_sums as
select
    payments.id as payment_id,
    payments.invoice_id,
    payments.amount - refunded.amount - allocated.amount as unallocated_amount
from payments
cross join lateral (
    select coalesce(sum(refunds.amount), 0.00) as amount
    from refunds
    where refunds.payment_id = payments.id and refunds.status <> 'FAILED'
) as refunded
cross join lateral (
    select coalesce(sum(payment_allocations.amount), 0.00) as amount
    from payment_allocations
    left join refunds on payment_allocations.refund_id = refunds.id
    where payment_allocations.payment_id = payments.id and refunds.status is distinct from 'FAILED'
) as allocated;


-- What was owed at an instant on what had been issued by a day, invoice by invoice: what is due now, and what has been paid
-- since, less what was given back. An invoice that is settled now is only looked at if money moved on it since.
create function balances_at(moment timestamptz, last_day date)
returns table (invoice_id bigint, client_id bigint, issue_date date, due_date date, balance numeric)
language sql stable parallel safe
begin atomic
    with moved_since as (
        select
            money_movements.invoice_id,
            sum(money_movements.amount) as amount
        from money_movements
        inner join invoices on money_movements.invoice_id = invoices.id
        where money_movements.moved_at >= moment and invoices.issue_date <= last_day
        group by money_movements.invoice_id
    )

    select
        invoices.id as invoice_id,
        invoices.client_id,
        invoices.issue_date,
        invoices.due_date,
        invoices.balance_due + coalesce(moved_since.amount, 0) as balance
    from invoices
    left join moved_since on invoices.id = moved_since.invoice_id
    where
        invoices.balance_due > 0
        and invoices.status not in ('DRAFT', 'VOID')
        and invoices.issue_date <= last_day
        and invoices.balance_due + coalesce(moved_since.amount, 0) > 0
    union all
    select
        invoices.id,
        invoices.client_id,
        invoices.issue_date,
        invoices.due_date,
        moved_since.amount - invoices.overpaid_amount
    from moved_since
    inner join invoices on moved_since.invoice_id = invoices.id
    where
        invoices.balance_due = 0
        and invoices.status not in ('DRAFT', 'VOID')
        and moved_since.amount > invoices.overpaid_amount;
end;

-- schema/photos.sql

-- Photo jobs: photos that a user sends with a prompt, edited by the worker, fetched as one ZIP.

create type photo_job_status as enum ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED');


create table photo_jobs (
    id bigint generated by default as identity constraint photo_jobs_pkey primary key,
    -- Nobody's is a demo, which costs nothing.
    user_id uuid constraint photo_jobs_user_fkey references user_credits (user_id),
    booking_id bigint constraint photo_jobs_booking_fkey references bookings (id) on delete set null,
    prompt text not null,
    group_name text,
    photo_count integer not null,
    free_photos integer not null default 0,
    unit_price numeric(10, 2) not null,
    cost numeric(10, 2) not null,
    status photo_job_status not null default 'PENDING',
    tries integer not null default 0,
    failure text,
    result_bytes bigint,
    storage_folder uuid not null default gen_random_uuid() constraint photo_jobs_storage_folder_key unique,
    idempotency_key text,
    request_digest bytea,
    hidden_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint photo_jobs_idempotency_key unique (user_id, idempotency_key),
    constraint photo_jobs_prompt_length check (length(prompt) between 1 and 500),
    constraint photo_jobs_group_name_length check (length(group_name) between 1 and 140),
    constraint photo_jobs_photo_count_range check (photo_count between 1 and 30),
    constraint photo_jobs_free_photos_within_count check (free_photos between 0 and photo_count),
    constraint photo_jobs_cost_of_photos check (
        unit_price >= 0 and cost = case when user_id is null then 0 else (photo_count - free_photos) * unit_price end
    ),
    constraint photo_jobs_tries_range check (tries between 0 and 3),
    constraint photo_jobs_result_when_completed check ((status = 'COMPLETED') = (result_bytes is not null)),
    constraint photo_jobs_failure_when_failed check ((status = 'FAILED') = (failure is not null)),
    constraint photo_jobs_finished_at_with_status check ((status in ('COMPLETED', 'FAILED')) = (finished_at is not null)),
    constraint photo_jobs_hidden_when_finished check (hidden_at is null or finished_at is not null)
);
comment on column photo_jobs.tries is 'How often a worker has begun; who began last alone may finish it.';
comment on column photo_jobs.started_at is 'When a worker began first.';
comment on column photo_jobs.storage_folder is 'Where its files are: photo-jobs/<this>/…';

-- The key of a demo begins with the id of whoever has asked for it.
create unique index photo_jobs_demo_key on photo_jobs (idempotency_key) where user_id is null;
create index photo_jobs_user_idx on photo_jobs (user_id, created_at, id);
create index photo_jobs_booking_idx on photo_jobs (booking_id);
create index photo_jobs_free_idx on photo_jobs (user_id) where free_photos > 0;
create index photo_jobs_unfinished_idx on photo_jobs (started_at, id) where finished_at is null;

alter table credit_transactions
add constraint credit_transactions_photo_job_fkey foreign key (photo_job_id) references photo_jobs (id);


create table photo_job_photos (
    id bigint generated by default as identity constraint photo_job_photos_pkey primary key,
    job_id bigint not null constraint photo_job_photos_job_fkey references photo_jobs (id),
    position integer not null,
    name text not null,
    source_url text,
    edits jsonb,
    done_at timestamptz,
    constraint photo_job_photos_position_key unique (job_id, position),
    constraint photo_job_photos_position_range check (position between 1 and 30),
    constraint photo_job_photos_edits_when_done check ((done_at is not null) = (edits is not null))
);
comment on column photo_job_photos.source_url is 'Where the worker fetches it, if it was not sent.';
comment on column photo_job_photos.edits is 'What was done to it, in order; null until it is done.';

-- schema/spaces.sql

-- Spaces: branches of vendors, what each offers, when it is to be had, and who has booked it. What is free of a slot follows
-- from the bookings that hold it; the database keeps it between nothing and what there is.

create type branch_status as enum ('PENDING', 'ACTIVE', 'SUSPENDED');
create type service_name as enum ('HOT_DESK', 'PRIVATE_OFFICE', 'MEETING_ROOM');
create type price_unit as enum ('HOUR', 'DAY', 'WEEK', 'MONTH');
create type space_booking_status as enum ('PENDING', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'NO_SHOW');
-- What is heard of a payment takes it up this order, and never down.
create type space_payment_status as enum ('PENDING', 'FAILED', 'PAID');
create type space_payment_method as enum ('CASH', 'CARD', 'APPLE_PAY');
create type approval_kind as enum ('CAPACITY_CHANGE', 'PAUSE_BRANCH', 'ACTIVATE_BRANCH');
create type approval_status as enum ('PENDING', 'APPROVED', 'REJECTED');
create type chat_role as enum ('USER', 'ASSISTANT');


create table branches (
    id bigint generated by default as identity constraint branches_pkey primary key,
    vendor_id uuid not null constraint branches_vendor_fkey references auth_users (id),
    name text not null,
    description text,
    city text not null,
    address text not null,
    latitude numeric(10, 8),
    longitude numeric(11, 8),
    time_zone text not null,
    status branch_status not null default 'PENDING',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    words tsvector not null generated always as (
        to_tsvector('english', name || ' ' || coalesce(description, '') || ' ' || city)
    ) stored,
    constraint branches_vendor_name_key unique (vendor_id, name),
    constraint branches_name_present check (name <> ''),
    constraint branches_city_present check (city <> ''),
    constraint branches_address_present check (address <> ''),
    constraint branches_latitude_range check (latitude between -90 and 90),
    constraint branches_longitude_range check (longitude between -180 and 180),
    constraint branches_both_coordinates check ((latitude is null) = (longitude is null)),
    constraint branches_time_zone_known check (timezone(time_zone, timestamptz 'epoch') is not null)
);

create index branches_city_idx on branches (lower(city), id) where status = 'ACTIVE';


create table services (
    id bigint generated by default as identity constraint services_pkey primary key,
    name service_name not null constraint services_name_key unique,
    description text
);

insert into services (name)
select unnest(enum_range(null::service_name));


-- What can be found at a branch, and what an offering has.
create table facilities (
    id bigint generated by default as identity constraint facilities_pkey primary key,
    name text not null,
    constraint facilities_name_present check (name <> '')
);
create unique index facilities_name_key on facilities (lower(name));

create table branch_facilities (
    branch_id bigint not null constraint branch_facilities_branch_fkey references branches (id) on delete cascade,
    facility_id bigint not null constraint branch_facilities_facility_fkey references facilities (id),
    constraint branch_facilities_pkey primary key (branch_id, facility_id)
);
create index branch_facilities_facility_idx on branch_facilities (facility_id, branch_id);

create table features (
    id bigint generated by default as identity constraint features_pkey primary key,
    name text not null,
    constraint features_name_present check (name <> '')
);
create unique index features_name_key on features (lower(name));


create table vendor_services (
    id bigint generated by default as identity constraint vendor_services_pkey primary key,
    branch_id bigint not null constraint vendor_services_branch_fkey references branches (id),
    service_id bigint not null constraint vendor_services_service_fkey references services (id),
    label text not null,
    max_capacity integer not null,
    price_per_unit numeric(12, 2) not null,
    price_unit price_unit not null,
    min_booking_duration integer not null default 1,
    max_booking_duration integer,
    cancellation_policy text,
    free_cancel_hours integer not null default 24,
    late_refund_percent integer not null default 0,
    auto_accept boolean not null default false,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    words tsvector not null generated always as (to_tsvector('english', label)) stored,
    constraint vendor_services_branch_label_key unique (branch_id, label),
    constraint vendor_services_label_present check (label <> ''),
    constraint vendor_services_max_capacity_positive check (max_capacity > 0),
    constraint vendor_services_price_positive check (price_per_unit > 0),
    constraint vendor_services_durations_range check (
        min_booking_duration >= 1 and max_booking_duration >= min_booking_duration
    ),
    constraint vendor_services_free_cancel_hours_range check (free_cancel_hours between 0 and 8760),
    constraint vendor_services_late_refund_percent_range check (late_refund_percent between 0 and 100)
);
comment on column vendor_services.max_capacity is 'How many of it can be booked at a time; not how many people fit.';

create index vendor_services_service_idx on vendor_services (service_id, branch_id);

create table service_features (
    vendor_service_id bigint not null
    constraint service_features_vendor_service_fkey references vendor_services (id) on delete cascade,
    feature_id bigint not null constraint service_features_feature_fkey references features (id),
    constraint service_features_pkey primary key (vendor_service_id, feature_id)
);
create index service_features_feature_idx on service_features (feature_id, vendor_service_id);


-- When so many of an offering are to be had. Date and times are by the clock at the branch; the instants are what they meant
-- when the slot was published, and two slots of an offering never share one.
create table availability (
    id bigint generated by default as identity constraint availability_pkey primary key,
    vendor_service_id bigint not null
    constraint availability_vendor_service_fkey references vendor_services (id),
    date date not null,
    start_time time not null,
    end_time time not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    total_units integer not null,
    available_units integer not null,
    is_blocked boolean not null default false,
    updated_at timestamptz not null default now(),
    constraint availability_no_overlap exclude using gist (
        vendor_service_id with =, tstzrange(starts_at, ends_at) with &&
    ),
    constraint availability_ends_after_start check (end_time > start_time and ends_at > starts_at),
    constraint availability_total_not_negative check (total_units >= 0),
    constraint availability_within_total check (available_units between 0 and total_units)
);
comment on column availability.available_units is 'derived: spaces.refresh_availability';

create unique index availability_slot_key on availability (vendor_service_id, date, start_time);


create table space_bookings (
    id bigint generated by default as identity constraint space_bookings_pkey primary key,
    booking_number text not null constraint space_bookings_booking_number_key unique,
    customer_id uuid not null constraint space_bookings_customer_fkey references auth_users (id),
    vendor_service_id bigint not null
    constraint space_bookings_vendor_service_fkey references vendor_services (id),
    booking_date date not null,
    last_date date not null,
    start_time time not null,
    end_time time not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    quantity integer not null,
    unit_price numeric(12, 2) not null,
    price_unit price_unit not null,
    duration numeric(8, 4) not null,
    total_price numeric(12, 2) not null,
    currency text not null,
    free_cancel_hours integer not null default 24,
    late_refund_percent integer not null default 0,
    status space_booking_status not null default 'PENDING',
    payment_status space_payment_status not null default 'PENDING',
    payment_method space_payment_method not null,
    hold_expires_at timestamptz,
    refund_amount numeric(12, 2) not null default 0,
    needs_refund boolean not null default false,
    cancelled_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint space_bookings_booking_number_length check (length(booking_number) between 1 and 20),
    constraint space_bookings_quantity_positive check (quantity > 0),
    constraint space_bookings_dates_in_order check (last_date >= booking_date and ends_at > starts_at),
    constraint space_bookings_total_price_positive check (total_price > 0),
    constraint space_bookings_refund_amount_not_negative check (refund_amount >= 0),
    constraint space_bookings_cancelled_at_with_status check ((status = 'CANCELLED') = (cancelled_at is not null)),
    constraint space_bookings_hold_of_pending check (hold_expires_at is null or status = 'PENDING')
);
comment on column space_bookings.duration is 'In price units, of one of what is booked.';
comment on column space_bookings.free_cancel_hours is 'As it was when it was booked; late_refund_percent likewise.';
comment on column space_bookings.payment_status is 'derived: spaces.refresh_space_booking_money';
comment on column space_bookings.refund_amount is 'derived: spaces.refresh_space_booking_money';
comment on column space_bookings.needs_refund is 'derived: spaces.refresh_space_booking_money';

create index space_bookings_customer_idx on space_bookings (customer_id, starts_at, id);
create index space_bookings_vendor_service_idx on space_bookings (vendor_service_id, starts_at, id);
create index space_bookings_starts_at_idx on space_bookings (starts_at, id);
create index space_bookings_needs_refund_idx on space_bookings (starts_at, id) where needs_refund;
create index space_bookings_holds_idx on space_bookings (hold_expires_at, id) where hold_expires_at is not null;
create index space_bookings_confirmed_idx on space_bookings (ends_at, id) where status = 'CONFIRMED';


-- Which slots a booking holds, as long as it is not cancelled.
create table booking_slots (
    booking_id bigint not null constraint booking_slots_booking_fkey references space_bookings (id),
    availability_id bigint not null constraint booking_slots_availability_fkey references availability (id),
    constraint booking_slots_pkey primary key (booking_id, availability_id)
);
create index booking_slots_availability_idx on booking_slots (availability_id);


-- One row for each attempt to pay. What was asked for, until it is paid; then what came.
create table space_payments (
    id bigint generated by default as identity constraint space_payments_pkey primary key,
    booking_id bigint not null constraint space_payments_booking_fkey references space_bookings (id),
    transaction_id text constraint space_payments_transaction_id_key unique,
    amount numeric(12, 2) not null,
    currency text not null,
    payment_method space_payment_method not null,
    status space_payment_status not null default 'PENDING',
    refund_due numeric(12, 2) not null default 0,
    refunded_amount numeric(12, 2) not null default 0,
    gateway_response jsonb,
    paid_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint space_payments_amount_positive check (amount > 0),
    constraint space_payments_paid_at_with_status check ((status = 'PAID') = (paid_at is not null)),
    constraint space_payments_refund_due_range check (
        refund_due between 0 and amount and (refund_due = 0 or status = 'PAID')
    ),
    -- That it went back may be heard before that it came.
    constraint space_payments_refunded_amount_range check (
        refunded_amount >= 0 and (refunded_amount <= amount or status <> 'PAID')
    )
);
comment on column space_payments.refund_due is 'How much of it is to go back, or has gone.';
comment on column space_payments.gateway_response is 'As the gateway last said it, without the data of cards; for admins.';

create index space_payments_booking_idx on space_payments (booking_id, id);


-- What the gateway has told, each once, without the data of cards; also of payments that are none of ours.
create table space_payment_events (
    id text constraint space_payment_events_pkey primary key,
    transaction_id text not null,
    payload jsonb not null,
    received_at timestamptz not null default now()
);


-- What a booking's payments come to. Paid it is by one that is of its price; each that is not, or came too late, is to
-- go back.
create view space_booking_money as
select
    space_bookings.id as booking_id,
    case
        when
            bool_or(
                space_payments.status = 'PAID'
                and space_payments.amount = space_bookings.total_price
                and space_payments.currency = space_bookings.currency
            )
            then 'PAID'
        when (array_agg(space_payments.status order by space_payments.id desc))[1] = 'FAILED' then 'FAILED'
        else 'PENDING'
    end::space_payment_status as payment_status,
    coalesce(
        sum(space_payments.refund_due) filter (where space_payments.currency = space_bookings.currency), 0.00
    ) as refund_amount,
    coalesce(bool_or(space_payments.refund_due > space_payments.refunded_amount), false) as needs_refund
from space_bookings
left join space_payments on space_bookings.id = space_payments.booking_id
group by space_bookings.id;


create table approval_requests (
    id bigint generated by default as identity constraint approval_requests_pkey primary key,
    kind approval_kind not null,
    branch_id bigint not null constraint approval_requests_branch_fkey references branches (id),
    vendor_service_id bigint
    constraint approval_requests_vendor_service_fkey references vendor_services (id),
    requested_capacity integer,
    reason text,
    status approval_status not null default 'PENDING',
    submitted_by uuid not null constraint approval_requests_submitted_by_fkey references auth_users (id),
    reviewed_by uuid constraint approval_requests_reviewed_by_fkey references auth_users (id),
    review_note text,
    decided_at timestamptz,
    created_at timestamptz not null default now(),
    constraint approval_requests_capacity_of_its_kind check (
        (kind = 'CAPACITY_CHANGE') = (vendor_service_id is not null and requested_capacity is not null)
    ),
    constraint approval_requests_capacity_positive check (requested_capacity > 0),
    constraint approval_requests_decided_with_status check (
        (status = 'PENDING') = (decided_at is null) and (status = 'PENDING') = (reviewed_by is null)
    )
);

create unique index approval_requests_pending_key on approval_requests (kind, branch_id, coalesce(vendor_service_id, 0))
where status = 'PENDING';
create index approval_requests_branch_idx on approval_requests (branch_id);
create index approval_requests_vendor_service_idx on approval_requests (vendor_service_id);
create index approval_requests_submitted_by_idx on approval_requests (submitted_by);
create index approval_requests_reviewed_by_idx on approval_requests (reviewed_by);
create index approval_requests_status_idx on approval_requests (status, created_at, id);


-- What people have written to the assistant, and what it has replied, with what was free when it did.
create table ai_chat_messages (
    id bigint generated by default as identity constraint ai_chat_messages_pkey primary key,
    user_id uuid not null constraint ai_chat_messages_user_fkey references auth_users (id),
    role chat_role not null,
    content text not null,
    reply_to bigint constraint ai_chat_messages_reply_to_key unique
    constraint ai_chat_messages_reply_to_fkey references ai_chat_messages (id),
    suggestions jsonb not null default '[]',
    request_key text,
    created_at timestamptz not null default now(),
    constraint ai_chat_messages_content_present check (content <> ''),
    constraint ai_chat_messages_request_key_key unique (user_id, request_key),
    constraint ai_chat_messages_reply_to_of_assistant check ((role = 'ASSISTANT') = (reply_to is not null))
);
comment on column ai_chat_messages.request_key is 'The Idempotency-Key that it was sent with.';

create index ai_chat_messages_user_idx on ai_chat_messages (user_id, created_at, id);

-- schema/classes.sql

-- Classes: group sessions at a venue, with a trainer, for a number of people, paid by credits. How many places are taken
-- follows from the bookings, and the database keeps it within the capacity.

create type gym_status as enum ('ACTIVE', 'INACTIVE', 'MAINTENANCE');
create type equipment_status as enum ('AVAILABLE', 'MAINTENANCE', 'OUT_OF_ORDER', 'RETIRED');
create type class_session_status as enum ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED');
create type session_booking_status as enum ('BOOKED', 'ATTENDED', 'NO_SHOW', 'CANCELLED', 'LATE_CANCELLED');
create type waitlist_status as enum ('WAITING', 'OFFERED', 'PROMOTED', 'LEFT', 'LAPSED', 'ENDED');
create type induction_status as enum ('PENDING', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'NO_SHOW');
create type clearance_status as enum ('NOT_NEEDED', 'PENDING', 'ACCEPTED', 'REJECTED');
create type plan_interval as enum ('WEEK', 'MONTH', 'YEAR');
create type subscription_source as enum ('STRIPE', 'ADMIN');
create type subscription_status as enum ('INCOMPLETE', 'ACTIVE', 'PAST_DUE', 'CANCELLED', 'EXPIRED');


create table gyms (
    id bigint generated by default as identity constraint gyms_pkey primary key,
    name text not null,
    description text,
    address jsonb not null,
    amenities text [] not null default '{}',
    time_zone text not null,
    status gym_status not null default 'ACTIVE',
    requires_induction boolean not null default false,
    subscriber_cancel_hours integer not null default 4,
    cancel_hours integer not null default 12,
    rating_count integer not null default 0,
    rating_sum integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint gyms_name_present check (name <> ''),
    constraint gyms_address_keys check (
        jsonb_typeof(address) = 'object'
        and address ?& array['line1', 'city', 'country']
        and address - array['line1', 'line2', 'city', 'region', 'postalCode', 'country'] = '{}'
        and not jsonb_path_exists(address, '$.* ? (@.type() != "string")')
    ),
    constraint gyms_time_zone_known check (timezone(time_zone, timestamptz 'epoch') is not null),
    constraint gyms_cancel_hours_range check (
        subscriber_cancel_hours between 0 and 8760 and cancel_hours between 0 and 8760
    ),
    constraint gyms_rating_within_stars check (rating_sum between rating_count and 5 * rating_count)
);
comment on column gyms.cancel_hours is 'Until so many hours before the start a booking is cancelled for nothing; by a subscriber, subscriber_cancel_hours.';
comment on column gyms.rating_count is 'derived: classes.refresh_gym_rating';
comment on column gyms.rating_sum is 'derived: classes.refresh_gym_rating';

create unique index gyms_name_key on gyms (lower(name));
create index gyms_created_at_idx on gyms (created_at, id);


create table gym_opening_hours (
    gym_id bigint not null constraint gym_opening_hours_gym_fkey references gyms (id) on delete cascade,
    weekday weekday not null,
    opens_at time not null,
    closes_at time not null,
    constraint gym_opening_hours_pkey primary key (gym_id, weekday),
    constraint gym_opening_hours_closes_after_opening check (closes_at > opens_at)
);
comment on table gym_opening_hours is 'By the clock at the gym; a weekday without a row is closed.';


create table gym_equipment (
    id bigint generated by default as identity constraint gym_equipment_pkey primary key,
    gym_id bigint not null constraint gym_equipment_gym_fkey references gyms (id) on delete cascade,
    name text not null,
    category text not null,
    quantity integer not null default 1,
    status equipment_status not null default 'AVAILABLE',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint gym_equipment_name_present check (name <> ''),
    constraint gym_equipment_category_present check (category <> ''),
    constraint gym_equipment_quantity_range check (quantity between 0 and 10000)
);

create unique index gym_equipment_name_key on gym_equipment (gym_id, lower(name));


create table gym_trainers (
    gym_id bigint not null constraint gym_trainers_gym_fkey references gyms (id) on delete cascade,
    trainer_id uuid not null constraint gym_trainers_trainer_fkey references auth_users (id),
    is_active boolean not null default true,
    rating_count integer not null default 0,
    rating_sum integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint gym_trainers_pkey primary key (gym_id, trainer_id),
    constraint gym_trainers_rating_within_stars check (rating_sum between rating_count and 5 * rating_count)
);
comment on table gym_trainers is 'Who may give classes where; who is not active any more gives no new ones.';
comment on column gym_trainers.rating_count is 'derived: classes.refresh_trainer_rating';
comment on column gym_trainers.rating_sum is 'derived: classes.refresh_trainer_rating';

create index gym_trainers_trainer_idx on gym_trainers (trainer_id, gym_id);


create table class_sessions (
    id bigint generated by default as identity constraint class_sessions_pkey primary key,
    gym_id bigint not null constraint class_sessions_gym_fkey references gyms (id),
    trainer_id uuid,
    title text not null,
    description text,
    start_time timestamptz not null,
    end_time timestamptz not null,
    capacity integer not null default 20,
    credit_cost integer not null default 1,
    waitlist_capacity integer not null default 3,
    requires_parq boolean not null default false,
    status class_session_status not null default 'SCHEDULED',
    places_taken integer not null default 0,
    places_offered integer not null default 0,
    waiting integer not null default 0,
    rating_count integer not null default 0,
    rating_sum integer not null default 0,
    moved_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint class_sessions_trainer_fkey foreign key (gym_id, trainer_id)
    references gym_trainers (gym_id, trainer_id),
    -- Target of the foreign keys by which bookings keep the time of what they are of.
    constraint class_sessions_time_key unique (id, start_time, end_time),
    constraint class_sessions_title_present check (title <> ''),
    constraint class_sessions_ends_after_start check (end_time > start_time),
    constraint class_sessions_length check (end_time - start_time <= interval '31 days'),
    constraint class_sessions_capacity_range check (capacity between 1 and 1000),
    constraint class_sessions_credit_cost_range check (credit_cost between 0 and 1000),
    constraint class_sessions_waitlist_capacity_range check (waitlist_capacity between 0 and 1000),
    constraint class_sessions_within_capacity check (places_taken >= 0 and places_taken + places_offered <= capacity),
    constraint class_sessions_within_waitlist check (waiting between 0 and waitlist_capacity),
    constraint class_sessions_rating_within_stars check (rating_sum between rating_count and 5 * rating_count)
);
comment on column class_sessions.places_taken is 'derived: classes.refresh_class_session';
comment on column class_sessions.places_offered is 'derived: classes.refresh_class_session';
comment on column class_sessions.waiting is 'derived: classes.refresh_class_session';
comment on column class_sessions.rating_count is 'derived: classes.refresh_session_rating';
comment on column class_sessions.rating_sum is 'derived: classes.refresh_session_rating';
comment on column class_sessions.moved_at is 'When it was last put at another time: whoever had booked before that cancels for nothing until it starts.';

create index class_sessions_start_time_idx on class_sessions (start_time, id);
create index class_sessions_gym_idx on class_sessions (gym_id, start_time, id);
create index class_sessions_trainer_idx on class_sessions (trainer_id, start_time, id);
create index class_sessions_gym_trainer_idx on class_sessions (gym_id, trainer_id);
create index class_sessions_open_idx on class_sessions (end_time, id) where status in ('SCHEDULED', 'IN_PROGRESS');
create index class_sessions_waiting_idx on class_sessions (start_time, id) where waiting > 0 or places_offered > 0;
create index class_sessions_free_idx on class_sessions (id)
where waiting > 0 and places_taken + places_offered < capacity;


create table inductions (
    id bigint generated by default as identity constraint inductions_pkey primary key,
    gym_id bigint not null constraint inductions_gym_fkey references gyms (id),
    user_id uuid not null constraint inductions_user_fkey references auth_users (id),
    trainer_id uuid,
    start_time timestamptz not null,
    end_time timestamptz not null,
    status induction_status not null default 'PENDING',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint inductions_trainer_fkey foreign key (gym_id, trainer_id) references gym_trainers (gym_id, trainer_id),
    constraint inductions_ends_after_start check (end_time > start_time),
    constraint inductions_length check (end_time - start_time <= interval '24 hours'),
    constraint inductions_confirmed_with_trainer check (
        trainer_id is not null or status not in ('CONFIRMED', 'COMPLETED', 'NO_SHOW')
    )
);

create unique index inductions_open_key on inductions (user_id, gym_id) where status in ('PENDING', 'CONFIRMED');
create index inductions_user_idx on inductions (user_id, start_time, id);
create index inductions_gym_idx on inductions (gym_id, start_time, id);
create index inductions_gym_trainer_idx on inductions (gym_id, trainer_id);
create index inductions_trainer_idx on inductions (trainer_id, start_time, id);
create index inductions_start_time_idx on inductions (start_time, id);
create index inductions_waiting_idx on inductions (gym_id, id) where status = 'PENDING' and trainer_id is null;

-- Whether somebody has been shown how the machines of a gym are used: what a gym may ask for before it is trained at.
create function has_induction(of_user uuid, at_gym bigint) returns boolean
language sql stable parallel safe
return exists (
    select
    from inductions
    where inductions.user_id = of_user and inductions.gym_id = at_gym and inductions.status = 'COMPLETED'
);


-- The time of trainers that classes and inductions take, kept by the triggers below whoever writes those: half-open, so
-- that one may begin as another ends. Nobody is in two places at once.
create table trainer_engagements (
    id bigint generated by default as identity constraint trainer_engagements_pkey primary key,
    trainer_id uuid not null constraint trainer_engagements_trainer_fkey references auth_users (id),
    start_time timestamptz not null,
    end_time timestamptz not null,
    session_id bigint
    constraint trainer_engagements_session_key unique
    constraint trainer_engagements_session_fkey references class_sessions (id) on delete cascade,
    induction_id bigint
    constraint trainer_engagements_induction_key unique
    constraint trainer_engagements_induction_fkey references inductions (id) on delete cascade,
    constraint trainer_engagements_for_one check (num_nonnulls(session_id, induction_id) = 1),
    constraint trainer_engagements_no_overlap exclude using gist (
        trainer_id with =, tstzrange(start_time, end_time) with &&
    )
);

-- One at a time takes the time of a trainer: two that overlap might else find each other, and each wait for the other's end.
create function await_trainer() returns trigger
language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(current_schema() || ' time of ' || new.trainer_id, 0));
    return new;
end;
$$;

create trigger trainer_engagements_await_trainer
before insert or update on trainer_engagements
for each row execute function await_trainer();

create function engage_trainer_of_session() returns trigger
language plpgsql as $$
begin
    if new.trainer_id is null or new.status = 'CANCELLED' then
        delete from trainer_engagements where session_id = new.id;
    else
        insert into trainer_engagements (trainer_id, start_time, end_time, session_id)
        values (new.trainer_id, new.start_time, new.end_time, new.id)
        on conflict (session_id) do update set
            trainer_id = excluded.trainer_id,
            start_time = excluded.start_time,
            end_time = excluded.end_time;
    end if;
    return null;
end;
$$;

create trigger class_sessions_engage_trainer
after insert or update of trainer_id, start_time, end_time, status on class_sessions
for each row execute function engage_trainer_of_session();

-- What nobody has confirmed takes nobody's time.
create function engage_trainer_of_induction() returns trigger
language plpgsql as $$
begin
    if new.trainer_id is null or new.status in ('PENDING', 'CANCELLED') then
        delete from trainer_engagements where induction_id = new.id;
    else
        insert into trainer_engagements (trainer_id, start_time, end_time, induction_id)
        values (new.trainer_id, new.start_time, new.end_time, new.id)
        on conflict (induction_id) do update set
            trainer_id = excluded.trainer_id,
            start_time = excluded.start_time,
            end_time = excluded.end_time;
    end if;
    return null;
end;
$$;

create trigger inductions_engage_trainer
after insert or update of trainer_id, start_time, end_time, status on inductions
for each row execute function engage_trainer_of_induction();


create table session_bookings (
    id bigint generated by default as identity constraint session_bookings_pkey primary key,
    session_id bigint not null,
    user_id uuid not null constraint session_bookings_user_fkey references user_credits (user_id),
    start_time timestamptz not null,
    end_time timestamptz not null,
    credit_cost integer not null,
    cancel_hours integer not null,
    status session_booking_status not null default 'BOOKED',
    is_from_waitlist boolean not null default false,
    checked_in_at timestamptz,
    cancelled_at timestamptz,
    day_reminder_at timestamptz,
    hour_reminder_at timestamptz,
    -- By the clock, under the lock of its session: whoever has waited for a move of that is later than the move.
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    -- It is at the time of its session, wherever that is moved.
    constraint session_bookings_session_fkey foreign key (session_id, start_time, end_time)
    references class_sessions (id, start_time, end_time) on update cascade,
    -- Target of the composite foreign key by which a review is of the session that was booked.
    constraint session_bookings_id_session_key unique (id, session_id),
    constraint session_bookings_no_overlap exclude using gist (
        user_id with =, tstzrange(start_time, end_time) with &&
    ) where (status in ('BOOKED', 'ATTENDED')),
    constraint session_bookings_credit_cost_not_negative check (credit_cost >= 0),
    constraint session_bookings_cancel_hours_not_negative check (cancel_hours >= 0),
    constraint session_bookings_checked_in_at_with_status check ((checked_in_at is not null) = (status = 'ATTENDED')),
    constraint session_bookings_cancelled_at_with_status check (
        (cancelled_at is not null) = (status in ('CANCELLED', 'LATE_CANCELLED'))
    )
);
comment on column session_bookings.cancel_hours is 'Of the gym, as it was promised: to a subscriber, or to anybody else.';
comment on column session_bookings.day_reminder_at is 'When its user was reminded a day before the start; hour_reminder_at, an hour before.';

create unique index session_bookings_live_key on session_bookings (session_id, user_id)
where status in ('BOOKED', 'ATTENDED', 'NO_SHOW');
create index session_bookings_session_idx on session_bookings (session_id, created_at, id);
create index session_bookings_time_idx on session_bookings (session_id, start_time, end_time);
create index session_bookings_user_idx on session_bookings (user_id, start_time, id);
create index session_bookings_start_time_idx on session_bookings (start_time, id);
create index session_bookings_day_reminder_idx on session_bookings (start_time, id)
where status = 'BOOKED' and day_reminder_at is null;
create index session_bookings_hour_reminder_idx on session_bookings (start_time, id)
where status = 'BOOKED' and hour_reminder_at is null;

alter table credit_transactions
add constraint credit_transactions_session_booking_fkey
foreign key (session_booking_id) references session_bookings (id);


create table session_waitlist (
    id bigint generated by default as identity constraint session_waitlist_pkey primary key,
    session_id bigint not null constraint session_waitlist_session_fkey references class_sessions (id),
    user_id uuid not null constraint session_waitlist_user_fkey references user_credits (user_id),
    status waitlist_status not null default 'WAITING',
    offer_expires_at timestamptz,
    told_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint session_waitlist_offer_expires check ((offer_expires_at is not null) = (status = 'OFFERED'))
);
comment on table session_waitlist is 'Who waits for a place, in the order of the ids. An offer keeps a place for a while.';
comment on column session_waitlist.told_at is 'When they were told that a place had come free which they cannot have: once.';

create unique index session_waitlist_live_key on session_waitlist (session_id, user_id)
where status in ('WAITING', 'OFFERED');
create index session_waitlist_session_idx on session_waitlist (session_id, id);
create index session_waitlist_user_idx on session_waitlist (user_id, id);
create index session_waitlist_offer_idx on session_waitlist (offer_expires_at, id) where status = 'OFFERED';


create table session_reviews (
    id bigint generated by default as identity constraint session_reviews_pkey primary key,
    booking_id bigint not null constraint session_reviews_booking_key unique,
    session_id bigint not null constraint session_reviews_session_fkey references class_sessions (id),
    rating smallint not null,
    comment text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint session_reviews_booking_fkey foreign key (booking_id, session_id)
    references session_bookings (id, session_id),
    constraint session_reviews_rating_range check (rating between 1 and 5),
    constraint session_reviews_low_rating_explained check (rating > 2 or coalesce(comment, '') <> '')
);

create index session_reviews_session_idx on session_reviews (session_id, created_at, id);
create index session_reviews_booking_session_idx on session_reviews (booking_id, session_id);


-- What somebody has said of their health before they exercise; the newest one counts.
create table parqs (
    id bigint generated by default as identity constraint parqs_pkey primary key,
    user_id uuid not null constraint parqs_user_fkey references auth_users (id) on delete cascade,
    answers jsonb not null,
    has_yes boolean not null generated always as (jsonb_path_exists(answers, '$.* ? (@ == true)')) stored,
    clearance clearance_status not null,
    clearance_note text,
    decided_by uuid constraint parqs_decided_by_fkey references auth_users (id) on delete set null,
    decided_at timestamptz,
    valid_until timestamptz not null,
    created_at timestamptz not null default now(),
    constraint parqs_answers_to_each_question check (
        jsonb_typeof(answers) = 'object'
        and answers ?& array[
            'heartCondition', 'chestPainActive', 'chestPainResting', 'dizziness', 'jointProblem', 'medication', 'otherReason'
        ]
        and answers - array[
            'heartCondition', 'chestPainActive', 'chestPainResting', 'dizziness', 'jointProblem', 'medication', 'otherReason'
        ] = '{}'
        and not jsonb_path_exists(answers, '$.* ? (@.type() != "boolean")')
    ),
    constraint parqs_clearance_where_needed check ((clearance = 'NOT_NEEDED') = not has_yes),
    constraint parqs_decided_at_with_clearance check ((decided_at is not null) = (clearance in ('ACCEPTED', 'REJECTED')))
);
comment on table parqs is 'Physical Activity Readiness Questionnaires (PAR-Q): valid for twelve months.';

create index parqs_user_idx on parqs (user_id, id);
create index parqs_decided_by_idx on parqs (decided_by);
create index parqs_created_at_idx on parqs (created_at, id);
create index parqs_clearance_idx on parqs (clearance, created_at, id);

-- Whether nothing that somebody has last said of their health keeps them from a class now.
create function has_valid_parq(of_user uuid) returns boolean
language sql stable parallel safe
return exists (
    select
    from (
        select
            parqs.clearance,
            parqs.valid_until
        from parqs
        where parqs.user_id = of_user
        order by parqs.id desc
        limit 1
    ) as newest
    where newest.valid_until > now() and newest.clearance in ('NOT_NEEDED', 'ACCEPTED')
);


create table subscription_plans (
    id bigint generated by default as identity constraint subscription_plans_pkey primary key,
    name text not null,
    description text,
    price numeric(12, 2) not null,
    currency text not null,
    interval plan_interval not null default 'MONTH',
    credits_per_period integer not null,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint subscription_plans_name_present check (name <> ''),
    constraint subscription_plans_price_positive check (price > 0),
    constraint subscription_plans_currency_code check (currency ~ '^[A-Z]{3}$'),
    constraint subscription_plans_credits_range check (credits_per_period between 1 and 10000)
);

create unique index subscription_plans_name_key on subscription_plans (lower(name));


-- What was agreed stays as it was, whatever becomes of the plan.
create table subscriptions (
    id bigint generated by default as identity constraint subscriptions_pkey primary key,
    -- The provider's idempotency key: one row never makes two sessions there.
    reference uuid not null default gen_random_uuid() constraint subscriptions_reference_key unique,
    user_id uuid not null constraint subscriptions_user_fkey references user_credits (user_id),
    plan_id bigint not null constraint subscriptions_plan_fkey references subscription_plans (id),
    source subscription_source not null,
    status subscription_status not null,
    price numeric(12, 2) not null,
    currency text not null,
    interval plan_interval not null,
    credits_per_period integer not null,
    anchored_at timestamptz,
    current_period_start timestamptz,
    current_period_end timestamptz,
    unpaid_from timestamptz,
    ends_with_period boolean not null default false,
    told_at timestamptz,
    needs_review boolean not null default false,
    stripe_session_id text constraint subscriptions_stripe_session_id_key unique,
    stripe_subscription_id text constraint subscriptions_stripe_subscription_id_key unique,
    url text,
    expires_at timestamptz,
    idempotency_key text,
    ended_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint subscriptions_idempotency_key unique (user_id, idempotency_key),
    constraint subscriptions_price_not_negative check (price >= 0),
    constraint subscriptions_credits_range check (credits_per_period between 1 and 10000),
    constraint subscriptions_anchored_once_live check (
        anchored_at is not null or status in ('INCOMPLETE', 'CANCELLED', 'EXPIRED')
    ),
    constraint subscriptions_ended_at_with_status check ((ended_at is not null) = (status in ('CANCELLED', 'EXPIRED'))),
    constraint subscriptions_period_whole check ((current_period_start is null) = (current_period_end is null))
);
comment on column subscriptions.anchored_at is 'When its first period began: each period begins that many weeks, months or years later, in a shorter month on its last day.';
comment on column subscriptions.current_period_start is 'derived: classes.refresh_subscription_period';
comment on column subscriptions.current_period_end is 'derived: classes.refresh_subscription_period';
comment on column subscriptions.unpaid_from is 'When the newest of the periods began whose payment has failed: PAST_DUE until that one, or a later one, is paid.';
comment on column subscriptions.told_at is 'When the provider made the newest of what was heard of whether it ends with its period.';

create unique index subscriptions_live_key on subscriptions (user_id) where status in ('INCOMPLETE', 'ACTIVE', 'PAST_DUE');
create index subscriptions_user_idx on subscriptions (user_id, created_at, id);
create index subscriptions_created_at_idx on subscriptions (created_at, id);
create index subscriptions_plan_idx on subscriptions (plan_id);
create index subscriptions_due_idx on subscriptions (current_period_end, id) where source = 'ADMIN' and status = 'ACTIVE';


-- What a subscription has brought for each of its periods, once; and what was paid for that.
create table subscription_grants (
    id bigint generated by default as identity constraint subscription_grants_pkey primary key,
    subscription_id bigint not null constraint subscription_grants_subscription_fkey references subscriptions (id),
    period_start timestamptz not null,
    period_end timestamptz not null,
    credits integer not null,
    amount numeric(12, 2),
    currency text,
    stripe_invoice_id text constraint subscription_grants_stripe_invoice_id_key unique,
    created_at timestamptz not null default now(),
    constraint subscription_grants_period_key unique (subscription_id, period_start),
    constraint subscription_grants_ends_after_start check (period_end > period_start),
    constraint subscription_grants_credits_positive check (credits > 0),
    constraint subscription_grants_paid_whole check (num_nulls(amount, currency, stripe_invoice_id) in (0, 3))
);

alter table credit_transactions
add constraint credit_transactions_subscription_grant_fkey
foreign key (subscription_grant_id) references subscription_grants (id);

-- When the nth period of a subscription begins, counted from 0: months are counted from the first day, where the studio is,
-- so that 31 January is followed by 28 February and that by 31 March.
create function subscription_period_start(anchored_at timestamptz, unit plan_interval, n integer) returns timestamptz
language sql stable strict parallel safe
return (
    select
        ((anchored_at at time zone time_zone) + n * ('1 ' || unit::text)::interval) at time zone time_zone
    from studio_settings
);

-- schema/audit.sql

-- The audit trail: every insert, update and delete of a business table, in the order in which they were committed. It is
-- written by one trigger function as each transaction commits, which no code path can forget, and as the owner of the
-- tables: the application only reads it. Each row carries a hash over itself and the one before it.
--
-- The last thing a transaction locks is the head of the chain, and it holds it until it has committed: so the numbers have
-- no gap, and whoever has seen one never sees one below it appear. The feed of changes is read from here.

create type audit_operation as enum ('INSERT', 'UPDATE', 'DELETE');


create table audit_logs (
    id bigint not null constraint audit_logs_pkey primary key,
    recorded_at timestamptz not null,
    table_name text not null,
    row_id text not null,
    operation audit_operation not null,
    actor_id uuid,
    actor text,
    request_id text,
    client_id bigint,
    before jsonb,
    after jsonb,
    data_digest bytea not null,
    hash bytea not null,
    erased_at timestamptz,
    constraint audit_logs_id_positive check (id > 0),
    constraint audit_logs_somebodys check (num_nonnulls(actor_id, actor) = 1),
    constraint audit_logs_data_digest_length check (length(data_digest) = 32),
    constraint audit_logs_hash_length check (length(hash) = 32),
    constraint audit_logs_erased_is_empty check (erased_at is null or num_nonnulls(before, after) = 0)
);
comment on column audit_logs.actor is 'Who it was where it was no user: Photolens itself, or a login of the database. Of users no names are kept here.';
comment on column audit_logs.before is 'Of an update, what it changed; of a delete, all there was.';
comment on column audit_logs.client_id is 'Of which client of the studio, where the row names one.';
comment on column audit_logs.data_digest is 'SHA-256 of before and after: they can be erased, and the chain still holds.';
comment on column audit_logs.erased_at is 'When before and after were taken out, because they named somebody who is to be forgotten.';

create index audit_logs_row_idx on audit_logs (table_name, row_id, id);
create index audit_logs_actor_idx on audit_logs (actor_id, recorded_at, id);
create index audit_logs_recorded_at_idx on audit_logs (recorded_at, id);
create index audit_logs_request_idx on audit_logs (request_id, recorded_at, id);
create index audit_logs_client_deletes_idx on audit_logs (client_id) where operation = 'DELETE';


-- Its older part: the same chain, which audit_logs goes on with. Rows only ever move from the beginning of that.
create table archived_audit_logs (like audit_logs) partition by range (recorded_at);
alter table archived_audit_logs add constraint archived_audit_logs_pkey primary key (id, recorded_at);
comment on table archived_audit_logs is 'The old part of the trail.';

create index archived_audit_logs_row_idx on archived_audit_logs (table_name, row_id, id);
create index archived_audit_logs_actor_idx on archived_audit_logs (actor_id, recorded_at, id);
create index archived_audit_logs_recorded_at_idx on archived_audit_logs (recorded_at, id);
create index archived_audit_logs_request_idx on archived_audit_logs (request_id, recorded_at, id);
create index archived_audit_logs_client_deletes_idx on archived_audit_logs (client_id) where operation = 'DELETE';

create view all_audit_logs as
select * from audit_logs
union all
select * from archived_audit_logs;


-- Where the chain ends: what is cut off its end is missed.
create table audit_heads (
    id smallint not null default 1 constraint audit_heads_pkey primary key,
    last_id bigint not null default 0,
    hash bytea not null default decode(repeat('00', 32), 'hex'),
    constraint audit_heads_one_row check (id = 1),
    constraint audit_heads_last_id_not_negative check (last_id >= 0),
    constraint audit_heads_hash_length check (length(hash) = 32)
);

insert into audit_heads default values;


-- The hash of a row of the trail, over all that is never erased of it and the hash before it.
create function audit_hash(previous bytea, entry audit_logs) returns bytea
language sql stable parallel safe
return sha256(
    previous
    || entry.data_digest
    || convert_to(
        jsonb_build_array(
            entry.id,
            extract(epoch from entry.recorded_at),
            entry.table_name,
            entry.row_id,
            entry.operation,
            entry.actor_id,
            entry.actor,
            entry.request_id,
            entry.client_id
        )::text,
        'UTF8'
    )
);

create function audit_digest(before jsonb, after jsonb) returns bytea
language sql immutable parallel safe
return sha256(convert_to(coalesce(before::text, '') || E'\n' || coalesce(after::text, ''), 'UTF8'));


-- Adds a change to the trail, as its transaction commits. Its arguments are the columns of the table's primary key, those
-- whose values are nobody's to read, and those that follow from others and are left out.
--
-- In a transaction that forgets somebody (photolens.forgetting), what the rows that it changes held before is erased from the
-- trail: it named them. What remains is what they hold in the end, and that they were changed, when and by whom.
create function record_change() returns trigger
language plpgsql security definer
set search_path from current
set timezone to 'UTC'
as $$
declare
    key_columns constant text[] := tg_argv[0];
    is_forgetting constant boolean := coalesce(current_setting('photolens.forgetting', true), '') = 'on';
    row_before jsonb;
    row_after jsonb;
    shown jsonb;
    key_column text;
    hidden text;
    head record;
    last_added record;
    entry audit_logs;
begin
    if tg_op <> 'INSERT' then
        row_before := to_jsonb(old) - tg_argv[2]::text[];
    end if;
    if tg_op <> 'DELETE' then
        row_after := to_jsonb(new) - tg_argv[2]::text[];
    end if;
    if row_before = row_after then
        return null;
    end if;
    shown := coalesce(row_after, row_before);
    entry.table_name := tg_table_name;
    entry.row_id := shown ->> key_columns[1];
    foreach key_column in array key_columns[2:] loop
        entry.row_id := entry.row_id || ',' || (shown ->> key_column);
    end loop;
    entry.operation := tg_op::audit_operation;
    entry.actor_id := nullif(current_setting('photolens.actor_id', true), '')::uuid;
    if entry.actor_id is null then
        entry.actor := coalesce(nullif(current_setting('photolens.actor', true), ''), session_user);
    end if;
    entry.request_id := nullif(current_setting('photolens.request_id', true), '');
    entry.client_id := case when tg_table_name = 'clients' then shown -> 'id' else shown -> 'client_id' end;
    if is_forgetting then
        update audit_logs
        set before = null, after = null, erased_at = now()
        where table_name = entry.table_name and row_id = entry.row_id and erased_at is null;
        -- After the above: what was being moved meanwhile is there now.
        update archived_audit_logs
        set before = null, after = null, erased_at = now()
        where table_name = entry.table_name and row_id = entry.row_id and erased_at is null;
        row_before := null;
    elsif tg_op = 'UPDATE' then
        row_before := (
            select jsonb_object_agg(changed.key, changed.value)
            from jsonb_each(row_before) as changed
            where row_after -> changed.key is distinct from changed.value
        );
    end if;
    -- Of what is nobody's to read it is said that there is one, and not which.
    foreach hidden in array tg_argv[1]::text[] loop
        if row_before ->> hidden is not null then
            row_before := jsonb_set(row_before, array[hidden], '"[redacted]"');
        end if;
        if row_after ->> hidden is not null then
            row_after := jsonb_set(row_after, array[hidden], '"[redacted]"');
        end if;
    end loop;
    entry.before := row_before;
    entry.after := row_after;
    select last_id, hash into head from audit_heads for no key update;
    -- What this transaction has added stands beyond the head, which it moves at its end.
    select id, hash into last_added from audit_logs where id > head.last_id order by id desc limit 1;
    entry.id := coalesce(last_added.id, head.last_id) + 1;
    entry.recorded_at := clock_timestamp();
    entry.data_digest := audit_digest(entry.before, entry.after);
    entry.hash := audit_hash(coalesce(last_added.hash, head.hash), entry);
    insert into audit_logs select entry.*;
    return null;
end;
$$;

-- Moves the head of the chain to the last row of a transaction, once.
create function move_audit_head() returns trigger
language plpgsql security definer
set search_path from current
as $$
begin
    if new.id = (select max(id) from audit_logs) then
        update audit_heads set last_id = new.id, hash = new.hash;
    end if;
    return null;
end;
$$;

create constraint trigger audit_logs_move_head
after insert on audit_logs
deferrable initially deferred
for each row execute function move_audit_head();


-- Erases from the trail the contents of rows of a client that are there no more: whoever forgets a client cannot change
-- those.
create function erase_audit_of_deleted(of_client_id bigint) returns void
language sql security definer
set search_path from current
begin atomic
    update audit_logs
    set before = null, after = null, erased_at = now()
    from all_audit_logs as deletes
    where
        deletes.client_id = of_client_id
        and deletes.operation = 'DELETE'
        and audit_logs.table_name = deletes.table_name
        and audit_logs.row_id = deletes.row_id
        and audit_logs.erased_at is null;
    -- After the above: what was being moved meanwhile is there now.
    update archived_audit_logs
    set before = null, after = null, erased_at = now()
    from all_audit_logs as deletes
    where
        deletes.client_id = of_client_id
        and deletes.operation = 'DELETE'
        and archived_audit_logs.table_name = deletes.table_name
        and archived_audit_logs.row_id = deletes.row_id
        and archived_audit_logs.erased_at is null;
end;


-- Moves so many rows from the beginning of the trail, of one month, into the archive. A row that somebody has locked, who is
-- forgetting somebody, is not waited for: what comes before it is moved. Gives how many, and nothing while another moves rows.
create function archive_audit_logs(kept_months integer, at_most integer) returns integer
language plpgsql security definer
set search_path from current
as $$
declare
    boundary constant timestamptz := archive_boundary(kept_months);
    oldest record;
    moved integer;
begin
    if not lock_archive() then
        return null;
    end if;
    select id, recorded_at into oldest from audit_logs order by id limit 1;
    if oldest.id is null or oldest.recorded_at >= boundary then
        return 0;
    end if;
    perform add_archive_partition('archived_audit_logs', oldest.recorded_at);
    with beginning as (
        select id, recorded_at
        from audit_logs
        order by id
        limit at_most
        for update skip locked
    ),

    placed as (
        select
            id,
            bool_and(
                date_trunc('month', recorded_at, 'UTC') = date_trunc('month', oldest.recorded_at, 'UTC')
            ) over so_far
            and id = oldest.id + row_number() over so_far - 1 as is_moving
        from beginning
        window so_far as (order by id)
    ),

    moving as (
        delete from audit_logs
        where id in (select placed.id from placed where placed.is_moving)
        returning *
    )

    insert into archived_audit_logs select * from moving;
    get diagnostics moved = row_count;
    return moved;
end;
$$;


-- The trail as a feed: each row as it is since a change, written as the API writes it; null where it is gone, or erased.
create view changes as
select
    all_audit_logs.id,
    all_audit_logs.recorded_at,
    all_audit_logs.table_name,
    all_audit_logs.row_id,
    all_audit_logs.operation,
    (
        select
            jsonb_object_agg(
                lower(left(field.key, 1)) || substr(replace(initcap(replace(field.key, '_', ' ')), ' ', ''), 2),
                case
                    when field.value = 'null' then field.value
                    when columns.atttypid = 'numeric'::regtype then to_jsonb(field.value #>> '{}')
                    when columns.atttypid = 'timestamptz'::regtype
                        then to_jsonb(rfc3339((field.value #>> '{}')::timestamptz))
                    else field.value
                end
            )
        from jsonb_each(all_audit_logs.after) as field
        left join pg_attribute as columns
            on
                columns.attrelid = to_regclass(format('%I.%I', current_schema(), all_audit_logs.table_name))
                and columns.attname = field.key
    ) as data,
    all_audit_logs.erased_at
from all_audit_logs;


-- Puts the trigger on every business table that does not have it. Not audited are logs, which are added to anyway, what
-- follows from other rows, and what is only there for a while: each with its reason in tests/platform/test_audit_trail.py.
create procedure audit_tables()
language plpgsql as $$
declare
    audited record;
begin
    for audited in
        select
            pg_class.relname as table_name,
            (
                select array_agg(key_column.attname order by keys.place)
                from pg_index
                cross join unnest(pg_index.indkey::smallint[]) with ordinality as keys (number, place)
                inner join pg_attribute as key_column
                    on pg_index.indrelid = key_column.attrelid and keys.number = key_column.attnum
                where pg_index.indrelid = pg_class.oid and pg_index.indisprimary
            ) as key_columns,
            coalesce(
                array_agg(pg_attribute.attname order by pg_attribute.attname) filter (
                    where pg_attribute.atttypid = 'bytea'::regtype
                    or pg_attribute.attname in (
                        'access_token', 'id_token', 'idempotency_key', 'password', 'refresh_token', 'session_state',
                        'answers', 'clearance_note'
                    )
                ),
                '{}'
            ) as hidden_columns,
            coalesce(
                array_agg(pg_attribute.attname order by pg_attribute.attname) filter (
                    where pg_attribute.attgenerated <> ''
                ),
                '{}'
            ) as dropped_columns
        from pg_class
        inner join pg_attribute
            on pg_class.oid = pg_attribute.attrelid and pg_attribute.attnum > 0 and not pg_attribute.attisdropped
        where
            pg_class.relnamespace = quote_ident(current_schema())::regnamespace
            and pg_class.relkind = 'r'
            and not pg_class.relispartition
            and pg_class.relname not like 'procrastinate%'
            and pg_class.relname not in (
                'activities',
                'archive_exports',
                'audit_heads',
                'audit_logs',
                'auth_attempts',
                'auth_sessions',
                'auth_verification_token',
                'communication_logs',
                'database_backups',
                'idempotency_keys',
                'notification_inboxes',
                'notifications',
                'otp_sessions',
                'schema_migrations',
                'space_payment_events',
                'stripe_events',
                'trainer_engagements',
                'webhook_attempts',
                'webhook_deliveries',
                'webhook_progress'
            )
            and not exists (
                select
                from pg_trigger
                where pg_trigger.tgrelid = pg_class.oid and pg_trigger.tgname = pg_class.relname || '_audit'
            )
        group by pg_class.oid, pg_class.relname
    loop
        execute format(
            'create constraint trigger %I after insert or update or delete on %I deferrable initially deferred '
            'for each row execute function record_change(%L, %L, %L)',
            audited.table_name || '_audit',
            audited.table_name,
            audited.key_columns,
            audited.hidden_columns,
            audited.dropped_columns
        );
    end loop;
end;
$$;

call audit_tables();

-- schema/webhooks.sql

-- Webhooks out: who is told of what happens, and what becomes of it. The audit trail is the outbox: what an endpoint is to be
-- told is read from there, first when it is noted for it, then when it is sent. Nothing of a row is kept here.

create type webhook_delivery_status as enum ('PENDING', 'DELIVERED', 'FAILED');


create table webhook_endpoints (
    id bigint generated by default as identity constraint webhook_endpoints_pkey primary key,
    url text not null,
    description text,
    event_types text [] not null,
    is_active boolean not null default true,
    secret bytea not null,
    former_secret bytea,
    former_secret_until timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint webhook_endpoints_event_types_present check (cardinality(event_types) > 0),
    constraint webhook_endpoints_former_secret_has_an_end check ((former_secret is null) = (former_secret_until is null))
);
comment on column webhook_endpoints.event_types is 'Such as client.created; * stands for all of them.';
comment on column webhook_endpoints.secret is 'Sealed. Its row is locked by whoever does anything with what the endpoint is to be told.';
comment on column webhook_endpoints.former_secret is 'The one before it, sealed: both sign until former_secret_until.';

create index webhook_endpoints_created_at_idx on webhook_endpoints (created_at, id);


-- How far an endpoint has come, and how it does. Apart from it, since this is not audited: each step would be a change of its own.
create table webhook_progress (
    endpoint_id bigint not null constraint webhook_progress_pkey primary key
    constraint webhook_progress_endpoint_fkey references webhook_endpoints (id) on delete cascade,
    through_id bigint not null,
    failures integer not null default 0,
    failing_since timestamptz,
    paused_until timestamptz,
    constraint webhook_progress_failing_since_a_failure check ((failing_since is null) = (failures = 0))
);
comment on column webhook_progress.through_id is 'The last row of the trail of which it is noted what the endpoint is to be told.';
comment on column webhook_progress.failures is 'How many tries in a row have failed.';
comment on column webhook_progress.paused_until is 'Until when the endpoint is not asked at all.';


create table webhook_deliveries (
    id uuid not null default gen_random_uuid() constraint webhook_deliveries_pkey primary key,
    endpoint_id bigint not null
    constraint webhook_deliveries_endpoint_fkey references webhook_endpoints (id) on delete cascade,
    change_id bigint,
    event_type text not null,
    object text,
    is_in_line boolean not null,
    status webhook_delivery_status not null default 'PENDING',
    tries integer not null default 0,
    queued_at timestamptz not null default now(),
    next_attempt_at timestamptz,
    leased_until timestamptz,
    last_status_code integer,
    last_error text,
    delivered_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    constraint webhook_deliveries_change_key unique (change_id, endpoint_id),
    constraint webhook_deliveries_in_line_of_an_object check (not is_in_line or num_nonnulls(object, change_id) = 2),
    constraint webhook_deliveries_next_attempt_while_pending check (next_attempt_at is null or status = 'PENDING'),
    constraint webhook_deliveries_delivered_at_with_status check ((delivered_at is not null) = (status = 'DELIVERED'))
);
comment on column webhook_deliveries.id is 'The webhook-id, by which receivers know what they have had already.';
comment on column webhook_deliveries.change_id is 'The row of the audit trail; none of a ping. No foreign key: the trail may be archived.';
comment on column webhook_deliveries.is_in_line is 'Whether it waits for those of its object before it, and those after it wait for it.';
comment on column webhook_deliveries.queued_at is 'Since when it waits: since it was noted, or was to be sent again.';
comment on column webhook_deliveries.next_attempt_at is 'Null of those that are not the first in their line.';
comment on column webhook_deliveries.leased_until is 'Until when it is left to the worker that is sending it; also how that one knows that it still has it.';

create index webhook_deliveries_endpoint_idx on webhook_deliveries (endpoint_id, created_at, id);
create index webhook_deliveries_created_at_idx on webhook_deliveries (created_at, id);
create index webhook_deliveries_status_idx on webhook_deliveries (status, created_at, id);
create index webhook_deliveries_event_type_idx on webhook_deliveries (event_type, created_at, id);
create index webhook_deliveries_due_idx on webhook_deliveries (endpoint_id, next_attempt_at, id)
where status = 'PENDING' and next_attempt_at is not null;
create index webhook_deliveries_line_idx on webhook_deliveries (endpoint_id, object, change_id)
where status = 'PENDING' and is_in_line;
create index webhook_deliveries_waiting_idx on webhook_deliveries (endpoint_id, queued_at)
where status = 'PENDING';


create table webhook_attempts (
    id bigint generated by default as identity constraint webhook_attempts_pkey primary key,
    delivery_id uuid not null
    constraint webhook_attempts_delivery_fkey references webhook_deliveries (id) on delete cascade,
    attempted_at timestamptz not null,
    status_code integer,
    error text,
    milliseconds integer not null,
    answer text,
    constraint webhook_attempts_milliseconds_not_negative check (milliseconds >= 0)
);
comment on column webhook_attempts.answer is 'How the answer begins. Taken out when what was sent is erased from the trail: it may repeat it.';

create index webhook_attempts_delivery_idx on webhook_attempts (delivery_id, attempted_at, id);


-- Queues a job about webhooks, unless the same one waits already. The one that waits is locked: it does not begin before the
-- present transaction has committed, and sees what that one has done.
create function queue_webhook_job(task text, key text, args jsonb) returns void
language plpgsql
set search_path from current
as $$
begin
    perform from procrastinate_jobs
    where queueing_lock = key and status = 'todo'
    for update;
    if not found then
        insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
        values ('webhooks', task, key, key, args)
        on conflict (queueing_lock) where status = 'todo' do update
        set queueing_lock = excluded.queueing_lock;
    end if;
end;
$$;


-- Whoever adds to the trail has it told, if there is anybody to tell. Whoever makes an endpoint, or switches one on, adds to
-- the trail after that: nothing comes between that nobody tells.
create function tell_endpoints_of_changes() returns trigger
language plpgsql security definer
set search_path from current
as $$
begin
    if exists (select from webhook_endpoints where is_active) then
        perform queue_webhook_job('fan_out_webhooks', 'fan_out_webhooks', '{}');
    end if;
    return null;
end;
$$;

create trigger audit_heads_tell_endpoints
after update of last_id on audit_heads
for each row execute function tell_endpoints_of_changes();


-- What is erased from the trail is erased from what receivers have answered to it.
create function erase_webhook_answers() returns trigger
language plpgsql security definer
set search_path from current
as $$
begin
    update webhook_attempts set answer = null
    from webhook_deliveries
    where
        webhook_deliveries.change_id = new.id
        and webhook_attempts.delivery_id = webhook_deliveries.id
        and webhook_attempts.answer is not null;
    return null;
end;
$$;

create trigger audit_logs_erase_webhook_answers
after update of erased_at on audit_logs
for each row when (new.erased_at is not null)
execute function erase_webhook_answers();

call audit_tables();

-- schema/details.sql

-- The rows the API shows, each defined once: what a screen needs of its neighbours is joined here, so that no list
-- costs a query per row. They stand last because they look across the domains.

create view client_contact_details as
select
    client_contacts.id,
    client_contacts.client_id,
    clients.name as client_name,
    client_contacts.user_id,
    client_contacts.name,
    client_contacts.title,
    client_contacts.email,
    client_contacts.phone,
    client_contacts.is_primary,
    client_contacts.is_active,
    client_contacts.activated_at,
    contact_invites.created_at as invited_at,
    contact_invites.expires_at as invite_expires_at,
    client_contacts.created_at,
    client_contacts.updated_at
from client_contacts
inner join clients on client_contacts.client_id = clients.id
left join contact_invites on client_contacts.id = contact_invites.contact_id;


create view session_package_details as
select
    session_packages.id,
    session_packages.category_id,
    session_categories.name as category_name,
    session_packages.name,
    session_packages.description,
    session_packages.price,
    session_packages.duration_minutes,
    session_packages.inclusions,
    session_packages.is_active,
    session_packages.created_at,
    session_packages.updated_at
from session_packages
inner join session_categories on session_packages.category_id = session_categories.id;


create view booking_details as
select
    bookings.id,
    bookings.client_id,
    clients.name as client_name,
    clients.avatar_url as client_avatar_url,
    bookings.session_type_id,
    session_packages.name as session_type_name,
    session_packages.category_id,
    session_categories.name as category_name,
    bookings.session_date,
    bookings.ends_at,
    bookings.room_id,
    rooms.name as room_name,
    bookings.series_id,
    bookings.work_package_id,
    work_packages.name as work_package_name,
    bookings.location,
    bookings.price,
    bookings.status,
    bookings.notes,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'staffId', staff_members.id,
                        'name', staff_members.name,
                        'avatarUrl', staff_members.avatar_url,
                        'role', staff_assignments.role
                    )
                    order by staff_assignments.id
                ),
                '[]'
            )
        from staff_assignments
        inner join staff_members on staff_assignments.staff_id = staff_members.id
        where staff_assignments.booking_id = bookings.id
    ) as assigned_staff,
    (
        select count(*)::integer
        from photo_selections
        where photo_selections.booking_id = bookings.id
    ) as photo_selection_count,
    editing_jobs.id as editing_job_id,
    invoice.id as invoice_id,
    invoice.invoice_number,
    bookings.created_at,
    bookings.updated_at
from bookings
inner join clients on bookings.client_id = clients.id
inner join session_packages on bookings.session_type_id = session_packages.id
inner join session_categories on session_packages.category_id = session_categories.id
left join rooms on bookings.room_id = rooms.id
left join work_packages on bookings.work_package_id = work_packages.id
left join editing_jobs on bookings.id = editing_jobs.booking_id
-- A booking may have been invoiced again after a void: the newest invoice that still counts is the one to show.
left join lateral (
    select
        invoices.id,
        invoices.invoice_number
    from invoices
    where invoices.booking_id = bookings.id and invoices.status <> 'VOID'
    order by invoices.id desc
    limit 1
) as invoice on true;


create view editing_job_details as
select
    editing_jobs.id,
    editing_jobs.booking_id,
    bookings.client_id,
    clients.name as client_name,
    session_packages.name as session_type_name,
    bookings.session_date,
    editing_jobs.editor_id,
    staff_members.name as editor_name,
    editing_jobs.stage_id,
    editing_stages.name as stage_name,
    editing_jobs.status,
    editing_jobs.priority,
    editing_jobs.due_date,
    editing_jobs.notes,
    editing_jobs.drive_folder_url,
    editing_jobs.photographer_notes,
    editing_jobs.uploaded_at,
    editing_jobs.revision_count,
    editing_jobs.delivered_at,
    editing_jobs.created_at,
    editing_jobs.updated_at
from editing_jobs
inner join bookings on editing_jobs.booking_id = bookings.id
inner join clients on bookings.client_id = clients.id
inner join session_packages on bookings.session_type_id = session_packages.id
inner join editing_stages on editing_jobs.stage_id = editing_stages.id
left join staff_members on editing_jobs.editor_id = staff_members.id;


create view expense_details as
select
    expenses.id,
    expenses.booking_id,
    bookings.client_id,
    clients.name as client_name,
    expenses.category,
    expenses.description,
    expenses.amount,
    expenses.incurred_at,
    expenses.notes,
    expenses.payment_account_id,
    payment_accounts.name as payment_account_name,
    invoice_items.id as billed_invoice_item_id,
    invoice_items.invoice_id as billed_invoice_id,
    expenses.created_at,
    expenses.updated_at
from expenses
left join bookings on expenses.booking_id = bookings.id
left join clients on bookings.client_id = clients.id
left join payment_accounts on expenses.payment_account_id = payment_accounts.id
left join invoice_items on expenses.id = invoice_items.expense_id;


create view invoice_summaries as
select
    invoices.id,
    invoices.invoice_number,
    invoices.client_id,
    clients.name as client_name,
    clients.email as client_email,
    clients.avatar_url as client_avatar_url,
    invoices.booking_id,
    invoices.work_package_id,
    invoices.invoice_name,
    invoices.invoice_description,
    invoices.issue_date,
    invoices.due_date,
    invoices.status,
    invoices.currency,
    invoices.subtotal,
    invoices.discount_amount,
    invoices.tax_rate::float8 as tax_rate,
    invoices.tax_amount,
    invoices.total_amount,
    invoices.balance_due,
    invoices.overpaid_amount,
    -- Told by the calendar, also before the daily task has changed the status.
    coalesce(
        invoices.status not in ('DRAFT', 'VOID') and invoices.balance_due > 0 and invoices.due_date < studio_today(),
        false
    ) as is_overdue,
    invoices.paid_at,
    invoices.paid_by_contact_id,
    client_contacts.name as paid_by_contact_name,
    invoices.needs_review,
    invoices.last_reminder_at,
    invoices.created_at,
    invoices.updated_at
from invoices
inner join clients on invoices.client_id = clients.id
left join client_contacts on invoices.paid_by_contact_id = client_contacts.id;


create view invoice_item_details as
select
    invoice_items.id,
    invoice_items.invoice_id,
    invoice_items.position,
    invoice_items.name,
    invoice_items.quantity::float8 as quantity,
    invoice_items.unit_price,
    invoice_items.amount,
    invoice_items.expense_id
from invoice_items;


create view invoice_milestone_details as
select
    invoice_milestones.id,
    invoice_milestones.invoice_id,
    invoice_milestones.position,
    invoice_milestones.label,
    invoice_milestones.description,
    invoice_milestones.expected_amount,
    invoice_milestones.expected_date,
    invoice_milestones.paid_amount,
    invoice_milestones.status
from invoice_milestones;


create view payment_details as
select
    payments.id,
    payments.invoice_id,
    payments.milestone_id,
    payments.amount,
    payments.currency,
    payments.paid_at,
    payments.method,
    payments.notes,
    payments.payment_account_id,
    payment_accounts.name as payment_account_name,
    (
        select coalesce(sum(refunds.amount), 0.00)
        from refunds
        where refunds.payment_id = payments.id and refunds.status <> 'FAILED'
    ) as refunded_amount,
    -- As it was split when it was booked: what was refunded is not taken off here.
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'milestoneId', payment_allocations.milestone_id,
                        'amount', payment_allocations.amount::text
                    )
                    order by payment_allocations.id
                ),
                '[]'
            )
        from payment_allocations
        where payment_allocations.payment_id = payments.id and payment_allocations.refund_id is null
    ) as allocations,
    payments.paid_by_contact_id,
    client_contacts.name as paid_by_contact_name,
    payments.stripe_session_id,
    payments.stripe_payment_intent_id,
    payments.recorded_by,
    payments.created_at
from payments
left join payment_accounts on payments.payment_account_id = payment_accounts.id
left join client_contacts on payments.paid_by_contact_id = client_contacts.id;


create view refund_details as
select
    refunds.id,
    refunds.payment_id,
    payments.invoice_id,
    refunds.amount,
    payments.currency,
    refunds.reason,
    refunds.status,
    refunds.stripe_refund_id,
    refunds.refunded_at,
    refunds.recorded_by,
    refunds.created_at
from refunds
inner join payments on refunds.payment_id = payments.id;


create view staff_member_details as
select
    staff_members.id,
    staff_members.user_id,
    staff_members.name,
    staff_members.role,
    staff_members.email,
    staff_members.phone,
    staff_members.avatar_url,
    staff_members.status,
    auth_users.last_login_at,
    staff_members.created_at,
    staff_members.updated_at
from staff_members
left join auth_users on staff_members.user_id = auth_users.id;


create view user_details as
select
    auth_users.id,
    auth_users.name,
    auth_users.email,
    auth_users.email_verified is not null as is_email_verified,
    auth_users.image,
    auth_users.phone_number,
    auth_users.phone_verified is not null as is_phone_verified,
    auth_users.role,
    auth_users.status,
    auth_users.last_login_at,
    auth_users.created_at,
    auth_users.updated_at
from auth_users;


-- How an invoice is being paid online, or was to be: without the page, which is whoever pays there's.
create view checkout_details as
select
    checkout_sessions.id,
    checkout_sessions.invoice_id,
    checkout_sessions.milestone_id,
    checkout_sessions.contact_id,
    client_contacts.name as contact_name,
    checkout_sessions.expected_amount_minor,
    checkout_sessions.currency,
    checkout_sessions.status,
    checkout_sessions.stripe_session_id,
    checkout_sessions.stripe_payment_intent_id,
    checkout_sessions.stripe_customer_id,
    checkout_sessions.expires_at,
    checkout_sessions.created_at,
    checkout_sessions.updated_at
from checkout_sessions
inner join client_contacts on checkout_sessions.contact_id = client_contacts.id;


create view purchase_details as
select
    id,
    user_id,
    product_credits,
    quantity,
    amount,
    currency,
    credits_purchased,
    status,
    needs_review,
    stripe_session_id,
    case when status = 'PENDING' and expires_at > now() then url end as url,
    expires_at,
    completed_at,
    created_at,
    updated_at
from purchases;


-- What a booking brought and cost. What was paid on an issued invoice is what is no longer due of it, and what was
-- overpaid.
create view booking_profits as
select
    bookings.id,
    bookings.session_date,
    bookings.client_id,
    clients.name as client_name,
    bookings.session_type_id,
    session_packages.name as session_type_name,
    bookings.status,
    bookings.price,
    billing.invoiced,
    billing.paid,
    spending.expenses,
    billing.invoiced - spending.expenses as profit,
    round(100 * (billing.invoiced - spending.expenses) / nullif(billing.invoiced, 0), 2)::float8 as margin_percent,
    billing.invoices + spending.receipts > 0 as has_money
from bookings
inner join clients on bookings.client_id = clients.id
inner join session_packages on bookings.session_type_id = session_packages.id
cross join lateral (
    select
        count(*) as invoices,
        coalesce(sum(invoices.total_amount), 0.00) as invoiced,
        coalesce(sum(invoices.total_amount - invoices.balance_due + invoices.overpaid_amount), 0.00) as paid
    from invoices
    where invoices.booking_id = bookings.id and invoices.status not in ('DRAFT', 'VOID')
) as billing
cross join lateral (
    select
        count(*) as receipts,
        coalesce(sum(expenses.amount), 0.00) as expenses
    from expenses
    where expenses.booking_id = bookings.id
) as spending;


-- When each editing job was delivered for the first time.
create view first_deliveries as
select
    deliveries.editing_job_id,
    deliveries.changed_at as delivered_at
from editing_status_logs as deliveries
where
    deliveries.status = 'DELIVERED'
    and not exists (
        select
        from editing_status_logs as earlier
        where
            earlier.editing_job_id = deliveries.editing_job_id
            and earlier.status = 'DELIVERED'
            and earlier.id < deliveries.id
    );


-- Those that their users have not hidden. Who is shown which, the queries say: a user their own, administrators the demos.
create view photo_job_details as
select
    photo_jobs.id,
    photo_jobs.user_id,
    photo_jobs.booking_id,
    photo_jobs.prompt,
    photo_jobs.group_name,
    photo_jobs.status,
    (
        select count(*)::integer
        from photo_job_photos
        where photo_job_photos.job_id = photo_jobs.id and photo_job_photos.done_at is not null
    ) as done,
    photo_jobs.photo_count as total,
    photo_jobs.free_photos,
    photo_jobs.unit_price,
    photo_jobs.cost,
    photo_jobs.failure,
    photo_jobs.result_bytes,
    case
        when photo_jobs.status = 'COMPLETED' then '/api/v1/photo-jobs/' || photo_jobs.id || '/download'
    end as download_url,
    photo_jobs.started_at,
    photo_jobs.finished_at,
    photo_jobs.created_at,
    photo_jobs.updated_at
from photo_jobs
where photo_jobs.hidden_at is null;


create view space_booking_details as
select
    space_bookings.id,
    space_bookings.booking_number,
    space_bookings.customer_id,
    auth_users.name as customer_name,
    branches.vendor_id,
    vendor_services.branch_id,
    branches.name as branch_name,
    branches.time_zone,
    space_bookings.vendor_service_id,
    vendor_services.label,
    services.name as service_name,
    space_bookings.booking_date,
    space_bookings.last_date,
    to_char(space_bookings.start_time, 'HH24:MI') as start_time,
    to_char(space_bookings.end_time, 'HH24:MI') as end_time,
    space_bookings.starts_at,
    space_bookings.ends_at,
    space_bookings.quantity,
    space_bookings.unit_price,
    space_bookings.price_unit,
    space_bookings.duration::double precision as duration,
    space_bookings.total_price,
    space_bookings.currency,
    space_bookings.free_cancel_hours,
    space_bookings.late_refund_percent,
    vendor_services.cancellation_policy,
    space_bookings.status,
    space_bookings.payment_status,
    space_bookings.payment_method,
    space_bookings.hold_expires_at,
    space_bookings.refund_amount,
    space_bookings.needs_refund,
    space_bookings.cancelled_at,
    space_bookings.created_at,
    space_bookings.updated_at
from space_bookings
inner join vendor_services on space_bookings.vendor_service_id = vendor_services.id
inner join services on vendor_services.service_id = services.id
inner join branches on vendor_services.branch_id = branches.id
inner join auth_users on space_bookings.customer_id = auth_users.id;


create view branch_details as
select
    branches.id,
    branches.vendor_id,
    auth_users.name as vendor_name,
    branches.name,
    branches.description,
    branches.city,
    branches.address,
    branches.latitude::float8 as latitude,
    branches.longitude::float8 as longitude,
    branches.time_zone,
    branches.status,
    (
        select
            coalesce(
                json_agg(
                    json_build_object('id', facilities.id, 'name', facilities.name)
                    order by lower(facilities.name), facilities.id
                ),
                '[]'
            )
        from branch_facilities
        inner join facilities on branch_facilities.facility_id = facilities.id
        where branch_facilities.branch_id = branches.id
    ) as facilities,
    branches.created_at,
    branches.updated_at
from branches
inner join auth_users on branches.vendor_id = auth_users.id;


create view vendor_service_details as
select
    vendor_services.id,
    vendor_services.branch_id,
    branches.name as branch_name,
    vendor_services.service_id,
    services.name as service_name,
    vendor_services.label,
    vendor_services.max_capacity,
    vendor_services.price_per_unit,
    vendor_services.price_unit,
    vendor_services.min_booking_duration,
    vendor_services.max_booking_duration,
    vendor_services.cancellation_policy,
    vendor_services.free_cancel_hours,
    vendor_services.late_refund_percent,
    vendor_services.auto_accept,
    vendor_services.is_active,
    (
        select
            coalesce(
                json_agg(
                    json_build_object('id', features.id, 'name', features.name)
                    order by lower(features.name), features.id
                ),
                '[]'
            )
        from service_features
        inner join features on service_features.feature_id = features.id
        where service_features.vendor_service_id = vendor_services.id
    ) as features,
    vendor_services.created_at,
    vendor_services.updated_at
from vendor_services
inner join branches on vendor_services.branch_id = branches.id
inner join services on vendor_services.service_id = services.id;


create view availability_details as
select
    availability.id,
    availability.vendor_service_id,
    availability.date,
    to_char(availability.start_time, 'HH24:MI') as start_time,
    to_char(availability.end_time, 'HH24:MI') as end_time,
    availability.starts_at,
    availability.ends_at,
    availability.total_units,
    availability.available_units,
    availability.is_blocked
from availability;


-- Who has decided, the feed tells those whom it is for.
create view approval_request_details as
select
    approval_requests.id,
    approval_requests.kind,
    approval_requests.branch_id,
    branches.name as branch_name,
    branches.vendor_id,
    auth_users.name as vendor_name,
    approval_requests.vendor_service_id,
    vendor_services.label as vendor_service_label,
    vendor_services.max_capacity,
    approval_requests.requested_capacity,
    approval_requests.reason,
    approval_requests.status,
    approval_requests.review_note,
    approval_requests.decided_at,
    approval_requests.created_at
from approval_requests
inner join branches on approval_requests.branch_id = branches.id
inner join auth_users on branches.vendor_id = auth_users.id
left join vendor_services on approval_requests.vendor_service_id = vendor_services.id;


-- What each offering of a vendor's, or of everybody's, came to on these dates: bookings that begin on them and came about,
-- and what was paid for those that begin on them, less what went back, in the studio's currency; the hours of its units,
-- and those of them that are sold. What is blocked is not to be had, but for what was sold of it before.
create function space_figures(of_vendor_id uuid, first_date date, last_date date) returns table (
    vendor_service_id bigint,
    booking_count bigint,
    revenue numeric,
    published_hours float8,
    sold_hours float8,
    occupancy_percent float8
)
language sql stable parallel safe
begin atomic
    select
        vendor_services.id as vendor_service_id,
        sold.booking_count,
        sold.revenue,
        slots.published_hours,
        slots.sold_hours,
        round((100 * slots.sold_hours / nullif(slots.published_hours, 0))::numeric, 1)::float8 as occupancy_percent
    from vendor_services
    inner join branches on vendor_services.branch_id = branches.id
    cross join lateral (
        select
            count(*) filter (where space_bookings.status <> 'CANCELLED') as booking_count,
            coalesce(sum(paid.amount), 0.00) as revenue
        from space_bookings
        cross join lateral (
            select sum(space_payments.amount - space_payments.refunded_amount) as amount
            from space_payments
            where
                space_payments.booking_id = space_bookings.id
                and space_payments.status = 'PAID'
                and space_bookings.currency = (select studio_settings.currency from studio_settings)
        ) as paid
        where
            space_bookings.vendor_service_id = vendor_services.id
            and space_bookings.booking_date between first_date and last_date
    ) as sold
    cross join lateral (
        select
            coalesce(sum(
                slot.hours * case when slot.is_blocked then slot.total_units - slot.available_units else slot.total_units end
            ), 0)::float8 as published_hours,
            coalesce(sum(slot.hours * (slot.total_units - slot.available_units)), 0)::float8 as sold_hours
        from (
            select
                availability.is_blocked,
                availability.total_units,
                availability.available_units,
                extract(epoch from availability.ends_at - availability.starts_at) / 3600 as hours
            from availability
            where
                availability.vendor_service_id = vendor_services.id
                and availability.date between first_date and last_date
        ) as slot
    ) as slots
    where of_vendor_id is null or branches.vendor_id = of_vendor_id;
end;


create view space_payment_details as
select
    space_payments.*,
    space_bookings.booking_number
from space_payments
inner join space_bookings on space_payments.booking_id = space_bookings.id;


create view class_session_details as
select
    class_sessions.id,
    class_sessions.title,
    class_sessions.description,
    class_sessions.gym_id,
    gyms.name as gym_name,
    gyms.status as gym_status,
    gyms.time_zone,
    class_sessions.trainer_id,
    auth_users.name as trainer_name,
    class_sessions.start_time,
    class_sessions.end_time,
    class_sessions.status,
    class_sessions.capacity,
    class_sessions.capacity - class_sessions.places_taken - class_sessions.places_offered as places_left,
    class_sessions.waitlist_capacity,
    class_sessions.waiting,
    class_sessions.credit_cost,
    class_sessions.requires_parq,
    gyms.requires_induction,
    gyms.cancel_hours,
    gyms.subscriber_cancel_hours,
    round(class_sessions.rating_sum::numeric / nullif(class_sessions.rating_count, 0), 1)::float8 as rating_average,
    class_sessions.rating_count,
    class_sessions.moved_at,
    class_sessions.created_at,
    class_sessions.updated_at
from class_sessions
inner join gyms on class_sessions.gym_id = gyms.id
left join auth_users on class_sessions.trainer_id = auth_users.id;


-- Until when a place is given up for nothing: in time, or once its class was put at another time, until that starts.
create view session_booking_details as
select
    session_bookings.id,
    session_bookings.session_id,
    class_sessions.title,
    class_sessions.gym_id,
    gyms.name as gym_name,
    gyms.time_zone,
    class_sessions.trainer_id,
    session_bookings.user_id,
    auth_users.name as user_name,
    session_bookings.start_time,
    session_bookings.end_time,
    session_bookings.status,
    session_bookings.credit_cost,
    case
        when session_bookings.created_at <= class_sessions.moved_at then session_bookings.start_time
        else session_bookings.start_time - make_interval(hours => session_bookings.cancel_hours)
    end as free_cancel_until,
    exists (
        select
        from credit_transactions
        where
            credit_transactions.session_booking_id = session_bookings.id
            and credit_transactions.kind = 'REFUND'
    ) as is_refunded,
    session_bookings.is_from_waitlist,
    session_bookings.checked_in_at,
    session_bookings.cancelled_at,
    session_bookings.created_at,
    session_bookings.updated_at
from session_bookings
inner join class_sessions on session_bookings.session_id = class_sessions.id
inner join gyms on class_sessions.gym_id = gyms.id
inner join auth_users on session_bookings.user_id = auth_users.id;


-- A gym, as lists show it. Of its address each key is there, whether or not anything was said.
create view gym_details as
select
    gyms.id,
    gyms.name,
    gyms.description,
    jsonb_build_object(
        'line1', gyms.address ->> 'line1',
        'line2', gyms.address ->> 'line2',
        'city', gyms.address ->> 'city',
        'region', gyms.address ->> 'region',
        'postalCode', gyms.address ->> 'postalCode',
        'country', gyms.address ->> 'country'
    ) as address,
    gyms.amenities,
    gyms.time_zone,
    gyms.status,
    gyms.requires_induction,
    gyms.subscriber_cancel_hours,
    gyms.cancel_hours,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'weekday', gym_opening_hours.weekday,
                        'opensAt', to_char(gym_opening_hours.opens_at, 'HH24:MI'),
                        'closesAt', to_char(gym_opening_hours.closes_at, 'HH24:MI')
                    )
                    order by gym_opening_hours.weekday
                ),
                '[]'
            )
        from gym_opening_hours
        where gym_opening_hours.gym_id = gyms.id
    ) as opening_hours,
    round(gyms.rating_sum::numeric / nullif(gyms.rating_count, 0), 1)::float8 as rating_average,
    gyms.rating_count,
    gyms.created_at,
    gyms.updated_at
from gyms;


-- Who gives classes at a gym, by their own id. How they are rated is told of all their gyms together. The public is shown
-- those who are on.
create view gym_trainer_details as
select
    gym_trainers.trainer_id as id,
    gym_trainers.gym_id,
    auth_users.name,
    auth_users.image,
    user_profiles.bio,
    gym_trainers.is_active,
    gym_trainers.is_active and auth_users.status = 'ACTIVE' as is_on,
    round(everywhere.rating_sum::numeric / nullif(everywhere.rating_count, 0), 1)::float8 as rating_average,
    everywhere.rating_count,
    gym_trainers.created_at,
    gym_trainers.updated_at
from gym_trainers
inner join auth_users on gym_trainers.trainer_id = auth_users.id
left join user_profiles on auth_users.id = user_profiles.user_id
cross join lateral (
    select
        sum(rated.rating_count) as rating_count,
        sum(rated.rating_sum) as rating_sum
    from gym_trainers as rated
    where rated.trainer_id = gym_trainers.trainer_id
) as everywhere;


-- What was said of a class: of who said it, the public is told the first name.
create view session_review_details as
select
    session_reviews.id,
    session_reviews.session_id,
    session_reviews.rating,
    session_reviews.comment,
    split_part(auth_users.name, ' ', 1) as author_name,
    session_reviews.created_at,
    session_reviews.updated_at
from session_reviews
inner join session_bookings on session_reviews.booking_id = session_bookings.id
inner join auth_users on session_bookings.user_id = auth_users.id;


-- Of what somebody has said of their health only the newest counts; by the one rule, at the moment it is read.
create view parq_details as
select
    parqs.id,
    parqs.user_id,
    auth_users.name as user_name,
    parqs.answers,
    parqs.clearance,
    parqs.clearance_note,
    parqs.decided_at,
    parqs.valid_until,
    has_valid_parq(parqs.user_id) and not exists (
        select
        from parqs as later
        where later.user_id = parqs.user_id and later.id > parqs.id
    ) as is_valid,
    parqs.created_at
from parqs
inner join auth_users on parqs.user_id = auth_users.id;


create view induction_details as
select
    inductions.id,
    inductions.gym_id,
    gyms.name as gym_name,
    gyms.time_zone,
    inductions.user_id,
    auth_users.name as user_name,
    inductions.trainer_id,
    trainers.name as trainer_name,
    inductions.start_time,
    inductions.end_time,
    inductions.status,
    inductions.created_at,
    inductions.updated_at
from inductions
inner join gyms on inductions.gym_id = gyms.id
inner join auth_users on inductions.user_id = auth_users.id
left join auth_users as trainers on inductions.trainer_id = trainers.id;


-- What somebody has subscribed to: without the page, which is whoever pays there's.
create view subscription_details as
select
    subscriptions.id,
    subscriptions.user_id,
    auth_users.name as user_name,
    subscriptions.plan_id,
    subscription_plans.name as plan_name,
    subscriptions.source,
    subscriptions.status,
    subscriptions.price,
    subscriptions.currency,
    subscriptions.interval,
    subscriptions.credits_per_period,
    subscriptions.current_period_start,
    subscriptions.current_period_end,
    subscriptions.ends_with_period,
    subscriptions.needs_review,
    subscriptions.stripe_subscription_id,
    subscriptions.ended_at,
    subscriptions.created_at,
    subscriptions.updated_at
from subscriptions
inner join subscription_plans on subscriptions.plan_id = subscription_plans.id
inner join auth_users on subscriptions.user_id = auth_users.id;


create view subscription_grant_details as
select
    subscription_grants.*,
    credit_transactions.id as transaction_id
from subscription_grants
inner join credit_transactions on subscription_grants.id = credit_transactions.subscription_grant_id;


create view notification_details as
select
    notifications.id,
    notifications.user_id,
    notifications.number,
    notifications.type,
    notifications.title,
    notifications.body,
    notifications.subject_type,
    notifications.subject_id,
    notifications.read_at,
    notifications.created_at
from notifications;


create view support_comment_details as
select
    support_comments.id,
    support_comments.problem_id,
    support_comments.author_id,
    auth_users.name as author_name,
    support_comments.author_id <> support_problems.user_id as is_from_team,
    support_comments.is_internal,
    support_comments.body,
    support_comments.created_at
from support_comments
inner join support_problems on support_comments.problem_id = support_problems.id
inner join auth_users on support_comments.author_id = auth_users.id;

-- schema/search.sql

-- What the public is shown of spaces, and finds: active offerings at active branches of active vendors. The functions are
-- plain selects, which PostgreSQL folds into the statement around them. A condition that is null is none.

-- How far two points are apart, along a great circle of a globe as large as the Earth.
create function kilometres_between(latitude float8, longitude float8, other_latitude float8, other_longitude float8)
returns float8
language sql immutable parallel safe
return 2 * 6371.0088 * asin(least(1, sqrt(
    sin(radians(other_latitude - latitude) / 2) ^ 2
    + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(radians(other_longitude - longitude) / 2) ^ 2
)));


-- The branches of a city, of a vendor, with all of these facilities, around a point, each with whether its own words hold
-- what is searched: those of its offerings may, where they do not.
create function branches_open(
    in_city text,
    with_facilities bigint [],
    matching text,
    near_latitude float8,
    near_longitude float8,
    within_kilometres float8,
    of_vendor_id uuid
) returns table (
    id bigint,
    name text,
    time_zone text,
    created_at timestamptz,
    distance_km float8,
    is_matching boolean
)
language sql stable parallel safe
begin atomic
    select
        branches.id,
        branches.name,
        branches.time_zone,
        branches.created_at,
        point.distance_km,
        matching is null
        or lower(branches.name || ' ' || coalesce(branches.description, '') || ' ' || branches.city)
        like lower(matching) as is_matching
    from branches
    inner join auth_users on branches.vendor_id = auth_users.id
    cross join lateral (
        select
            case
                when near_latitude is not null and branches.latitude is not null
                    then round(
                        kilometres_between(
                            near_latitude, near_longitude, branches.latitude::float8, branches.longitude::float8
                        )::numeric,
                        3
                    )::float8
            end as distance_km
    ) as point
    where
        branches.status = 'ACTIVE'
        and auth_users.status = 'ACTIVE'
        and (in_city is null or lower(branches.city) = lower(in_city))
        and (of_vendor_id is null or branches.vendor_id = of_vendor_id)
        and (within_kilometres is null or point.distance_km <= within_kilometres)
        and (
            with_facilities is null
            or cardinality(with_facilities) = (
                select count(*)
                from branch_facilities
                where branch_facilities.branch_id = branches.id and branch_facilities.facility_id = any(with_facilities)
            )
        );
end;


-- The offerings at those branches that meet all conditions, whose units are free all the time that is asked for: its slots
-- cover it without a gap, none is blocked, and each has as many. What is past is not free.
create function offerings_found(
    in_city text,
    of_service service_name,
    on_date date,
    from_time time,
    to_time time,
    units integer,
    with_facilities bigint [],
    with_features bigint [],
    least_price numeric,
    most_price numeric,
    per_unit price_unit,
    matching text,
    near_latitude float8,
    near_longitude float8,
    within_kilometres float8,
    of_vendor_id uuid
) returns table (
    id bigint,
    branch_id bigint,
    label text,
    price_per_unit numeric,
    created_at timestamptz,
    distance_km float8
)
language sql stable parallel safe
begin atomic
    select
        vendor_services.id,
        vendor_services.branch_id,
        vendor_services.label,
        vendor_services.price_per_unit,
        vendor_services.created_at,
        open.distance_km
    from branches_open(
        in_city, with_facilities, matching, near_latitude, near_longitude, within_kilometres, of_vendor_id
    ) as open
    inner join vendor_services on open.id = vendor_services.branch_id
    where
        vendor_services.is_active
        and (
            of_service is null
            or vendor_services.service_id = (select services.id from services where services.name = of_service)
        )
        and (least_price is null or vendor_services.price_per_unit >= least_price)
        and (most_price is null or vendor_services.price_per_unit <= most_price)
        and (per_unit is null or vendor_services.price_unit = per_unit)
        and (units is null or vendor_services.max_capacity >= units)
        and (open.is_matching or lower(vendor_services.label) like lower(matching))
        and (
            with_features is null
            or cardinality(with_features) = (
                select count(*)
                from service_features
                where
                    service_features.vendor_service_id = vendor_services.id
                    and service_features.feature_id = any(with_features)
            )
        )
        and (
            on_date is null
            or (
                (on_date + coalesce(from_time, time '24:00')) at time zone open.time_zone > now()
                and coalesce(units, 1) <= (
                    select
                        case
                            when bool_or(availability.is_blocked) then 0
                            when
                                sum(least(availability.end_time, to_time) - greatest(availability.start_time, from_time))
                                < coalesce(to_time, max(availability.end_time))
                                - coalesce(from_time, min(availability.start_time))
                                then 0
                            else min(availability.available_units)
                        end
                    from availability
                    where
                        availability.vendor_service_id = vendor_services.id
                        and availability.date = on_date
                        and (to_time is null or availability.start_time < to_time)
                        and (from_time is null or availability.end_time > from_time)
                )
            )
        );
end;


-- The branches of those offerings, with the price of the cheapest and the twenty cheapest; where nothing is asked of what
-- a branch offers, also those that offer nothing just now.
create function branches_found(
    in_city text,
    of_service service_name,
    on_date date,
    from_time time,
    to_time time,
    units integer,
    with_facilities bigint [],
    with_features bigint [],
    least_price numeric,
    most_price numeric,
    per_unit price_unit,
    matching text,
    near_latitude float8,
    near_longitude float8,
    within_kilometres float8,
    of_vendor_id uuid
) returns table (
    id bigint,
    name text,
    created_at timestamptz,
    from_price numeric,
    offering_ids bigint [],
    distance_km float8
)
language sql stable parallel safe
begin atomic
    select
        open.id,
        open.name,
        open.created_at,
        offered.from_price,
        offered.offering_ids,
        open.distance_km
    from branches_open(
        in_city, with_facilities, matching, near_latitude, near_longitude, within_kilometres, of_vendor_id
    ) as open
    left join (
        select
            found.branch_id,
            min(found.price_per_unit) as from_price,
            (array_agg(found.id order by found.price_per_unit, found.id))[:20] as offering_ids
        from offerings_found(
            in_city,
            of_service,
            on_date,
            from_time,
            to_time,
            units,
            with_facilities,
            with_features,
            least_price,
            most_price,
            per_unit,
            matching,
            near_latitude,
            near_longitude,
            within_kilometres,
            of_vendor_id
        ) as found
        group by found.branch_id
    ) as offered on open.id = offered.branch_id
    where
        offered.branch_id is not null
        or (
            open.is_matching
            and of_service is null
            and on_date is null
            and units is null
            and with_features is null
            and least_price is null
            and most_price is null
            and per_unit is null
        );
end;


-- An offering, with where it is.
create view public_offering_details as
select
    vendor_service_details.*,
    branch_details.vendor_id,
    branch_details.vendor_name,
    branch_details.city,
    branch_details.address,
    branch_details.latitude,
    branch_details.longitude,
    branch_details.time_zone,
    branch_details.facilities
from vendor_service_details
inner join branch_details on vendor_service_details.branch_id = branch_details.id;


-- What is shown of these offerings within their branch, the cheapest first.
create function offerings_within_branch(of_offering_ids bigint []) returns table (services json)
language sql stable parallel safe
begin atomic
    select
        coalesce(
            json_agg(
                json_build_object(
                    'id', vendor_services.id,
                    'serviceName', services.name,
                    'label', vendor_services.label,
                    'pricePerUnit', vendor_services.price_per_unit::text,
                    'priceUnit', vendor_services.price_unit
                )
                order by vendor_services.price_per_unit, vendor_services.id
            ),
            '[]'
        ) as services
    from vendor_services
    inner join services on vendor_services.service_id = services.id
    where vendor_services.id = any(of_offering_ids);
end;

-- schema/visibility.sql

-- Who sees which rows. Everything that is read passes through these rules: a list, its total, a search, a single row. (The
-- total of bookings and the dashboard's number of them join less and repeat their rule; so do the queries that lock a job
-- or a photo, which a function cannot. Contracts name them all, and compare totals with lists.) A viewer of null sees all
-- rows; a staff member's id, only what is theirs; 0, none. The functions are plain selects, which PostgreSQL folds into
-- the statement around them: indexes are used as a view's are.

-- The bookings that a photographer is on.
create function bookings_seen_by(viewer_id bigint) returns setof booking_details
language sql stable parallel safe
begin atomic
    select booking_details.*
    from booking_details
    where
        viewer_id is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = booking_details.id and staff_assignments.staff_id = viewer_id
        );
end;


-- The clients of those bookings. A client's money is not the photographer's business; and of bookings and sessions, only
-- those that the photographer is on are counted.
create function clients_seen_by(viewer_id bigint) returns table (
    id bigint,
    name text,
    email text,
    phone text,
    notes text,
    avatar_url text,
    total_revenue numeric,
    total_sessions integer,
    total_bookings integer,
    outstanding_balance numeric,
    financial_status financial_status,
    archived_at timestamptz,
    erased_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz
)
language sql stable parallel safe
begin atomic
    select
        clients.id,
        clients.name,
        clients.email,
        clients.phone,
        clients.notes,
        clients.avatar_url,
        case when viewer_id is null then clients.total_revenue end as total_revenue,
        case
            when viewer_id is null then clients.total_sessions
            else (
                select count(*)::integer
                from bookings
                inner join staff_assignments on bookings.id = staff_assignments.booking_id
                where
                    bookings.client_id = clients.id
                    and bookings.status = 'COMPLETED'
                    and staff_assignments.staff_id = viewer_id
            )
        end as total_sessions,
        (
            select count(*)::integer
            from bookings
            where
                bookings.client_id = clients.id
                and (
                    viewer_id is null
                    or exists (
                        select
                        from staff_assignments
                        where staff_assignments.booking_id = bookings.id and staff_assignments.staff_id = viewer_id
                    )
                )
        ) as total_bookings,
        case when viewer_id is null then (
            select coalesce(sum(invoices.balance_due), 0.00)
            from invoices
            where
                invoices.client_id = clients.id
                and invoices.balance_due > 0
                and invoices.status not in ('DRAFT', 'VOID')
        ) end as outstanding_balance,
        case when viewer_id is null then (
            case
                when exists (
                    select
                    from invoices
                    where
                        invoices.client_id = clients.id
                        and invoices.balance_due > 0
                        and invoices.status not in ('DRAFT', 'VOID')
                        and invoices.due_date < (select studio_today())
                ) then 'OVERDUE'
                when clients.total_revenue > (select studio_settings.high_value_threshold from studio_settings)
                    then 'HIGH_VALUE'
                else 'GOOD_STANDING'
            end
        )::financial_status end as financial_status,
        clients.archived_at,
        clients.erased_at,
        clients.created_at,
        clients.updated_at
    from clients
    where
        viewer_id is null
        or exists (
            select
            from bookings
            inner join staff_assignments on bookings.id = staff_assignments.booking_id
            where bookings.client_id = clients.id and staff_assignments.staff_id = viewer_id
        );
end;


-- The people at those clients.
create function client_contacts_seen_by(viewer_id bigint) returns setof client_contact_details
language sql stable parallel safe
begin atomic
    select client_contact_details.*
    from client_contact_details
    where
        viewer_id is null
        or exists (
            select
            from bookings
            inner join staff_assignments on bookings.id = staff_assignments.booking_id
            where bookings.client_id = client_contact_details.client_id and staff_assignments.staff_id = viewer_id
        );
end;


-- What was agreed with those clients: without the money, and of the bookings with the number of the viewer's own.
create function work_packages_seen_by(viewer_id bigint) returns table (
    id bigint,
    client_id bigint,
    client_name text,
    name text,
    description text,
    status work_package_status,
    starts_on date,
    ends_on date,
    booking_count integer,
    invoiced_amount numeric,
    paid_amount numeric,
    created_at timestamptz,
    updated_at timestamptz
)
language sql stable parallel safe
begin atomic
    select
        work_packages.id,
        work_packages.client_id,
        clients.name as client_name,
        work_packages.name,
        work_packages.description,
        work_packages.status,
        work_packages.starts_on,
        work_packages.ends_on,
        (
            select count(*)::integer
            from bookings
            where
                bookings.work_package_id = work_packages.id
                and (
                    viewer_id is null
                    or exists (
                        select
                        from staff_assignments
                        where staff_assignments.booking_id = bookings.id and staff_assignments.staff_id = viewer_id
                    )
                )
        ) as booking_count,
        case when viewer_id is null then billing.invoiced_amount end as invoiced_amount,
        case when viewer_id is null then billing.paid_amount end as paid_amount,
        work_packages.created_at,
        work_packages.updated_at
    from work_packages
    inner join clients on work_packages.client_id = clients.id
    cross join lateral (
        select
            coalesce(sum(invoices.total_amount), 0.00) as invoiced_amount,
            coalesce(sum(invoices.total_amount - invoices.balance_due + invoices.overpaid_amount), 0.00) as paid_amount
        from invoices
        where invoices.work_package_id = work_packages.id and invoices.status not in ('DRAFT', 'VOID')
    ) as billing
    where
        viewer_id is null
        or exists (
            select
            from bookings
            inner join staff_assignments on bookings.id = staff_assignments.booking_id
            where bookings.client_id = work_packages.client_id and staff_assignments.staff_id = viewer_id
        );
end;


-- The editing jobs of a photographer's bookings; and those that were given to an editor.
create function editing_jobs_seen_by(viewer_id bigint, viewing_editor_id bigint) returns setof editing_job_details
language sql stable parallel safe
begin atomic
    select editing_job_details.*
    from editing_job_details
    where
        (
            viewer_id is null
            or exists (
                select
                from staff_assignments
                where
                    staff_assignments.booking_id = editing_job_details.booking_id
                    and staff_assignments.staff_id = viewer_id
            )
        )
        and (viewing_editor_id is null or editing_job_details.editor_id = viewing_editor_id);
end;


-- The same jobs by themselves, where a total needs nothing of what a row shows. (The function above is not made of this
-- one: a second scan of the jobs would double the work of each list.)
create function editing_jobs_shown(viewer_id bigint, viewing_editor_id bigint) returns setof editing_jobs
language sql stable parallel safe
begin atomic
    select editing_jobs.*
    from editing_jobs
    where
        (
            viewer_id is null
            or exists (
                select
                from staff_assignments
                where
                    staff_assignments.booking_id = editing_jobs.booking_id
                    and staff_assignments.staff_id = viewer_id
            )
        )
        and (viewing_editor_id is null or editing_jobs.editor_id = viewing_editor_id);
end;


-- The photos that were chosen of a photographer's bookings; and of those whose job was given to an editor.
create function photo_selections_seen_by(viewer_id bigint, viewing_editor_id bigint) returns setof photo_selections
language sql stable parallel safe
begin atomic
    select photo_selections.*
    from photo_selections
    where
        (
            viewer_id is null
            or exists (
                select
                from staff_assignments
                where
                    staff_assignments.booking_id = photo_selections.booking_id
                    and staff_assignments.staff_id = viewer_id
            )
        )
        and (
            viewing_editor_id is null
            or exists (
                select
                from editing_jobs
                where
                    editing_jobs.booking_id = photo_selections.booking_id
                    and editing_jobs.editor_id = viewing_editor_id
            )
        );
end;


-- Deeds done to these kinds of subjects: of bookings, and of clients with their contacts and work packages, to the
-- viewer's; of editing jobs, to those that the two are shown, where an editor is shown their own.
create function activities_seen_by(subject_types text [], viewer_id bigint, viewing_editor_id bigint)
returns setof activities
language sql stable parallel safe
begin atomic
    select activities.*
    from activities
    where
        activities.subject_type = any(subject_types)
        and case
            when activities.subject_type = 'BOOKING' then
                viewer_id is null
                or exists (
                    select
                    from staff_assignments
                    where
                        staff_assignments.booking_id = activities.subject_id
                        and staff_assignments.staff_id = viewer_id
                )
            when activities.subject_type in ('CLIENT', 'CONTACT', 'WORK_PACKAGE') then
                viewer_id is null
                or exists (
                    select
                    from bookings
                    inner join staff_assignments on bookings.id = staff_assignments.booking_id
                    where bookings.client_id = activities.client_id and staff_assignments.staff_id = viewer_id
                )
            when activities.subject_type = 'EDITING_JOB' then
                case
                    when viewing_editor_id is not null then exists (
                        select
                        from editing_jobs
                        where editing_jobs.id = activities.subject_id and editing_jobs.editor_id = viewing_editor_id
                    )
                    else
                        viewer_id is null
                        or exists (
                            select
                            from editing_jobs
                            inner join staff_assignments on editing_jobs.booking_id = staff_assignments.booking_id
                            where editing_jobs.id = activities.subject_id and staff_assignments.staff_id = viewer_id
                        )
                end
            else true
        end;
end;


-- The bookings of spaces that a user has made, or that are made at branches of theirs.
create function space_bookings_seen_by(viewer_id uuid) returns setof space_booking_details
language sql stable parallel safe
begin atomic
    select space_booking_details.*
    from space_booking_details
    where
        space_bookings_seen_by.viewer_id is null
        -- Found once, each by its index: what it costs is by how many are theirs, and not by how many there are.
        or space_booking_details.id = any(
            array(
                select space_bookings.id
                from space_bookings
                where space_bookings.customer_id = space_bookings_seen_by.viewer_id
                union all
                select space_bookings.id
                from branches
                inner join vendor_services on branches.id = vendor_services.branch_id
                inner join space_bookings on vendor_services.id = space_bookings.vendor_service_id
                where branches.vendor_id = space_bookings_seen_by.viewer_id
            )
        );
end;


-- The classes at gyms that the public finds; and those that the viewer gives, wherever.
create function class_sessions_seen_by(viewer_id uuid) returns setof class_session_details
language sql stable parallel safe
begin atomic
    select class_session_details.*
    from class_session_details
    where
        class_sessions_seen_by.viewer_id is null
        or class_session_details.gym_status <> 'INACTIVE'
        or class_session_details.trainer_id = class_sessions_seen_by.viewer_id;
end;


-- The places in classes that a user has booked, or that are in classes of theirs.
create function session_bookings_seen_by(viewer_id uuid) returns setof session_booking_details
language sql stable parallel safe
begin atomic
    select session_booking_details.*
    from session_booking_details
    where
        session_bookings_seen_by.viewer_id is null
        -- Found once, each by its index, as above.
        or session_booking_details.id = any(
            array(
                select session_bookings.id
                from session_bookings
                where session_bookings.user_id = session_bookings_seen_by.viewer_id
                union all
                select session_bookings.id
                from class_sessions
                inner join session_bookings on class_sessions.id = session_bookings.session_id
                where class_sessions.trainer_id = session_bookings_seen_by.viewer_id
            )
        );
end;


-- The inductions of a user: those that they have asked for, those that they give, and those that wait for a trainer at gyms
-- where they are one.
create function inductions_seen_by(viewer_id uuid) returns setof induction_details
language sql stable parallel safe
begin atomic
    select induction_details.*
    from induction_details
    where
        inductions_seen_by.viewer_id is null
        -- Found once, each by its index.
        or induction_details.id = any(
            array(
                select inductions.id
                from inductions
                where inductions.user_id = inductions_seen_by.viewer_id
                union all
                select inductions.id
                from inductions
                where inductions.trainer_id = inductions_seen_by.viewer_id
                union all
                select inductions.id
                from gym_trainers
                inner join inductions on gym_trainers.gym_id = inductions.gym_id
                where
                    gym_trainers.trainer_id = inductions_seen_by.viewer_id
                    and gym_trainers.is_active
                    and inductions.status = 'PENDING'
                    and inductions.trainer_id is null
            )
        );
end;


-- The problems that a user has reported. Notes among the team are not counted for them, and who looks after it is shown by
-- name alone.
create function support_problems_seen_by(viewer_id uuid) returns table (
    id bigint,
    number text,
    user_id uuid,
    user_name text,
    type support_type,
    priority support_priority,
    status support_status,
    title text,
    description text,
    assignee_id uuid,
    assignee_name text,
    comment_count integer,
    resolved_at timestamptz,
    closed_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz
)
language sql stable parallel safe
begin atomic
    select
        support_problems.id,
        support_problems.number,
        support_problems.user_id,
        users.name as user_name,
        support_problems.type,
        support_problems.priority,
        support_problems.status,
        support_problems.title,
        support_problems.description,
        case when viewer_id is null then support_problems.assignee_id end as assignee_id,
        assignees.name as assignee_name,
        (
            select count(*)::integer
            from support_comments
            where
                support_comments.problem_id = support_problems.id
                and (viewer_id is null or not support_comments.is_internal)
        ) as comment_count,
        support_problems.resolved_at,
        support_problems.closed_at,
        support_problems.created_at,
        support_problems.updated_at
    from support_problems
    -- There always is one; joined so, a total does without.
    left join auth_users as users on support_problems.user_id = users.id
    left join auth_users as assignees on support_problems.assignee_id = assignees.id
    where viewer_id is null or support_problems.user_id = viewer_id;
end;


-- What was said of those problems, to their user and by them: no note among the team, of anybody's.
create function support_comments_seen_by(viewer_id uuid) returns setof support_comment_details
language sql stable parallel safe
begin atomic
    select support_comment_details.*
    from support_comment_details
    where
        viewer_id is null
        or (
            not support_comment_details.is_internal
            and exists (
                select
                from support_problems
                where
                    support_problems.id = support_comment_details.problem_id
                    and support_problems.user_id = viewer_id
            )
        );
end;

-- schema/grants.sql

-- What the application may do: read and write rows. Money that has moved is not changed and not taken back.

do $$
begin
    execute format('grant select, insert, update, delete on all tables in schema %I to photolens_app', current_schema());
end;
$$;
do $$
begin
    execute format('grant usage on all sequences in schema %I to photolens_app', current_schema());
end;
$$;

revoke update, delete on payments, payment_allocations, refunds from photolens_app;
-- What the provider makes of a refund that it was asked for.
grant update (status, stripe_refund_id) on refunds to photolens_app;

-- Nor are the books of credits.
revoke update, delete on credit_transactions, credit_lot_movements from photolens_app;
-- What was written of somebody who is to be forgotten.
grant update (reason) on credit_transactions to photolens_app;

-- What came for spaces stays on record, and so does what was told of it.
revoke delete on space_payments from photolens_app;
revoke update, delete on space_payment_events from photolens_app;

-- Who backs the database up, as its owner, notes it; the application only tells.
revoke insert, update, delete on database_backups from photolens_app;

-- Nor does it say which studios there are, or makes any.
revoke insert, update, delete on studios, studio_hosts from photolens_app;

-- Nor does it say which migrations there have been.
revoke insert, update, delete on schema_migrations from photolens_app;

-- The trail is written by the owner's trigger alone.
revoke insert, update, delete on audit_logs, audit_heads from photolens_app;

-- What is archived stays as it is; the owner's functions move rows there, and erase whom is to be forgotten.
revoke insert, update, delete on archived_audit_logs, archived_communication_logs, archived_stripe_events from photolens_app;
revoke insert, update, delete on archive_exports from photolens_app;

-- schema/portal.sql

-- What the portal's role may read: of each table the columns that a client is shown, and of their rows those of the one
-- client whose contact is signed in. It writes nothing. Who is signed in, the database finds out by itself, by the digest
-- of their session's token, which is set for one transaction: whoever has the role but no session sees no row at all.
--
-- Every table with rows of clients has row-level security. The owner is not bound by it, and the application's policy
-- lets everything through; the views of details.sql are read with the owner's rights and are not the portal's.

create function portal_contact() returns table (contact_id bigint, client_id bigint)
language sql stable security definer rows 1
begin atomic
    select
        client_contacts.id as contact_id,
        client_contacts.client_id
    from auth_sessions
    inner join auth_users on auth_sessions.user_id = auth_users.id
    inner join client_contacts on auth_users.id = client_contacts.user_id
    where
        auth_sessions.session_token = case
            when current_setting('photolens.session', true) ~ '^[0-9a-f]{64}$'
                then decode(current_setting('photolens.session', true), 'hex')
        end
        and auth_sessions.expires_at > now()
        and auth_users.status = 'ACTIVE'
        and client_contacts.is_active;
end;

create function portal_contact_id() returns bigint
language sql stable
return (select contact_id from portal_contact());

create function portal_client_id() returns bigint
language sql stable
return (select client_id from portal_contact());

-- Functions are nobody's but the application's (schema/roles.sql): beside these, the portal's role has the words of days
-- and instants.
grant execute on function portal_contact(), portal_contact_id(), portal_client_id() to photolens_portal;
grant execute on function rfc3339(timestamptz), studio_today() to photolens_portal;


-- The application sees every row, whatever a policy says of the portal.
alter table clients enable row level security;
alter table client_contacts enable row level security;
alter table work_packages enable row level security;
alter table bookings enable row level security;
alter table photo_selections enable row level security;
alter table editing_jobs enable row level security;
alter table editing_revisions enable row level security;
alter table invoices enable row level security;
alter table invoice_items enable row level security;
alter table invoice_milestones enable row level security;
alter table payments enable row level security;
alter table refunds enable row level security;
alter table checkout_sessions enable row level security;

create policy clients_app on clients to photolens_app using (true) with check (true);
create policy client_contacts_app on client_contacts to photolens_app using (true) with check (true);
create policy work_packages_app on work_packages to photolens_app using (true) with check (true);
create policy bookings_app on bookings to photolens_app using (true) with check (true);
create policy photo_selections_app on photo_selections to photolens_app using (true) with check (true);
create policy editing_jobs_app on editing_jobs to photolens_app using (true) with check (true);
create policy editing_revisions_app on editing_revisions to photolens_app using (true) with check (true);
create policy invoices_app on invoices to photolens_app using (true) with check (true);
create policy invoice_items_app on invoice_items to photolens_app using (true) with check (true);
create policy invoice_milestones_app on invoice_milestones to photolens_app using (true) with check (true);
create policy payments_app on payments to photolens_app using (true) with check (true);
create policy refunds_app on refunds to photolens_app using (true) with check (true);
create policy checkout_sessions_app on checkout_sessions to photolens_app using (true) with check (true);


-- The client, and the one contact who is asking.
grant select (id, name, email) on clients to photolens_portal;
create policy clients_portal on clients for select to photolens_portal
using (id = (select portal_client_id()));

grant select (id, client_id, name, title, email, phone, is_primary, activated_at, created_at, updated_at)
on client_contacts to photolens_portal;
create policy client_contacts_portal on client_contacts for select to photolens_portal
using (id = (select portal_contact_id()));

grant select (id, client_id, name, description, status, starts_on, ends_on, created_at, updated_at)
on work_packages to photolens_portal;
create policy work_packages_portal on work_packages for select to photolens_portal
using (client_id = (select portal_client_id()));


-- Their shoots, the photos they choose, and the editing that is theirs to see: what waits for their choice or their
-- judgement, and what came of it. Of its revisions, those that they have asked for.
grant select (
    id, client_id, session_type_id, session_date, ends_at, work_package_id, location, price, status, created_at, updated_at
) on bookings to photolens_portal;
create policy bookings_portal on bookings for select to photolens_portal
using (client_id = (select portal_client_id()));

grant select (id, booking_id, name, is_edited, position, created_at, updated_at) on photo_selections to photolens_portal;
create policy photo_selections_portal on photo_selections for select to photolens_portal
using (exists (select from bookings where bookings.id = photo_selections.booking_id));

grant select (id, booking_id, stage_id, status, drive_folder_url, delivered_at, created_at, updated_at)
on editing_jobs to photolens_portal;
create policy editing_jobs_portal on editing_jobs for select to photolens_portal
using (
    exists (select from bookings where bookings.id = editing_jobs.booking_id)
    and (
        status in ('DELIVERED', 'REVISION', 'ARCHIVED')
        or exists (
            select
            from editing_stages
            where
                editing_stages.id = editing_jobs.stage_id
                and (editing_stages.awaits_selection or editing_stages.awaits_approval)
        )
    )
);

grant select (id, editing_job_id, note, requested_at) on editing_revisions to photolens_portal;
create policy editing_revisions_portal on editing_revisions for select to photolens_portal
using (
    is_from_client and exists (select from editing_jobs where editing_jobs.id = editing_revisions.editing_job_id)
);


-- Their issued invoices, and the money that has moved on them.
grant select (
    id, client_id, booking_id, work_package_id, invoice_number, invoice_name, invoice_description, issue_date, due_date,
    status, currency, subtotal, discount_amount, tax_rate, tax_amount, total_amount, balance_due, overpaid_amount, paid_at,
    created_at, updated_at
) on invoices to photolens_portal;
create policy invoices_portal on invoices for select to photolens_portal
using (client_id = (select portal_client_id()) and invoice_number is not null);

grant select (id, invoice_id, position, name, quantity, unit_price, amount) on invoice_items to photolens_portal;
create policy invoice_items_portal on invoice_items for select to photolens_portal
using (exists (select from invoices where invoices.id = invoice_items.invoice_id));

grant select (id, invoice_id, position, label, description, expected_amount, expected_date, paid_amount, status)
on invoice_milestones to photolens_portal;
create policy invoice_milestones_portal on invoice_milestones for select to photolens_portal
using (exists (select from invoices where invoices.id = invoice_milestones.invoice_id));

grant select (id, invoice_id, milestone_id, amount, currency, paid_at, method, created_at) on payments to photolens_portal;
create policy payments_portal on payments for select to photolens_portal
using (exists (select from invoices where invoices.id = payments.invoice_id));

-- The reason stands on the papers that a client is handed.
grant select (id, payment_id, amount, reason, status, refunded_at) on refunds to photolens_portal;
create policy refunds_portal on refunds for select to photolens_portal
using (exists (select from payments where payments.id = refunds.payment_id));

grant select (id, invoice_id, milestone_id, expected_amount_minor, currency, status, url, expires_at, created_at, updated_at)
on checkout_sessions to photolens_portal;
create policy checkout_sessions_portal on checkout_sessions for select to photolens_portal
using (exists (select from invoices where invoices.id = checkout_sessions.invoice_id));


-- What is nobody's: the catalogue, the words of the board, and who the studio is.
grant select (id, category_id, name) on session_packages to photolens_portal;
grant select (id, name) on session_categories to photolens_portal;
grant select (id, name, status, awaits_selection, awaits_approval) on editing_stages to photolens_portal;
grant select (id, currency, time_zone, invoice_footer, company_name, company_address, company_email, logo_url)
on studio_settings to photolens_portal;
