-- name: lock_photo_job(job_id)^
-- Locks: a job, before the balance of whoever it is for.
select *
from photo_jobs
where id = :job_id
for no key update;

-- name: mark_photo_job_failed(job_id, failure)!
-- Note that a job comes to nothing, and why. It is locked, and not finished.
update photo_jobs
set
    status = 'FAILED',
    failure = :failure,
    finished_at = now(),
    updated_at = now()
where id = :job_id;

-- name: refresh_free_used(user_id)!
-- Recompute how many free photos a user has had: those of all their jobs but the failed. The balance is locked.
update user_credits
set
    free_used = (
        select coalesce(sum(photo_jobs.free_photos), 0)
        from photo_jobs
        where photo_jobs.user_id = :user_id and photo_jobs.free_photos > 0 and photo_jobs.status <> 'FAILED'
    ),
    updated_at = now()
where user_id = :user_id;

-- name: list_broken_free_used()
-- Users who have had another number of free photos than their jobs say.
select
    'user_credits' as table_name,
    users.id,
    'free_used' as column_name,
    users.stored,
    users.expected
from (
    select
        user_credits.user_id as id,
        user_credits.free_used as stored,
        coalesce(sum(photo_jobs.free_photos) filter (where photo_jobs.status <> 'FAILED'), 0) as expected
    from user_credits
    left join photo_jobs on user_credits.user_id = photo_jobs.user_id
    group by user_credits.user_id
) as users
where users.stored <> users.expected
order by users.id
limit 1000;

-- name: lock_booking(booking_id)^
-- Locks: the booking that a job is for, before the balance: whoever erases its client waits, or has been.
select id
from bookings
where id = :booking_id
for no key update;

-- name: exists_booking(booking_id, viewer_id)$
-- Whether a viewer is shown a booking, and its client has not been erased. The booking is locked.
select exists (
    select
    from bookings_seen_by(:viewer_id) as seen
    inner join clients on seen.client_id = clients.id
    where seen.id = :booking_id and clients.erased_at is null
);

-- name: get_photo_job_of_key(user_id, idempotency_key)^
-- The job that was asked for under this key, unless its 24 hours are over.
select
    id,
    request_digest
from photo_jobs
where
    (user_id = :user_id::uuid or (:user_id::uuid is null and user_id is null))
    and idempotency_key = :idempotency_key
    and created_at > now() - interval '24 hours';

-- name: mark_photo_job_key_free(user_id, idempotency_key)!
-- Let a key be used again whose 24 hours are over.
update photo_jobs
set idempotency_key = null
where
    (user_id = :user_id::uuid or (:user_id::uuid is null and user_id is null))
    and idempotency_key = :idempotency_key
    and created_at <= now() - interval '24 hours';

-- name: insert_photo_job(user_id, booking_id, prompt, group_name, photo_count, free_photos, unit_price, cost, storage_folder, idempotency_key, request_digest)$
-- Keep a job that is to be done; gives its id. The balance of whoever it is for is locked.
insert into photo_jobs (
    user_id,
    booking_id,
    prompt,
    group_name,
    photo_count,
    free_photos,
    unit_price,
    cost,
    storage_folder,
    idempotency_key,
    request_digest
)
values (
    :user_id,
    :booking_id,
    :prompt,
    :group_name,
    :photo_count,
    :free_photos,
    :unit_price,
    :cost,
    :storage_folder,
    :idempotency_key,
    :request_digest
)
returning id;

-- name: insert_photo_job_photos(job_id, names, source_urls)!
-- Keep the photos of a job that was just inserted, in this order; of those that were sent, there is no address.
insert into photo_job_photos (job_id, position, name, source_url)
select
    :job_id,
    photos.position,
    photos.name,
    photos.source_url
from unnest(:names::text [], :source_urls::text []) with ordinality as photos (name, source_url, position);

-- name: update_photo_job_group(job_id, group_name)!
-- Put a job into another group, or into none. It is locked.
update photo_jobs
set
    group_name = :group_name,
    updated_at = now()
where id = :job_id;

-- name: mark_photo_job_hidden(job_id)!
-- Show a job no more. It is locked, and finished.
update photo_jobs
set
    hidden_at = now(),
    updated_at = now()
where id = :job_id;
