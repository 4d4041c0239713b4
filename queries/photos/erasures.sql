-- name: list_photo_jobs_about(client_id, user_ids, after_id)
-- Jobs of a client's bookings, and jobs of these users, a hundred at a time.
select photo_jobs.id
from photo_jobs
where
    photo_jobs.id > :after_id
    and (
        photo_jobs.booking_id in (select bookings.id from bookings where bookings.client_id = :client_id)
        or photo_jobs.user_id = any(:user_ids::uuid [])
    )
order by photo_jobs.id
limit 100;

-- name: mark_photo_job_erased(job_id, name)!
-- Overwrite what a job says, and show it no more. It is locked, and finished.
update photo_jobs
set
    prompt = :name,
    group_name = null,
    failure = case when failure is not null then :name end,
    request_digest = null,
    idempotency_key = null,
    hidden_at = coalesce(hidden_at, now()),
    updated_at = now()
where id = :job_id;

-- name: mark_photos_of_job_erased(job_id)!
-- Overwrite what the photos of a job were called, and where they were. The job is locked, and finished.
update photo_job_photos
set
    name = 'photo-' || position,
    source_url = null,
    edits = case when edits is not null then '[]'::jsonb end
where job_id = :job_id;
