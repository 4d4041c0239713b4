-- name: get_photo_job(job_id, user_id, sees_demos)^
-- One job of a user's; or nobody's, for who sees those.
select *
from photo_job_details
where id = :job_id and (user_id = :user_id or (user_id is null and :sees_demos));

-- name: list_photos_of_job(job_id)
-- The photos of a job, in their order.
select
    position,
    name,
    source_url,
    edits,
    done_at
from photo_job_photos
where job_id = :job_id
order by position, id
limit 30;

-- name: get_photo_job_progress(job_id, user_id, sees_demos)^
-- How far a job has come, of a user's or of nobody's, for who sees those.
select
    status,
    done,
    total
from photo_job_details
where id = :job_id and (user_id = :user_id or (user_id is null and :sees_demos));

-- name: get_photo_job_result(job_id, user_id, sees_demos)^
-- Where the result of a job lies, of a user's or of nobody's, for who sees those.
select
    status,
    storage_folder
from photo_jobs
where id = :job_id and hidden_at is null and (user_id = :user_id or (user_id is null and :sees_demos));

-- name: lock_own_photo_job(job_id, user_id, sees_demos)^
-- Locks: a job that is not hidden, of a user's or of nobody's, for who sees those; before the balance.
select *
from photo_jobs
where id = :job_id and hidden_at is null and (user_id = :user_id or (user_id is null and :sees_demos))
for no key update;

-- name: list_photo_jobs_by_created_at_desc(after_key, after_id, limit, user_id, status, group_name, booking_id)
-- The jobs of a user, or nobody's, newest first.
select *
from photo_job_details
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (user_id = :user_id::uuid or (:user_id::uuid is null and user_id is null))
    and (:status::photo_job_status is null or status = :status)
    and (:group_name::text is null or group_name = :group_name)
    and (:booking_id::bigint is null or booking_id = :booking_id)
order by created_at desc, id desc
limit :limit;

-- name: count_photo_jobs(user_id, status, group_name, booking_id)$
-- How many rows this list has in all.
select count(*)
from photo_job_details
where
    (user_id = :user_id::uuid or (:user_id::uuid is null and user_id is null))
    and (:status::photo_job_status is null or status = :status)
    and (:group_name::text is null or group_name = :group_name)
    and (:booking_id::bigint is null or booking_id = :booking_id);

-- name: list_newest_photo_jobs(user_id)
-- The jobs that a user has asked for last.
select *
from photo_job_details
where user_id = :user_id
order by created_at desc, id desc
limit 5;

-- name: get_photo_totals(user_id)^
-- What a user has asked for and spent, ever and since the month began where the studio is. What was hidden counts only as
-- spent; what has failed was given back.
select
    count(*) filter (where photo_jobs.hidden_at is null) as jobs,
    count(*) filter (where photo_jobs.hidden_at is null and photo_jobs.status = 'PENDING') as pending,
    count(*) filter (where photo_jobs.hidden_at is null and photo_jobs.status = 'PROCESSING') as processing,
    count(*) filter (where photo_jobs.hidden_at is null and photo_jobs.status = 'COMPLETED') as completed,
    count(*) filter (where photo_jobs.hidden_at is null and photo_jobs.status = 'FAILED') as failed,
    coalesce(sum(photo_jobs.photo_count) filter (where photo_jobs.hidden_at is null), 0) as photos,
    coalesce(sum(photo_jobs.cost) filter (where photo_jobs.status <> 'FAILED'), 0.00) as spend,
    count(*) filter (where photo_jobs.hidden_at is null and photo_jobs.created_at >= month.starts_at) as month_jobs,
    coalesce(
        sum(photo_jobs.photo_count) filter (
            where photo_jobs.hidden_at is null and photo_jobs.created_at >= month.starts_at
        ),
        0
    ) as month_photos,
    coalesce(
        sum(photo_jobs.cost) filter (where photo_jobs.status <> 'FAILED' and photo_jobs.created_at >= month.starts_at),
        0.00
    ) as month_spend
from photo_jobs
cross join lateral (
    select studio_midnight(date_trunc('month', studio_today()::timestamp)::date) as starts_at
) as month
where photo_jobs.user_id = :user_id;

-- name: get_spendable(user_id)^
-- What a user can spend now, and how many free photos they have had.
select
    credits,
    free_used
from credit_balances
where user_id = :user_id;
