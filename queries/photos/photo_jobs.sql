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
