-- name: list_webhook_endpoints_by_created_at_desc(after_key, after_id, limit, is_active)
-- Who is told of what happens, newest first; no secret is among it.
select
    id,
    url,
    description,
    event_types,
    is_active,
    former_secret_until,
    created_at,
    updated_at
from webhook_endpoints
where
    (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:is_active::boolean is null or is_active = :is_active)
order by created_at desc, id desc
limit :limit;

-- name: count_webhook_endpoints(is_active)$
-- How many rows this list has in all.
select count(*)
from webhook_endpoints
where :is_active::boolean is null or is_active = :is_active;

-- name: get_webhook_endpoint(endpoint_id)^
-- One of those who are told of what happens; no secret is among it.
select
    id,
    url,
    description,
    event_types,
    is_active,
    former_secret_until,
    created_at,
    updated_at
from webhook_endpoints
where id = :endpoint_id;

-- name: lock_webhook_endpoint(endpoint_id)^
-- Locks: the endpoint, by which everybody takes turns who does anything with what it is to be told; before the head of the
-- trail. Gives how it does as well: how many tries in a row have failed, and whether it is left alone just now.
select
    webhook_endpoints.*,
    webhook_progress.failures,
    coalesce(webhook_progress.paused_until > now(), false) as is_paused,
    coalesce(webhook_endpoints.former_secret_until > now(), false) as has_former_secret
from webhook_endpoints
inner join webhook_progress on webhook_endpoints.id = webhook_progress.endpoint_id
where webhook_endpoints.id = :endpoint_id
for no key update of webhook_endpoints;

-- name: insert_webhook_endpoint(url, description, event_types, is_active, secret)$
-- Add an endpoint, which is told of what is committed from now on; gives its id.
with endpoints as (
    insert into webhook_endpoints (url, description, event_types, is_active, secret)
    values (:url, :description, :event_types, :is_active, :secret)
    returning id
),

progress as (
    insert into webhook_progress (endpoint_id, through_id)
    select
        endpoints.id,
        audit_heads.last_id
    from endpoints
    cross join audit_heads
)

select id
from endpoints;

-- name: update_webhook_endpoint(id, url, description, event_types, is_active)!
-- Change an endpoint. It is locked.
update webhook_endpoints
set
    url = :url,
    description = :description,
    event_types = :event_types,
    is_active = :is_active,
    updated_at = now()
where id = :id;

-- name: update_webhook_endpoint_secret(endpoint_id, secret, overlap)!
-- Give an endpoint another secret; for so many seconds the one before signs as well. It is locked.
update webhook_endpoints
set
    secret = :secret,
    former_secret = secret,
    former_secret_until = now() + make_interval(secs => :overlap),
    updated_at = now()
where id = :endpoint_id;

-- name: delete_webhook_endpoint(endpoint_id)!
-- Remove an endpoint, with all that is noted for it. It is locked.
delete from webhook_endpoints
where id = :endpoint_id;

-- name: list_active_webhook_endpoints()
-- Who is told of what happens at present, by id.
select id
from webhook_endpoints
where is_active
order by id
limit 1000;

-- name: list_due_webhook_endpoints()
-- Those who may be asked now to take what is due, by id.
select webhook_endpoints.id
from webhook_endpoints
inner join webhook_progress on webhook_endpoints.id = webhook_progress.endpoint_id
where
    webhook_endpoints.is_active
    and coalesce(webhook_progress.paused_until, '-infinity') <= now()
    and exists (
        select
        from webhook_deliveries
        where
            webhook_deliveries.endpoint_id = webhook_endpoints.id
            and webhook_deliveries.status = 'PENDING'
            and webhook_deliveries.next_attempt_at <= now()
            and coalesce(webhook_deliveries.leased_until, '-infinity') <= now()
    )
order by webhook_endpoints.id
limit 1000;

-- name: list_hopeless_webhook_endpoints(longest)
-- Those for whom something waits that no try will do any more, by id: they are switched off, or have taken nothing for so
-- many seconds, and it waits for as long.
select webhook_endpoints.id
from webhook_endpoints
inner join webhook_progress on webhook_endpoints.id = webhook_progress.endpoint_id
where
    (not webhook_endpoints.is_active or webhook_progress.failing_since < now() - make_interval(secs => :longest))
    and exists (
        select
        from webhook_deliveries
        where
            webhook_deliveries.endpoint_id = webhook_endpoints.id
            and webhook_deliveries.status = 'PENDING'
            and webhook_deliveries.queued_at < now() - make_interval(secs => :longest)
    )
order by webhook_endpoints.id
limit 1000;

-- name: exists_untold_change()$
-- Whether somebody is yet to be told of something in the trail.
select
    exists (
        select
        from webhook_endpoints
        inner join webhook_progress on webhook_endpoints.id = webhook_progress.endpoint_id
        cross join audit_heads
        where webhook_endpoints.is_active and webhook_progress.through_id < audit_heads.last_id
    ) as is_there;

-- name: update_webhook_progress_skipped(endpoint_id, longest)!
-- Let an endpoint that is switched on go on where it was, but not with what was recorded more than so many seconds ago.
update webhook_progress
set
    through_id = greatest(
        through_id,
        (
            select id
            from audit_logs
            where recorded_at < now() - make_interval(secs => :longest)
            order by recorded_at desc, id desc
            limit 1
        )
    ),
    failures = 0,
    failing_since = null,
    paused_until = null
where endpoint_id = :endpoint_id;

-- name: mark_webhook_endpoint_answering(endpoint_id)!
-- Note that an endpoint takes what it is sent. It is locked.
update webhook_progress
set failures = 0, failing_since = null, paused_until = null
where endpoint_id = :endpoint_id and (failures > 0 or paused_until is not null);

-- name: mark_webhook_endpoint_failing(endpoint_id, failures, pause)!
-- Note that so many more tries have failed; with a pause, leave the endpoint alone for so many seconds. It is locked.
update webhook_progress
set
    failures = failures + :failures,
    failing_since = coalesce(failing_since, now()),
    paused_until = now() + make_interval(secs => :pause::double precision)
where endpoint_id = :endpoint_id;

-- name: mark_webhook_endpoint_probed(endpoint_id, pause)!
-- Leave an endpoint alone for so many seconds, while it is asked whether it is back. It is locked.
update webhook_progress
set paused_until = now() + make_interval(secs => :pause::double precision)
where endpoint_id = :endpoint_id;

-- name: mark_webhook_endpoint_gone(endpoint_id)!
-- Switch an endpoint off that says it is gone. It is locked.
update webhook_endpoints
set is_active = false, updated_at = now()
where id = :endpoint_id;

-- name: insert_webhook_job(task, key, args)^
-- Queue a job about webhooks, unless the same one waits already; that one then waits for the present transaction.
select queue_webhook_job(:task, :key, :args::jsonb) as queued;

-- name: lock_webhook_secrets()
-- Locks: every endpoint, in order of ids. Gives its secrets, sealed.
select
    id,
    secret,
    former_secret
from webhook_endpoints
order by id
limit 10000
for no key update;

-- name: update_webhook_secrets(endpoint_id, secret, former_secret)!
-- Keep the secrets of an endpoint sealed anew. The endpoint is locked.
update webhook_endpoints
set
    secret = :secret,
    former_secret = :former_secret
where id = :endpoint_id;
