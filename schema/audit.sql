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
