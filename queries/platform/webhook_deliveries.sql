-- name: list_webhook_deliveries_by_created_at_desc(after_key, after_id, limit, endpoint_id, status, event_type)
-- What endpoints were told, or are to be, newest first.
select
    id,
    endpoint_id,
    change_id,
    event_type,
    object,
    status,
    tries,
    next_attempt_at,
    last_status_code,
    last_error,
    delivered_at,
    created_at
from webhook_deliveries
where
    (created_at, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    and (:endpoint_id::bigint is null or endpoint_id = :endpoint_id)
    and (:status::webhook_delivery_status is null or status = :status::webhook_delivery_status)
    and (:event_type::text is null or event_type = :event_type)
order by created_at desc, id desc
limit :limit;

-- name: count_webhook_deliveries(endpoint_id, status, event_type)$
-- How many rows this list has in all.
select count(*)
from webhook_deliveries
where
    (:endpoint_id::bigint is null or endpoint_id = :endpoint_id)
    and (:status::webhook_delivery_status is null or status = :status::webhook_delivery_status)
    and (:event_type::text is null or event_type = :event_type);

-- name: get_webhook_delivery(delivery_id)^
-- What an endpoint was told, or is to be, with the last tries to tell it, newest first.
select
    webhook_deliveries.id,
    webhook_deliveries.endpoint_id,
    webhook_deliveries.change_id,
    webhook_deliveries.event_type,
    webhook_deliveries.object,
    webhook_deliveries.status,
    webhook_deliveries.tries,
    webhook_deliveries.next_attempt_at,
    webhook_deliveries.last_status_code,
    webhook_deliveries.last_error,
    webhook_deliveries.delivered_at,
    webhook_deliveries.created_at,
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'id', attempts.id,
                        'attemptedAt', rfc3339(attempts.attempted_at),
                        'statusCode', attempts.status_code,
                        'error', attempts.error,
                        'milliseconds', attempts.milliseconds,
                        'answer', attempts.answer
                    )
                    order by attempts.attempted_at desc, attempts.id desc
                )
            from (
                select *
                from webhook_attempts
                where webhook_attempts.delivery_id = webhook_deliveries.id
                order by webhook_attempts.attempted_at desc, webhook_attempts.id desc
                limit 100
            ) as attempts
        ),
        '[]'
    ) as attempts
from webhook_deliveries
where webhook_deliveries.id = :delivery_id;

-- name: insert_webhook_deliveries(endpoint_id, tables, objects, limit)^
-- Note what an endpoint is to be told of the next rows of the trail, of these tables, whose rows are called so; and that it has
-- come so far. Gives how much it was, and whether there may be more. The endpoint is locked.
with progress as (
    select
        webhook_progress.through_id,
        webhook_endpoints.event_types
    from webhook_endpoints
    inner join webhook_progress on webhook_endpoints.id = webhook_progress.endpoint_id
    where webhook_endpoints.id = :endpoint_id
),

entries as (
    select
        audit_logs.id,
        audit_logs.table_name,
        audit_logs.row_id,
        audit_logs.operation
    from audit_logs
    where
        audit_logs.id > (select progress.through_id from progress)
        and audit_logs.id <= (select audit_heads.last_id from audit_heads)
    order by audit_logs.id
    limit :limit
),

events as (
    select
        entries.id,
        entries.table_name || '/' || entries.row_id as object,
        told.object || case entries.operation
            when 'INSERT' then '.created'
            when 'UPDATE' then '.updated'
            else '.deleted'
        end as event_type
    from entries
    inner join unnest(:tables::text [], :objects::text []) as told (table_name, object)
        on entries.table_name = told.table_name
),

wanted as (
    select
        events.id,
        events.object,
        events.event_type,
        row_number() over (
            partition by events.object
            order by events.id
        ) as place
    from events
    cross join progress
    where progress.event_types && array['*', events.event_type]
),

inserted as (
    insert into webhook_deliveries (endpoint_id, change_id, event_type, object, is_in_line, next_attempt_at)
    select
        :endpoint_id,
        wanted.id,
        wanted.event_type,
        wanted.object,
        true,
        case
            when
                wanted.place = 1
                and not exists (
                    select
                    from webhook_deliveries as earlier
                    where
                        earlier.endpoint_id = :endpoint_id
                        and earlier.object = wanted.object
                        and earlier.status = 'PENDING'
                        and earlier.is_in_line
                )
                then now()
        end
    from wanted
    order by wanted.id
    returning id
)

update webhook_progress
set through_id = coalesce((select max(entries.id) from entries), through_id)
where endpoint_id = :endpoint_id
returning
    (select count(*) from inserted) as deliveries,
    (select count(*) from entries) = :limit as has_more;

-- name: insert_webhook_ping(endpoint_id)$
-- Note that an endpoint is to be sent a ping, in no line; gives its id.
insert into webhook_deliveries (endpoint_id, event_type, is_in_line, next_attempt_at)
values (:endpoint_id, 'ping', false, now())
returning id;

-- name: lock_webhook_delivery(delivery_id)^
-- Locks: something that an endpoint is told, after the endpoint.
select *
from webhook_deliveries
where id = :delivery_id
for no key update;

-- name: lock_due_webhook_deliveries(endpoint_id, limit, lease, longest)
-- Locks: what an endpoint is to be sent now, and nobody is sending, after the endpoint. Gives until when whoever takes it has
-- it, whether it waits for so many seconds that this try is the last, and what the trail says of it.
select
    webhook_deliveries.id,
    webhook_deliveries.event_type,
    webhook_deliveries.tries,
    webhook_deliveries.created_at,
    now() + make_interval(secs => :lease) as leased_until,
    webhook_deliveries.queued_at < now() - make_interval(secs => :longest) as is_last_try,
    changes.recorded_at,
    changes.row_id,
    changes.data
from webhook_deliveries
left join changes on webhook_deliveries.change_id = changes.id
where
    webhook_deliveries.endpoint_id = :endpoint_id
    and webhook_deliveries.status = 'PENDING'
    and webhook_deliveries.next_attempt_at <= now()
    and coalesce(webhook_deliveries.leased_until, '-infinity') <= now()
order by webhook_deliveries.next_attempt_at, webhook_deliveries.id
limit :limit
for no key update of webhook_deliveries;

-- name: mark_webhook_deliveries_taken(delivery_ids, lease)!
-- Leave these to whoever takes them, for so many seconds. They are locked.
update webhook_deliveries
set leased_until = now() + make_interval(secs => :lease), tries = tries + 1
where id = any(:delivery_ids::uuid []);

-- name: update_webhook_delivery_tried(delivery_id, leased_until, status, wait, status_code, error)^
-- Note what came of a try, if whoever made it still has it; one that is PENDING is tried again after so many seconds. The
-- endpoint is locked.
update webhook_deliveries
set
    status = :status::webhook_delivery_status,
    leased_until = null,
    next_attempt_at = case
        when :status::webhook_delivery_status = 'PENDING' then now() + make_interval(secs => :wait)
    end,
    last_status_code = :status_code,
    last_error = :error,
    delivered_at = case when :status::webhook_delivery_status = 'DELIVERED' then now() end
where id = :delivery_id and leased_until = :leased_until
returning object, is_in_line;

-- name: mark_next_in_line(endpoint_id, object)!
-- Let the next one be sent that an endpoint is to be told of an object. The endpoint is locked.
update webhook_deliveries
set next_attempt_at = now()
where
    id = (
        select first_in_line.id
        from webhook_deliveries as first_in_line
        where
            first_in_line.endpoint_id = :endpoint_id
            and first_in_line.object = :object
            and first_in_line.status = 'PENDING'
            and first_in_line.is_in_line
        order by first_in_line.change_id
        limit 1
    )
    and next_attempt_at is null;

-- name: mark_first_of_every_line(endpoint_id)!
-- Let the first of each line be sent, after some were given up. The endpoint is locked.
update webhook_deliveries
set next_attempt_at = now()
where
    id in (
        select distinct on (in_line.object) in_line.id
        from webhook_deliveries as in_line
        where in_line.endpoint_id = :endpoint_id and in_line.status = 'PENDING' and in_line.is_in_line
        order by in_line.object, in_line.change_id
    )
    and next_attempt_at is null;

-- name: mark_webhook_deliveries_due(endpoint_id)!
-- Let all that an endpoint has not taken be tried again now, since it answers again. The endpoint is locked.
update webhook_deliveries
set next_attempt_at = now()
where endpoint_id = :endpoint_id and status = 'PENDING' and next_attempt_at > now();

-- name: mark_webhook_deliveries_failed(endpoint_id, longest, limit)!
-- Give up what an endpoint was to be told for more than so many seconds, but for what is being sent; so much at a time. The
-- endpoint is locked.
update webhook_deliveries
set
    status = 'FAILED',
    next_attempt_at = null,
    leased_until = null,
    last_error = coalesce(last_error, 'The endpoint took nothing for three days.')
where
    id in (
        select old.id
        from webhook_deliveries as old
        where
            old.endpoint_id = :endpoint_id
            and old.status = 'PENDING'
            and old.queued_at < now() - make_interval(secs => :longest)
            and coalesce(old.leased_until, '-infinity') <= now()
        order by old.queued_at, old.id
        limit :limit
    );

-- name: mark_webhook_delivery_pending(delivery_id)!
-- Send something again, in no line, for three days. It is locked, and so is the endpoint.
update webhook_deliveries
set
    status = 'PENDING',
    is_in_line = false,
    tries = 0,
    queued_at = now(),
    next_attempt_at = now(),
    delivered_at = null
where id = :delivery_id;

-- name: delete_old_webhook_deliveries(days, limit)!
-- Forget what endpoints were told so many days ago, or were not, with the tries; so many at a time.
delete from webhook_deliveries
where
    id in (
        select old.id
        from webhook_deliveries as old
        where old.created_at < now() - make_interval(days => :days) and old.status <> 'PENDING'
        order by old.created_at, old.id
        limit :limit
        for update skip locked
    );

-- name: insert_webhook_attempt(delivery_id, attempted_at, status_code, error, milliseconds, answer)$
-- Note a try to tell an endpoint something, and how the answer begins unless it is erased from the trail; gives its id.
insert into webhook_attempts (delivery_id, attempted_at, status_code, error, milliseconds, answer)
select
    webhook_deliveries.id,
    :attempted_at,
    :status_code,
    :error,
    :milliseconds,
    case when audit_logs.erased_at is null then :answer::text end
from webhook_deliveries
left join audit_logs on webhook_deliveries.change_id = audit_logs.id
where webhook_deliveries.id = :delivery_id
returning id;

-- name: list_broken_webhook_lines()
-- Lines whose first has no time at which it is sent, and those in a line that have one before their turn.
select
    'webhook_deliveries' as table_name,
    lines.id,
    'next_attempt_at' as column_name,
    lines.next_attempt_at as stored,
    lines.place as expected
from (
    select
        id,
        next_attempt_at,
        row_number() over (
            partition by endpoint_id, object
            order by change_id
        ) as place
    from webhook_deliveries
    where status = 'PENDING' and is_in_line
) as lines
where (lines.place = 1) <> (lines.next_attempt_at is not null)
order by lines.id
limit 1000;
